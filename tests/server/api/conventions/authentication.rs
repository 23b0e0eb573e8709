//! Who is asking: 401 and its challenges.

use serde_json::json;

use crate::support::{Request, Server, server::ADMIN};

both!(
    without_credentials_nothing_is_told,
    wrong_credentials_are_refused,
    an_address_is_compared_case_folded,
    credentials_come_before_everything_else,
);

const PATH: &str = "/api/v1/organizations";

async fn refused(server: &Server, request: Request) {
    let reply = server.refuses(request, 401, "not_authenticated").await;
    assert_eq!(reply["detail"], "Not authenticated");
    let challenges: Vec<_> = reply.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(challenges, ["Bearer realm=\"tenantry\"", "Basic realm=\"tenantry\", charset=\"UTF-8\""]);
}

async fn without_credentials_nothing_is_told(server: Server) {
    let acme = server.organization("acme").await;
    for (method, path) in [
        ("GET", PATH.to_owned()),
        ("POST", PATH.to_owned()),
        ("GET", format!("{PATH}/acme")),
        ("GET", format!("{PATH}/nobody")),
        ("PATCH", format!("{PATH}/{}", acme.id())),
        ("DELETE", format!("{PATH}/acme")),
        ("POST", format!("{PATH}/acme/slug")),
        ("PATCH", format!("{PATH}/acme/limits")),
        ("POST", format!("{PATH}/acme/suspend")),
        ("POST", format!("{PATH}/acme/reactivate")),
        ("POST", format!("{PATH}/acme/restore")),
        ("POST", format!("{PATH}/acme/purge")),
        ("GET", "/api/organizations".to_owned()),
        ("POST", "/api/organizations".to_owned()),
        ("GET", "/api/organizations/acme".to_owned()),
        ("PUT", "/api/organizations/acme".to_owned()),
        ("DELETE", "/api/organizations/acme".to_owned()),
    ] {
        refused(&server, server.request(method, &path).anonymous().json(json!({ "name": "x" }))).await;
    }
}

async fn wrong_credentials_are_refused(server: Server) {
    let get = || server.get(PATH);
    refused(&server, get().basic(ADMIN.0, "wrong")).await;
    refused(&server, get().basic("nobody@example.com", ADMIN.1)).await;
    refused(&server, get().basic("not an address", ADMIN.1)).await;
    refused(&server, get().basic(ADMIN.0, &"x".repeat(10_000))).await;
    refused(&server, get().basic(ADMIN.0, "nul\0")).await;
    for value in ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Digest username=\"admin\"", "x"] {
        refused(&server, get().anonymous().header("authorization", value)).await;
    }
    // An invited owner has no password yet.
    let invited = json!({ "name": "Acme", "owner_email": "jane@example.com" });
    server.post(PATH).json(invited).send().await.expect(201);
    refused(&server, get().basic("jane@example.com", "")).await;

    let reply = server.refuses(get().anonymous().header("authorization", "Bearer x"), 401, "invalid_token").await;
    assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"tenantry\", error=\"invalid_token\""));
    assert_eq!(reply["detail"], "Not authenticated");
    let twice = get().anonymous().header("authorization", "Bearer x").header("authorization", "Bearer y");
    server.refuses(twice, 400, "invalid_header").await;
}

async fn an_address_is_compared_case_folded(server: Server) {
    server.get(PATH).basic("Admin@EXAMPLE.com", ADMIN.1).send().await.expect(200);
}

async fn credentials_come_before_everything_else(server: Server) {
    refused(&server, server.post(PATH).anonymous().body("text/plain", "{")).await;
    refused(&server, server.post(&format!("{PATH}?dry_run=perhaps")).anonymous().header("if-match", "x")).await;
}
