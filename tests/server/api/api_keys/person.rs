//! What only the person can do, and no key that was given a part of what they may.

use serde_json::{Value, json};

use super::{create, owned, personal};
use crate::support::{Request, Server, people::PASSWORD};

both!(a_key_with_scopes_is_not_the_person, a_key_with_everything_is, no_key_becomes_a_session, a_superadmin_s_keys);

/// What needs the person.
async fn personal_affairs(server: &Server, email: &str) -> Vec<Request> {
    let invite = json!({ "email": email, "role": "viewer" });
    let made = server.post("/api/v1/organizations/globex/members/invite").json(invite).send().await.expect(201);
    let token = made["token"].as_str().expect("a token");
    let passwords = json!({ "current_password": PASSWORD, "new_password": "an entirely new password" });
    vec![
        server.post("/api/v1/organizations/acme/leave").json(json!({})),
        server.post(&format!("/api/v1/invitations/{token}/accept")).json(json!({})),
        server.post("/api/v1/me/password").json(passwords),
        server.patch("/api/v1/me").json(json!({ "name": "Mallory" })),
        server.get("/api/v1/me/sessions"),
        server.delete(&format!("/api/v1/me/sessions/{}", uuid::Uuid::now_v7())),
        server.post("/api/v1/organizations").json(json!({ "name": "Mine" })),
        server.post("/api/organizations").json(json!({ "name": "Mine" })),
        server.get("/api/v1/api-keys"),
        create(server, &["*:*"]),
    ]
}

async fn a_key_with_scopes_is_not_the_person(server: Server) {
    let jane = super::acme(&server).await;
    server.organization("globex").await;
    let key = personal(&server, &jane, &["org:acme:*"]).await;
    let organization = owned(&server, "acme", &["*:*"]).await;
    for request in personal_affairs(&server, &jane.email).await {
        for key in [&key, &organization] {
            let what = request.to_string();
            let head = server.head().await;
            let refused = request.clone().bearer(&key.key).send().await;
            let code = refused["code"].as_str().unwrap_or_default();
            assert_eq!(refused.status, 403, "{what}: {refused}");
            assert!(["person_required", "token_bound", "superadmin_only"].contains(&code), "{what}: {refused}");
            assert_eq!(server.head().await, head, "{what}");
        }
    }
    server.login(&jane.email).send().await.expect(200);
    // An organization's key is nobody.
    server.refuses(server.get("/api/v1/me").bearer(&organization.key), 403, "person_required").await;
    let me = server.post("/graphql").bearer(&organization.key).json(json!({ "query": "{ me { id } }" }));
    let answer = me.send().await.expect(200);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "person_required", "{answer}");
}

async fn a_key_with_everything_is(server: Server) {
    let jane = super::acme(&server).await;
    server.organization("globex").await;
    let key = personal(&server, &jane, &["*:*"]).await;
    let made = server.post("/api/v1/organizations").bearer(&key.key).json(json!({ "name": "Mine" })).send().await;
    assert_eq!(made.expect(201)["owner"]["id"], json!(jane.id));
    server.patch("/api/v1/me").bearer(&key.key).json(json!({ "name": "Jane Doe" })).send().await.expect(200);
    server.post("/api/v1/organizations/acme/leave").bearer(&key.key).json(json!({})).send().await.expect(204);
    server.refuses(key.reads(&server, "acme"), 403, "not_a_member").await;
}

async fn no_key_becomes_a_session(server: Server) {
    let jane = super::acme(&server).await;
    for scopes in [["*:*"], ["org:acme:*"]] {
        let key = personal(&server, &jane, &scopes).await;
        let switch = server.post("/api/v1/auth/switch").json(json!({ "organization": "acme" })).bearer(&key.key);
        server.refuses(switch, 403, "session_required").await;
        server.refuses(server.post("/api/v1/auth/logout").bearer(&key.key), 403, "session_required").await;
        let refresh = server.post("/api/v1/auth/refresh").anonymous().json(json!({ "refresh_token": key.key }));
        assert_eq!(refresh.send().await.expect(401)["access_token"], Value::Null);
    }
}

async fn a_superadmin_s_keys(server: Server) {
    let jane = super::acme(&server).await;
    server.organization("globex").await;
    let everything = personal(&server, &jane, &["*:*"]).await;
    let scoped = personal(&server, &jane, &["org:acme:*"]).await;
    server.post(&format!("/api/v1/users/{}/grant-superadmin", jane.id)).send().await.expect(200);
    let operator = || {
        vec![
            server.get("/api/v1/users"),
            server.get("/api/v1/organizations/globex"),
            server.post("/api/v1/organizations/globex/suspend").json(json!({})),
            server.post("/api/v1/organizations/globex/reactivate"),
            server.patch("/api/v1/organizations/acme").json(json!({ "plan": "pro" })),
            server.patch("/api/v1/organizations/acme").json(json!({ "plan": "free" })),
        ]
    };
    for request in operator() {
        let what = request.to_string();
        let refused = request.clone().bearer(&scoped.key).send().await;
        assert_eq!(refused.status, 403, "{what}: {refused}");
        let done = request.bearer(&everything.key).send().await;
        assert_eq!(done.status, 200, "{what}: {done}");
    }
    let organization = owned(&server, "acme", &["*:*"]).await;
    for request in operator() {
        assert_eq!(request.bearer(&organization.key).send().await.status, 403);
    }
    server.post(&format!("/api/v1/users/{}/revoke-superadmin", jane.id)).send().await.expect(200);
    for request in operator() {
        let what = request.to_string();
        assert_eq!(request.bearer(&everything.key).send().await.status, 403, "{what}");
    }
    assert_eq!(server.get("/api/v1/me").bearer(&everything.key).send().await.expect(200)["id"], json!(jane.id));
}
