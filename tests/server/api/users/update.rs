//! Changing accounts.

use serde_json::{Value, json};

use crate::support::{Server, at_once, people::PASSWORD};

both!(
    an_account_is_changed_in_parts,
    an_address_is_taken_in_any_case,
    an_address_is_given_once_under_a_race,
    a_change_is_checked,
);

async fn an_account_is_changed_in_parts(server: Server) {
    let jane = server.person("jane@example.com").await;
    let path = format!("/api/v1/users/{}", jane.id);
    let patch = |body: Value| server.patch(&path).json(body);
    let before = server.get(&path).send().await.expect(200);
    let named = patch(json!({ "name": "Jane Miller", "organization": "Acme" })).send().await.expect(200);
    assert_eq!((&named["name"], &named["organization"]), (&json!("Jane Miller"), &json!("Acme")));
    let moved = patch(json!({ "email": "Jane.Miller@Example.com" })).send().await.expect(200);
    assert_eq!((&moved["email"], &moved["name"]), (&json!("Jane.Miller@Example.com"), &json!("Jane Miller")));
    let cleared = patch(json!({ "name": null })).send().await.expect(200);
    assert_eq!((&cleared["name"], &cleared["organization"]), (&Value::Null, &json!("Acme")));
    assert_eq!(server.get(&path).send().await.json, cleared.json);
    // The new address signs in, the old one is free, and who is signed in stays so.
    server.login("jane.miller@example.com").send().await.expect(200);
    server.refuses(server.login("jane@example.com"), 401, "invalid_credentials").await;
    server.get("/api/v1/me").by(&jane).send().await.expect(200);
    server.person("jane@example.com").await;
    let stale = patch(json!({ "name": "x" })).header("if-match", before.etag());
    server.refuses(stale, 412, "version_mismatch").await;
    server.deployment().assert_projections_verify();
}

async fn an_address_is_taken_in_any_case(server: Server) {
    let jane = server.person("jane@example.com").await;
    server.person("joe@example.com").await;
    let patch = |email: &str| server.patch(&format!("/api/v1/users/{}", jane.id)).json(json!({ "email": email }));
    for taken in ["joe@example.com", "JOE@example.com", "admin@example.com"] {
        server.refuses(patch(taken), 409, "email_taken").await;
    }
    // Another spelling of one's own address is the same address.
    assert_eq!(patch("JANE@example.com").send().await.expect(200)["email"], "JANE@example.com");
    server.login("jane@example.com").send().await.expect(200);
}

async fn an_address_is_given_once_under_a_race(server: Server) {
    let mut people = Vec::new();
    for n in 0..10 {
        people.push(server.person(&format!("user-{n}@example.com")).await);
    }
    let take = |n: usize| {
        let path = format!("/api/v1/users/{}", people[n].id);
        server.patch(&path).json(json!({ "email": "wanted@example.com" })).send()
    };
    let replies = at_once((0..10).map(take)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply["code"] == "email_taken").count(), 9);
    let body = json!({ "email": "wanted@example.com", "password": PASSWORD });
    server.post("/api/v1/auth/login").anonymous().json(body).send().await.expect(200);
}

async fn a_change_is_checked(server: Server) {
    let jane = server.person("jane@example.com").await;
    let path = format!("/api/v1/users/{}", jane.id);
    let bad = json!({ "email": "jane", "name": "", "organization": "x".repeat(256) });
    let refused = server.refuses(server.patch(&path).json(bad), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/email", "/name", "/organization"]);
    for field in ["status", "is_superadmin", "password"] {
        let refused = server.refuses(server.patch(&path).json(json!({ field: true })), 422, "invalid").await;
        assert_eq!(refused.pointers(), [format!("/{field}")]);
    }
    let nothing = json!({ "name": "x" });
    server.refuses(server.patch("/api/v1/users/x").json(nothing.clone()), 404, "user_not_found").await;
    server.refuses(server.patch(&path).by(&jane).json(nothing.clone()), 403, "superadmin_only").await;
    server.refuses(server.patch(&path).anonymous().json(nothing), 401, "not_authenticated").await;
}
