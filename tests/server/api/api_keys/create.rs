//! `POST /api/v1/api-keys`.

use serde_json::{Value, json};

use super::{KEYS, create, create_with, events_after, path, teams};
use crate::support::{Reply, Server, at_once};

both!(
    nobody_has_more_than_a_thousand,
    a_key_is_shown_once_and_works,
    an_organization_has_keys_of_its_own,
    fields_are_checked,
    scopes_are_checked,
    a_key_expires_when_it_was_said,
    only_who_is_signed_in_makes_keys,
);

/// Checks the form of a key against its mask.
fn assert_shown(reply: &Reply) {
    let key = reply["key"].as_str().expect("a key");
    let (handle, rest) = key.strip_prefix("sk_live_").and_then(|rest| rest.split_once('_')).expect("a key");
    assert_eq!((handle.len(), rest.len()), (8, 36), "{key}");
    assert!([handle, rest].concat().bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    assert_eq!(reply["masked_key"], format!("sk_live_{}...{}", &handle[..6], &rest[30..]));
    assert_eq!(reply["secret_available"], true);
    let download = &reply["download"];
    assert!(download["filename"].as_str().is_some_and(|name| name.ends_with(".env")), "{reply}");
    let content = download["content"].as_str().expect("a file");
    assert!(content.lines().any(|line| line == format!("TENANTRY_API_KEY={key}")), "{content}");
}

async fn a_key_is_shown_once_and_works(server: Server) {
    let jane = super::acme(&server).await;
    let body =
        json!({ "name": " CI/CD Integration ", "description": "Deploys", "scopes": ["*:*"], "expires_in": "90d" });
    let made = server.post(KEYS).by(&jane).json(body).send().await.expect(201);
    assert_shown(&made);
    assert_eq!(made.header("location"), Some(path(made.id()).as_str()));
    assert_eq!((made.version(), made.header("cache-control")), (1, Some("no-store")));
    let mut shown = made.json.clone();
    for once in ["key", "download", "secret_available"] {
        shown.as_object_mut().expect("an object").remove(once);
    }
    assert_eq!((&shown["name"], &shown["description"]), (&json!("CI/CD Integration"), &json!("Deploys")));
    assert_eq!((&shown["status"], &shown["last_used_at"]), (&json!("active"), &Value::Null));
    assert_eq!(shown["owner"], json!({ "type": "user", "id": jane.id }));
    assert_eq!(shown["created_by"], json!({ "id": jane.id, "name": "Jane" }));
    assert_eq!(shown["scopes"], json!(["*:*"]));
    // Nobody is ever shown the key again.
    let read = server.get(made.header("location").expect("a location")).by(&jane).send().await.expect(200);
    assert_eq!((&read.json, read.version()), (&shown, 1));
    assert_eq!(server.get(KEYS).by(&jane).send().await.expect(200).json, json!([shown]));

    let key = made["key"].as_str().expect("a key");
    let read = server.get(&teams("acme")).bearer(key).send().await.expect(200);
    assert_eq!(read.json, json!([]));
    let written = server.post(&teams("acme")).bearer(key).json(json!({ "name": "A" })).send().await.expect(201);
    assert_eq!(events_after(&server, made.position()).await, [("TeamCreated".to_owned(), written.position())]);
    // The other door is open too.
    let of_002 = server.get("/v1/organizations/acme/teams").bearer(key).send().await.expect(200);
    assert_eq!(of_002.each("name"), ["A"]);
    let question =
        json!({ "query": "{ me { id email } organization(slug: \"acme\") { teams { edges { node { name } } } } }" });
    let answer = server.post("/graphql").bearer(key).json(question).send().await.expect(200);
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    assert_eq!(answer["data"]["me"], json!({ "id": jane.id, "email": jane.email }));
    assert_eq!(answer["data"]["organization"]["teams"]["edges"], json!([{ "node": { "name": "A" } }]));
    let verified = super::verify(&server, key).by(&jane).send().await.expect(200);
    assert_eq!((&verified["valid"], &verified["key_id"]), (&json!(true), &json!(made.id())));
}

async fn an_organization_has_keys_of_its_own(server: Server) {
    let acme = server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    for reference in ["acme", acme.id()] {
        let body = json!({ "name": "Deploy", "organization": reference, "on_creator_leave": "revoke" });
        let made = create_with(&server, &["org:acme:teams:*"], body).by(&jane).send().await.expect(201);
        assert_shown(&made);
        assert_eq!(made["owner"], json!({ "type": "organization", "id": acme.id() }));
        assert_eq!((&made["created_by"]["id"], &made["on_creator_leave"]), (&json!(jane.id), &json!("revoke")));
        let key = made["key"].as_str().expect("a key");
        let team = json!({ "name": format!("Team of {reference}") });
        server.post(&teams("acme")).bearer(key).json(team).send().await.expect(201);
    }
    assert_eq!(server.get(KEYS).by(&jane).send().await.expect(200).json, json!([]), "they are not her own");
    let viewer = server.member("acme", "joe@example.com", "developer").await;
    let refused = create_with(&server, &["org:acme:teams:read"], json!({ "organization": "acme" })).by(&viewer);
    let refused = server.refuses(refused, 403, "missing_permission").await;
    assert_eq!(refused["permission"], "api_keys:write");
    let elsewhere = create_with(&server, &["*:*"], json!({ "organization": "nobody" }));
    server.refuses(elsewhere, 404, "organization_not_found").await;
    let stranger = server.person("mallory@example.com").await;
    let refused = create_with(&server, &["*:*"], json!({ "organization": "acme" })).by(&stranger);
    server.refuses(refused, 403, "not_a_member").await;
}

async fn fields_are_checked(server: Server) {
    let jane = super::acme(&server).await;
    let ask = |body: Value| server.post(KEYS).by(&jane).json(body);
    for (fields, pointers) in [
        (json!({ "name": " " }), vec!["/name"]),
        (json!({ "name": "x".repeat(256) }), vec!["/name"]),
        (json!({ "description": "x".repeat(2001) }), vec!["/description"]),
        (json!({ "expires_in": "1d" }), vec!["/expires_in"]),
        (json!({ "expires_in": "30d", "expires_at": "2999-01-01T00:00:00Z" }), vec!["/expires_in"]),
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), vec!["/expires_at"]),
        (json!({ "ip_allowlist": ["10.0.0.0/8", "10.0.0.0/33", "x"] }), vec!["/ip_allowlist/1", "/ip_allowlist/2"]),
        (json!({ "ip_allowlist": vec!["10.0.0.1"; 101] }), vec!["/ip_allowlist"]),
        (json!({ "rate_limit": { "requests": 0, "window_seconds": 60 } }), vec!["/rate_limit"]),
        (json!({ "rate_limit": { "requests": 1, "window_seconds": 0 } }), vec!["/rate_limit"]),
        (json!({ "rate_limit": { "requests": 1, "window_seconds": 86_401 } }), vec!["/rate_limit"]),
        (json!({ "on_creator_leave": "stay" }), vec!["/on_creator_leave"]),
        (json!({ "name": "", "scopes": [], "expires_in": "x" }), vec!["/expires_in", "/name", "/scopes"]),
    ] {
        let mut body = json!({ "name": "CI", "scopes": ["*:*"] });
        let all = body.as_object_mut().expect("fields");
        all.extend(fields.as_object().expect("fields").clone());
        assert_eq!(server.refuses(ask(body), 422, "invalid").await.pointers(), pointers, "{fields}");
    }
    for (body, pointer) in [
        (json!({ "scopes": ["*:*"] }), ""),
        (json!({ "name": "x" }), ""),
        (json!({ "name": "x", "scopes": ["*:*"], "key": "sk_live_mine" }), "/key"),
        (json!({ "name": "x", "scopes": ["*:*"], "expires_at": "tomorrow" }), "/expires_at"),
    ] {
        assert_eq!(server.refuses(ask(body.clone()), 422, "invalid").await.pointers(), [pointer], "{body}");
    }
}

async fn scopes_are_checked(server: Server) {
    let jane = super::acme(&server).await;
    let globex = server.organization("globex").await;
    for (scopes, pointer) in [
        (vec![""], "/scopes/0"),
        (vec!["*"], "/scopes/0"),
        (vec!["*:*", "admin"], "/scopes/1"),
        (vec!["org:acme"], "/scopes/0"),
        (vec!["org:acme:"], "/scopes/0"),
        (vec!["org::*"], "/scopes/0"),
        (vec!["ORG:acme:*"], "/scopes/0"),
        (vec![" org:acme:*"], "/scopes/0"),
        (vec!["org:acme:* "], "/scopes/0"),
        (vec!["org:acme:teams"], "/scopes/0"),
        (vec!["org:acme:teams:fly"], "/scopes/0"),
        (vec!["org:acme:*:read"], "/scopes/0"),
        (vec!["org:acme:teams:read", "org:acme:rockets:*"], "/scopes/1"),
        (vec!["org:nobody:*"], "/scopes/0"),
        (vec!["org:not a slug:*"], "/scopes/0"),
        (vec!["org:globex:*"], "/scopes"),
        (vec!["org:acme:teams:read", "org:globex:teams:read"], "/scopes"),
        (vec!["*:*", "org:acme:*"], "/scopes"),
        (vec!["org:acme:teams:read"; 65], "/scopes"),
    ] {
        let refused = server.refuses(create(&server, &scopes).by(&jane), 422, "invalid").await;
        assert!(!refused.body.contains(globex.id()), "{refused}");
        assert_eq!(refused.pointers(), [pointer], "{scopes:?}: {refused}");
    }
    // A scope that is sent twice counts once, and wildcards stay what they are.
    let scopes = ["org:acme:teams:read", "org:acme:teams:read", "org:acme:projects:*"];
    let made = create(&server, &scopes).by(&jane).send().await.expect(201);
    assert_eq!(made["scopes"], json!(["org:acme:projects:*", "org:acme:teams:read"]));
    // An organization's key works there alone.
    server
        .post("/api/v1/organizations/globex/users")
        .json(json!({ "user_email": jane.email, "role": "admin" }))
        .send()
        .await
        .expect(201);
    let elsewhere = create_with(&server, &["org:globex:teams:read"], json!({ "organization": "acme" })).by(&jane);
    assert_eq!(server.refuses(elsewhere, 422, "invalid").await.pointers(), ["/scopes"]);
    create(&server, &["org:acme:teams:read", "org:globex:teams:read"]).by(&jane).send().await.expect(201);
}

async fn a_key_expires_when_it_was_said(server: Server) {
    let jane = super::acme(&server).await;
    let expires = async |fields: Value| {
        let made = create_with(&server, &["*:*"], fields).by(&jane).send().await.expect(201);
        let time = |field: &str| {
            let text = made[field].as_str()?;
            Some(chrono::DateTime::parse_from_rfc3339(text).expect("a time"))
        };
        Some((time("expires_at")? - time("created_at").expect("a time")).num_milliseconds())
    };
    assert_eq!(expires(json!({})).await, None);
    assert_eq!(expires(json!({ "expires_in": "never" })).await, None);
    for (within, days) in [("30d", 30), ("90d", 90)] {
        let millis = expires(json!({ "expires_in": within })).await.expect("an end");
        let wanted = days * 24 * 3600 * 1000;
        assert!((wanted - 5000..=wanted).contains(&millis), "{within}: {millis}");
    }
    let at = "2999-12-31T23:59:59.123Z";
    let made = create_with(&server, &["*:*"], json!({ "expires_at": at })).by(&jane).send().await.expect(201);
    assert_eq!(made["expires_at"], at);
}

async fn only_who_is_signed_in_makes_keys(server: Server) {
    server.refuses(create(&server, &["*:*"]).anonymous(), 401, "not_authenticated").await;
    // A member without the permission makes none for the organization, and one of their own.
    server.organization("acme").await;
    let joe = server.member("acme", "joe@example.com", "member").await;
    let refused = server.refuses(create(&server, &["org:acme:teams:read"]).by(&joe), 403, "missing_permission").await;
    assert_eq!(refused["permission"], "api_keys:write_own");
    let made = super::personal(&server, &joe, &["*:*"]).await;
    made.reads(&server, "acme").send().await.expect(200);
    // A superadmin is not a member.
    let refused = server.refuses(create(&server, &["org:globex:*"]), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/scopes/0"]);
    server.person("mallory@example.com").await;
    let other = server.member("acme", "eve@example.com", "owner").await;
    let own = format!("org:{}:*", other.organization);
    assert_eq!(server.refuses(create(&server, &[&own]), 422, "invalid").await.pointers(), ["/scopes"]);
}

async fn nobody_has_more_than_a_thousand(server: Server) {
    let jane = server.person("jane@example.com").await;
    let expiring = json!({ "expires_in": "30d" });
    for _ in 0..20 {
        for made in at_once((0..50).map(|_| create_with(&server, &["*:*"], expiring.clone()).by(&jane).send())).await {
            made.expect(201);
        }
    }
    let refused = server.refuses(create(&server, &["*:*"]).by(&jane), 409, "api_key_limit_reached").await;
    assert_eq!((&refused["limit"], &refused["current"]), (&json!(1000), &json!(1000)));
    let listed = server.get(&format!("{KEYS}?limit=1")).by(&jane).send().await.expect(200);
    let revoke = format!("{}/revoke", path(listed.json[0]["id"].as_str().expect("an id")));
    server.post(&revoke).by(&jane).json(json!({})).send().await.expect(200);
    create(&server, &["*:*"]).by(&jane).send().await.expect(201);
}
