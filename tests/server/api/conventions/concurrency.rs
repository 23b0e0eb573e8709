//! ETag, If-Match and If-None-Match.

use serde_json::json;

use crate::support::{Server, at_once};

both!(
    the_version_goes_up_with_every_change,
    if_match_refuses_another_version,
    an_if_match_that_nothing_checks_is_refused,
    if_match_does_not_keep_a_copied_session_alive,
    if_match_must_be_a_tag,
    if_none_match_saves_the_body,
    of_many_with_one_version_one_wins,
);

const PATH: &str = "/api/v1/organizations";

async fn the_version_goes_up_with_every_change(server: Server) {
    let path = format!("{PATH}/acme");
    let made = server.organization("acme").await;
    assert_eq!(made.version(), 1);
    let changed = server.patch(&path).json(json!({ "name": "Acme 2" })).send().await.expect(200);
    assert_eq!(changed.version(), 2);
    assert_eq!(server.get(&path).send().await.expect(200).etag(), changed.etag());

    // What changes nothing appends nothing.
    let head = server.head().await;
    let same = server.patch(&path).json(json!({ "name": "Acme 2" })).send().await.expect(200);
    assert_eq!((same.etag(), same.position(), &same.json), (changed.etag(), head, &changed.json));
    assert_eq!(server.patch(&path).json(json!({})).send().await.expect(200).etag(), changed.etag());
    assert_eq!(server.head().await, head);

    // A change of another organization does not change this one.
    server.organization("other").await;
    assert_eq!(server.get(&path).send().await.etag(), changed.etag());
}

async fn if_match_refuses_another_version(server: Server) {
    let path = format!("{PATH}/acme");
    let first = server.organization("acme").await;
    let second =
        server.patch(&path).header("if-match", first.etag()).json(json!({ "name": "B" })).send().await.expect(200);
    for (method, action, body) in [
        ("PATCH", "", json!({ "name": "C" })),
        ("PATCH", "/limits", json!({ "max_spaces": 3 })),
        ("POST", "/slug", json!({ "slug": "other" })),
        ("POST", "/suspend", json!({})),
        ("DELETE", "", json!({})),
    ] {
        let stale = server.request(method, &format!("{path}{action}")).header("if-match", first.etag()).json(body);
        server.refuses(stale, 412, "version_mismatch").await;
    }
    let put = server.put("/api/organizations/acme").header("if-match", first.etag()).json(json!({ "name": "C" }));
    server.refuses(put, 412, "version_mismatch").await;
    assert_eq!(server.get(&path).send().await.json, second.json);

    // Only the number counts, and a star insists on nothing but existence.
    server.patch(&path).header("if-match", "\"v2-0\"").json(json!({ "name": "C" })).send().await.expect(200);
    server.patch(&path).header("if-match", "*").json(json!({ "name": "D" })).send().await.expect(200);
    let current = server.get(&path).send().await;
    server.delete(&path).header("if-match", current.etag()).send().await.expect(204);
}

async fn an_if_match_that_nothing_checks_is_refused(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "owner").await;
    let acme = |path: &str| server.post(&format!("{PATH}/acme/{path}"));
    let person = json!({ "email": "new@example.com", "password": "a fine long password", "name": "New" });
    let member = json!({ "user_email": "new@example.com", "role": "viewer" });
    let role = json!({ "key": "own", "name": "Own", "permissions": [] });
    let key = json!({ "name": "CI", "scopes": ["org:acme:teams:read"] });
    let invitation = json!({ "email": "guest@example.com", "role": "viewer" });
    for (n, creation) in [
        server.post(PATH).json(json!({ "name": "Other" })),
        server.post("/api/organizations").json(json!({ "name": "Other" })),
        server.post("/api/v1/auth/signup").anonymous().json(person),
        server.post("/api/v1/api-keys").by(&jane).json(key),
        acme("users").json(member),
        acme("roles").json(role),
        acme("teams").json(json!({ "name": "Lab" })),
        acme("workspaces").json(json!({ "name": "Lab" })),
        acme("projects").json(json!({ "name": "Lab" })),
        acme("members/invite").json(invitation),
    ]
    .into_iter()
    .enumerate()
    {
        for tag in ["\"v1-0\"", "*"] {
            let insisting = creation.clone().header("if-match", tag);
            let key = format!("k{n}{}", tag.len());
            server.refuses(insisting.clone().key(&key), 412, "version_mismatch").await;
        }
        creation.key(&format!("k{n}1")).send().await.expect(201);
    }

    let logout = server.post("/api/v1/auth/logout").by(&jane);
    let sessions = server.get("/api/v1/me/sessions").by(&jane).send().await.expect(200);
    let end = server.delete(&format!("/api/v1/me/sessions/{}", sessions.json[0]["id"].as_str().expect("an id")));
    let login = server.login("jane@example.com");
    let refresh = server.post("/api/v1/auth/refresh").anonymous();
    let refresh = refresh.json(json!({ "refresh_token": jane.refresh_token }));
    let made = server.post("/api/v1/api-keys").by(&jane).json(json!({ "name": "CI", "scopes": ["*:*"] }));
    let key = made.send().await.expect(201)["key"].as_str().expect("a key").to_owned();
    let revoke = server.post("/api/v1/api-keys/revoke-self").bearer(&key).json(json!({}));
    for write in [login, refresh, end.by(&jane), revoke.clone(), logout.clone()] {
        let refused = server.refuses(write.header("if-match", "\"v1-0\""), 422, "not_supported").await;
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("no version")), "{refused}");
    }
    // What else is wrong is said first.
    let unknown = server.delete("/api/v1/me/sessions/0190163d-8694-739b-aea5-966c26f8ad91").by(&jane);
    server.refuses(unknown.header("if-match", "\"v1-0\""), 404, "session_not_found").await;
    // There is something, and that is all that a star insists on.
    revoke.header("if-match", "*").send().await.expect(204);
    logout.header("if-match", "*").send().await.expect(204);
}

async fn if_match_does_not_keep_a_copied_session_alive(server: Server) {
    let jane = server.person("jane@example.com").await;
    let refresh = |token: &str| server.post("/api/v1/auth/refresh").anonymous().json(json!({ "refresh_token": token }));
    let next = refresh(&jane.refresh_token).send().await.expect(200);
    refresh(&jane.refresh_token).header("if-match", "\"v1-0\"").send().await.expect(401);
    let next = next["refresh_token"].as_str().expect("a token");
    refresh(next).send().await.expect(401);
}

async fn if_match_must_be_a_tag(server: Server) {
    server.organization("acme").await;
    for malformed in ["v1", "\"1\"", "\"v\"", "\"vx-y\"", "\"v1-a\", \"v2-b\"", "W/\"v1-a\"", ""] {
        let request = server.patch(&format!("{PATH}/acme")).header("if-match", malformed).json(json!({ "name": "x" }));
        server.refuses(request, 400, "invalid_header").await;
    }
}

async fn if_none_match_saves_the_body(server: Server) {
    let path = format!("{PATH}/acme");
    let tag = server.organization("acme").await.etag().to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        for path in [&path, "/v1/organizations/acme"] {
            let reply = server.get(path).header("if-none-match", &known).send().await.expect(304);
            assert_eq!((reply.body.as_str(), reply.etag()), ("", tag.as_str()));
        }
    }
    server.get(&path).header("if-none-match", "\"v1-0\"").send().await.expect(200);
    server.patch(&path).json(json!({ "name": "B" })).send().await.expect(200);
    server.get(&path).header("if-none-match", &tag).send().await.expect(200);

    let classic = server.get("/api/organizations/acme").send().await.expect(200);
    server.get("/api/organizations/acme").header("if-none-match", classic.etag()).send().await.expect(304);
}

async fn of_many_with_one_version_one_wins(server: Server) {
    let tag = server.organization("acme").await.etag().to_owned();
    let change = |n: usize| {
        let body = json!({ "name": format!("name {n}") });
        server.patch(&format!("{PATH}/acme")).header("if-match", &tag).json(body).send()
    };
    let mut statuses: Vec<_> = at_once((0..20).map(change)).await.into_iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, [412; 19].as_slice()));
    assert_eq!(server.get(&format!("{PATH}/acme")).send().await.version(), 2);
}
