//! `POST /api/v1/api-keys/verify`.

use serde_json::{Value, json};

use super::{Made, VERIFY, code, create_with, life, owned, path, personal, verify};
use crate::support::{Reply, Request, Server, at_once};

both!(
    a_good_key_is_told_as_it_is,
    every_code_is_given,
    a_permission_is_asked_for_somewhere,
    only_some_may_know_of_a_key,
    what_is_left_is_counted,
    the_question_is_checked,
    there_is_no_version_to_insist_on,
);

fn ask(server: &Server, made: &Made, mut more: Value) -> Request {
    more.as_object_mut().expect("fields").insert("key".into(), json!(made.key));
    server.post(VERIFY).json(more)
}

async fn a_good_key_is_told_as_it_is(server: Server) {
    let acme = server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    let body = json!({
        "expires_at": "2999-01-01T00:00:00Z", "rate_limit": { "requests": 10, "window_seconds": 60 },
    });
    let made: Made = create_with(&server, &["org:acme:teams:*"], body).by(&jane).send().await.expect(201).into();
    let expected = |remaining: u32, missing: Value, code: &str| {
        json!({
            "valid": code == "VALID", "code": code, "key_id": made.id,
            "owner": { "type": "user", "id": jane.id }, "organization": acme.id(), "scopes": ["org:acme:teams:*"],
            "missing_permission": missing, "expires_at": "2999-01-01T00:00:00.000Z",
            "rate_limit": { "requests": 10, "window_seconds": 60 },
            "remaining": if code == "VALID" { json!(remaining) } else { Value::Null },
        })
    };
    let answer = ask(&server, &made, json!({})).send().await.expect(200);
    assert_eq!(answer.json, expected(9, Value::Null, "VALID"));
    assert!(answer.header("etag").is_none() && answer.header("ledger-position").is_none());
    let answer = ask(&server, &made, json!({ "permission": "teams:write" })).send().await.expect(200);
    assert_eq!(answer.json, expected(8, Value::Null, "VALID"));
    let answer = ask(&server, &made, json!({ "permission": "agents:run" })).send().await.expect(200);
    assert_eq!(answer.json, expected(0, json!("agents:run"), "INSUFFICIENT_SCOPE"));
    // A key that nobody may know of has nothing but its code.
    let nobody = json!({
        "valid": false, "code": "MALFORMED", "key_id": null, "owner": null, "organization": null, "scopes": [],
        "missing_permission": null, "expires_at": null, "rate_limit": null, "remaining": null,
    });
    assert_eq!(verify(&server, "nonsense").send().await.expect(200).json, nobody);
    let head = server.head().await;
    ask(&server, &made, json!({})).send().await.expect(200);
    assert_eq!(server.head().await, head, "nothing is written");
}

async fn every_code_is_given(server: Server) {
    let jane = super::acme(&server).await;
    let act =
        |made: &Made, action: &str| server.post(&format!("{}/{action}", path(&made.id))).by(&jane).json(json!({}));
    let valid = personal(&server, &jane, &["org:acme:teams:read"]).await;
    assert_eq!(code(verify(&server, &valid.key)).await, "VALID");
    assert_eq!(code(verify(&server, &valid.key[1..])).await, "MALFORMED");
    assert_eq!(
        code(verify(&server, &super::near_misses::sealed("sk_live_AAAAAAAA_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"))).await,
        "NOT_FOUND"
    );
    assert_eq!(code(ask(&server, &valid, json!({ "permission": "teams:write" }))).await, "INSUFFICIENT_SCOPE");
    act(&valid, "disable").send().await.expect(200);
    assert_eq!(code(verify(&server, &valid.key)).await, "DISABLED");
    life::expire(&server, &jane, &valid.id).await;
    let expired: Made = personal(&server, &jane, &["*:*"]).await;
    let body = json!({ "expires_at": life::soon(400), "grace_seconds": 0 });
    let rotated = server.post(&format!("{}/rotate", path(&expired.id))).by(&jane).json(body).send().await.expect(200);
    let expired = Made::from(rotated);
    let over = async || code(verify(&server, &expired.key)).await == "EXPIRED";
    crate::support::eventually("it has expired", over).await;
    act(&expired, "revoke").send().await.expect(200);
    assert_eq!(code(verify(&server, &expired.key)).await, "REVOKED");

    let body = json!({ "ip_allowlist": ["192.0.2.0/24"], "rate_limit": { "requests": 1, "window_seconds": 3600 } });
    let limited: Made = create_with(&server, &["org:acme:teams:read"], body).by(&jane).send().await.expect(201).into();
    assert_eq!(code(verify(&server, &limited.key)).await, "IP_NOT_ALLOWED");
    assert_eq!(code(ask(&server, &limited, json!({ "ip": "198.51.100.1" }))).await, "IP_NOT_ALLOWED");
    assert_eq!(code(ask(&server, &limited, json!({ "ip": "192.0.2.9" }))).await, "VALID");
    let answer = ask(&server, &limited, json!({ "ip": "::ffff:192.0.2.9" })).send().await.expect(200);
    assert_eq!((&answer["code"], &answer["remaining"]), (&json!("RATE_LIMITED"), &json!(0)));

    let keys = [personal(&server, &jane, &["org:acme:teams:read"]).await, owned(&server, "acme", &["*:*"]).await];
    let codes = async || {
        let mut codes = Vec::new();
        for key in &keys {
            codes.push(code(verify(&server, &key.key)).await);
        }
        codes
    };
    server.post("/api/v1/organizations/acme/suspend").json(json!({})).send().await.expect(200);
    assert_eq!(codes().await, ["ORGANIZATION_SUSPENDED"; 2]);
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    assert_eq!(codes().await, ["ORGANIZATION_DELETED"; 2]);
    server.post("/api/v1/organizations/acme/restore").send().await.expect(200);
    server.post("/api/v1/organizations/acme/reactivate").send().await;
    assert_eq!(codes().await, ["VALID"; 2]);
}

async fn a_permission_is_asked_for_somewhere(server: Server) {
    let acme = server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "developer").await;
    let globex = server.organization("globex").await;
    let body = json!({ "user_email": jane.email, "role": "viewer" });
    server.post("/api/v1/organizations/globex/users").json(body).send().await.expect(201);
    server.organization("initech").await;
    let everything = personal(&server, &jane, &["*:*"]).await;
    let two = personal(&server, &jane, &["org:acme:teams:read", &format!("org:{}:*", jane.organization)]).await;
    let one = personal(&server, &jane, &["org:acme:teams:read"]).await;
    let organization = owned(&server, "globex", &["org:globex:teams:read"]).await;
    let nowhere = uuid::Uuid::now_v7().to_string();
    for (made, permission, of, expected) in [
        (&everything, None, None, "VALID"),
        (&everything, None, Some("acme"), "VALID"),
        (&everything, None, Some(globex.id()), "VALID"),
        (&everything, None, Some("initech"), "INSUFFICIENT_SCOPE"),
        (&everything, Some("workspaces:write"), Some("acme"), "VALID"),
        (&everything, Some("teams:write"), Some("acme"), "INSUFFICIENT_SCOPE"),
        (&everything, Some("workspaces:write"), Some("globex"), "INSUFFICIENT_SCOPE"),
        (&everything, Some("teams:read"), None, "INSUFFICIENT_SCOPE"),
        (&two, None, None, "VALID"),
        (&two, Some("teams:read"), None, "INSUFFICIENT_SCOPE"),
        (&two, Some("teams:read"), Some(acme.id()), "VALID"),
        (&two, Some("organization:delete"), Some(jane.organization.as_str()), "VALID"),
        (&two, Some("organization:read"), Some("acme"), "INSUFFICIENT_SCOPE"),
        (&one, Some("teams:read"), None, "VALID"),
        (&one, Some("teams:read"), Some("acme"), "VALID"),
        (&one, Some("teams:write"), None, "INSUFFICIENT_SCOPE"),
        (&one, Some("teams:read"), Some("globex"), "INSUFFICIENT_SCOPE"),
        (&one, None, Some("globex"), "INSUFFICIENT_SCOPE"),
        (&one, None, Some("nobody"), "INSUFFICIENT_SCOPE"),
        (&one, None, Some(nowhere.as_str()), "INSUFFICIENT_SCOPE"),
        (&organization, Some("teams:read"), None, "VALID"),
        (&organization, Some("teams:read"), Some("globex"), "VALID"),
        (&organization, Some("teams:write"), None, "INSUFFICIENT_SCOPE"),
        (&organization, Some("teams:read"), Some("acme"), "INSUFFICIENT_SCOPE"),
    ] {
        let answer =
            ask(&server, made, json!({ "permission": permission, "organization": of })).send().await.expect(200);
        assert_eq!(answer["code"], expected, "{:?} {permission:?} {of:?}", made.reply["scopes"]);
        let missing = permission.filter(|_| expected == "INSUFFICIENT_SCOPE");
        assert_eq!(answer["missing_permission"], json!(missing));
    }
    // What the key does not have to do with is not told by it.
    server.post("/api/v1/organizations/initech/suspend").json(json!({})).send().await.expect(200);
    assert_eq!(code(ask(&server, &one, json!({ "organization": "initech" }))).await, "INSUFFICIENT_SCOPE");
    server.post("/api/v1/organizations/globex/suspend").json(json!({})).send().await.expect(200);
    let there = json!({ "permission": "teams:read", "organization": "globex" });
    assert_eq!(code(ask(&server, &everything, there.clone())).await, "ORGANIZATION_SUSPENDED", "she knows it is");
    assert_eq!(code(ask(&server, &one, there)).await, "INSUFFICIENT_SCOPE");
    // The owner's role counts today.
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    server.patch(&member).json(json!({ "role": "owner" })).send().await.expect(200);
    let write = json!({ "permission": "teams:write", "organization": "acme" });
    assert_eq!(code(ask(&server, &everything, write.clone())).await, "VALID");
    server.patch(&member).json(json!({ "role": "member" })).send().await.expect(200);
    assert_eq!(code(ask(&server, &everything, write)).await, "INSUFFICIENT_SCOPE");
    assert_eq!(code(verify(&server, &one.key)).await, "VALID");
}

async fn only_some_may_know_of_a_key(server: Server) {
    let jane = super::acme(&server).await;
    let globex = server.organization("globex").await;
    let reader = server.member("acme", "reader@example.com", "developer").await;
    let viewer = server.member("acme", "viewer@example.com", "viewer").await;
    let stranger = server.person("mallory@example.com").await;
    let other_admin = server.member("globex", "eve@example.com", "owner").await;
    let own = personal(&server, &jane, &["org:acme:teams:read"]).await;
    let everything = personal(&server, &jane, &["*:*"]).await;
    let organization = owned(&server, "acme", &["org:acme:teams:read", "org:acme:api_keys:read"]).await;
    let blind = owned(&server, "acme", &["org:acme:teams:read"]).await;
    let foreign = owned(&server, globex.id(), &["*:*"]).await;
    for (who, asker, knows) in [
        ("the owner", jane.access_token.as_str(), [true, true, true]),
        ("her key", &everything.key, [true, true, true]),
        ("a reader of keys", &reader.access_token, [true, false, true]),
        ("a viewer", &viewer.access_token, [false, false, false]),
        ("a stranger", &stranger.access_token, [false, false, false]),
        ("somebody else's owner", &other_admin.access_token, [false, false, false]),
        ("a key that may read keys", &organization.key, [true, false, true]),
        ("a key that may not", &blind.key, [false, false, false]),
        ("another organization's key", &foreign.key, [false, false, false]),
    ] {
        for (made, known) in [&own, &everything, &organization].into_iter().zip(knows) {
            let answer = verify(&server, &made.key).bearer(asker).send().await.expect(200);
            let expected = if known { "VALID" } else { "NOT_FOUND" };
            assert_eq!(answer["code"], expected, "{who} of {:?}", made.reply["scopes"]);
            assert_eq!(answer["key_id"].is_string(), known, "{who}");
        }
    }
    for made in [&own, &everything, &organization] {
        assert_eq!(code(verify(&server, &made.key)).await, "VALID", "a superadmin");
    }
    server.refuses(verify(&server, &own.key).anonymous(), 401, "not_authenticated").await;
    // Who is over is still told only to those who may know.
    server.post(&format!("{}/revoke", path(&own.id))).by(&jane).json(json!({})).send().await.expect(200);
    assert_eq!(code(verify(&server, &own.key).by(&reader)).await, "REVOKED");
    assert_eq!(code(verify(&server, &own.key).by(&stranger)).await, "NOT_FOUND");
    // What is deleted is there for its owners only.
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    assert_eq!(code(verify(&server, &organization.key).by(&jane)).await, "ORGANIZATION_DELETED");
    assert_eq!(code(verify(&server, &organization.key).by(&reader)).await, "NOT_FOUND");
    server.post("/api/v1/organizations/acme/restore").send().await.expect(200);
    assert_eq!(code(verify(&server, &organization.key).by(&reader)).await, "VALID");
    // Whose rights end knows of nothing any more.
    let member = format!("/api/v1/organizations/acme/members/{}", reader.id);
    server.delete(&member).send().await.expect(204);
    assert_eq!(code(verify(&server, &organization.key).by(&reader)).await, "NOT_FOUND");
}

async fn what_is_left_is_counted(server: Server) {
    let jane = super::acme(&server).await;
    let body = json!({ "rate_limit": { "requests": 5, "window_seconds": 3600 } });
    let made: Made = create_with(&server, &["*:*"], body).by(&jane).send().await.expect(201).into();
    let remaining = async |query: &str| -> Reply {
        let body = json!({ "key": made.key });
        server.post(&format!("{VERIFY}{query}")).json(body).send().await.expect(200)
    };
    for _ in 0..10 {
        let tried = remaining("?dry_run=true").await;
        assert_eq!((&tried["code"], &tried["remaining"]), (&json!("VALID"), &Value::Null), "it does not count");
    }
    for left in [4, 3] {
        assert_eq!(remaining("").await["remaining"], left);
    }
    // What does not get that far does not count either.
    assert_eq!(code(ask(&server, &made, json!({ "permission": "teams:read" }))).await, "INSUFFICIENT_SCOPE");
    server.get(super::SELF).bearer(&made.key).send().await.expect(200);
    assert_eq!(remaining("").await["remaining"], 1, "requests and verifications share it");
    let codes = at_once((0..20).map(|_| code(verify(&server, &made.key)))).await;
    assert_eq!(codes.iter().filter(|code| *code == "VALID").count(), 1);
    assert_eq!(codes.iter().filter(|code| *code == "RATE_LIMITED").count(), 19);
    assert_eq!(server.get(super::SELF).bearer(&made.key).send().await.expect(429)["code"], "rate_limited");
    // Asking does not count against the asker's own key.
    let body = json!({ "rate_limit": { "requests": 1, "window_seconds": 3600 } });
    let asker: Made = create_with(&server, &["*:*"], body).by(&jane).send().await.expect(201).into();
    for _ in 0..5 {
        assert_eq!(code(verify(&server, &made.key).bearer(&asker.key)).await, "RATE_LIMITED");
    }
    server.get(super::SELF).bearer(&asker.key).send().await.expect(200);
}

async fn the_question_is_checked(server: Server) {
    let ask = |body: Value| server.post(VERIFY).json(body);
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "key": "x", "permission": "teams:fly" }), "/permission"),
        (json!({ "key": "x", "permission": "*" }), "/permission"),
        (json!({ "key": "x", "permission": "teams:*" }), "/permission"),
        (json!({ "key": "x", "ip": "localhost" }), "/ip"),
        (json!({ "key": "x", "ip": "192.0.2.0/24" }), "/ip"),
        (json!({ "key": "x", "scope": "x" }), "/scope"),
    ] {
        assert_eq!(server.refuses(ask(body.clone()), 422, "invalid").await.pointers(), [pointer], "{body}");
    }
    server.refuses(server.post(VERIFY).body("application/json", "{"), 400, "invalid_json").await;
    server.refuses(server.post(VERIFY).body("text/plain", "{}"), 415, "unsupported_media_type").await;
    server.refuses(server.get(VERIFY), 405, "method_not_allowed").await;
}

async fn there_is_no_version_to_insist_on(server: Server) {
    let jane = super::acme(&server).await;
    let body = json!({ "rate_limit": { "requests": 5, "window_seconds": 3600 } });
    let made: Made = create_with(&server, &["*:*"], body).by(&jane).send().await.expect(201).into();
    let refused = ask(&server, &made, json!({})).header("if-match", "\"v1-0\"");
    let refused = server.refuses(refused, 422, "not_supported").await;
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("no version")), "{refused}");
    server.refuses(ask(&server, &made, json!({})).header("if-match", "x"), 400, "invalid_header").await;
    // What else is wrong is said first.
    let wrong = ask(&server, &made, json!({ "ip": "localhost" })).header("if-match", "\"v1-0\"");
    server.refuses(wrong, 422, "invalid").await;
    let answer = ask(&server, &made, json!({})).header("if-match", "*").send().await.expect(200);
    assert_eq!(answer["remaining"], 4, "what was refused did not count");
}
