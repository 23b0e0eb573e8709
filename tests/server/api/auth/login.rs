//! Signing in.

use serde_json::{Value, json};

use super::{LOGIN, access, accounts, is_good, lasting, login, metric};
use crate::support::{Server, at_once, people::PASSWORD};

both!(
    the_right_password_gives_tokens,
    a_refusal_tells_nothing,
    every_refusal_hashes_once,
    an_address_is_compared_in_any_case,
    many_may_sign_in_at_once,
    signing_in_is_not_repeated,
    the_body_is_checked,
);

async fn the_right_password_gives_tokens(server: Server) {
    let jane = server.person("jane@example.com").await;
    let head = server.head().await;
    let tokens = server.login("jane@example.com").send().await.expect(200);
    assert_eq!(tokens.keys(), ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!((tokens.position(), tokens.header("cache-control")), (head + 1, Some("no-store")));
    let me = server.get("/api/v1/me").bearer(&access(&tokens)).send().await.expect(200);
    assert_eq!((me.id(), &me["organization_id"]), (jane.id.as_str(), &Value::Null));
    // The session before goes on.
    assert!(is_good(&server, &jane.access_token).await);
    // A superadmin may sign in as well.
    let admin = login(&server, "admin@example.com", "changeme").send().await.expect(200);
    server.get("/api/v1/users").bearer(&access(&admin)).send().await.expect(200);
}

async fn a_refusal_tells_nothing(server: Server) {
    let mut answers = Vec::new();
    for (email, password) in accounts(&server).await {
        let refused = server.refuses(login(&server, email, password), 401, "invalid_credentials").await;
        assert_eq!(refused.header("www-authenticate"), None);
        answers.push(lasting(&refused));
    }
    // So it is with the organization's name in the request, whatever it is.
    for (email, password) in accounts_again() {
        let body = json!({ "email": email, "password": password, "organization": "nobody" });
        let request = server.post(LOGIN).anonymous().json(body);
        answers.push(lasting(&server.refuses(request, 401, "invalid_credentials").await));
    }
    let first = answers[0].clone();
    assert!(answers.iter().all(|answer| *answer == first), "{answers:#?}");
}

fn accounts_again() -> [(&'static str, &'static str); 3] {
    [("unknown@example.com", PASSWORD), ("active@example.com", "wrong"), ("disabled@example.com", PASSWORD)]
}

async fn every_refusal_hashes_once(server: Server) {
    let count = async || metric(&server, "tenantry_password_verifications_total").await;
    for (email, password) in accounts(&server).await {
        let before = count().await;
        login(&server, email, password).send().await.expect(401);
        assert!((count().await - before - 1.0).abs() < 0.1, "{email}");
        server.get("/api/v1/me").basic(email, password).send().await.expect(401);
        assert!((count().await - before - 2.0).abs() < 0.1, "{email}");
    }
    let before = count().await;
    server.login("active@example.com").send().await.expect(200);
    assert!((count().await - before - 1.0).abs() < 0.1);
}

async fn an_address_is_compared_in_any_case(server: Server) {
    server.person("Jane.Doe@Example.com").await;
    for email in ["jane.doe@example.com", "JANE.DOE@EXAMPLE.COM", " jane.doe@example.com"] {
        server.login(email).send().await.expect(200);
    }
}

/// More at once than an account may have failures: none of them is mistaken for one.
async fn many_may_sign_in_at_once(server: Server) {
    server.person("jane@example.com").await;
    for reply in at_once((0..20).map(|_| server.login("jane@example.com").send())).await {
        reply.expect(200);
    }
}

/// An idempotency key would have tokens kept, or make the reply useless.
async fn signing_in_is_not_repeated(server: Server) {
    server.person("jane@example.com").await;
    let first = server.login("jane@example.com").key("k").send().await.expect(200);
    let second = server.login("jane@example.com").key("k").send().await.expect(200);
    assert!(!second.is_replayed());
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let body = json!({ "email": "jane@example.com", "password": PASSWORD });
    let tried = server.post(&format!("{LOGIN}?dry_run=true")).anonymous().json(body).send().await.expect(200);
    assert_eq!((&tried["events"][0]["type"], &tried["result"]), (&json!("SessionStarted"), &Value::Null));
    let bearer = server.get("/api/v1/me/sessions").bearer(&access(&first)).send().await.expect(200);
    assert_eq!(bearer.each("id").len(), 3);
}

async fn the_body_is_checked(server: Server) {
    let send = |body: Value| server.post(LOGIN).anonymous().json(body);
    let unknown = json!({ "email": "jane@example.com", "password": PASSWORD, "remember": true });
    assert_eq!(server.refuses(send(unknown), 422, "invalid").await.pointers(), ["/remember"]);
    assert_eq!(
        server.refuses(send(json!({ "email": "x", "password": 5 })), 422, "invalid").await.pointers(),
        ["/password"]
    );
    server.refuses(send(json!({ "email": "jane@example.com" })), 422, "invalid").await;
    server.refuses(send(json!({ "email": "nul\0@example.com", "password": "\0" })), 401, "invalid_credentials").await;
    let endless = json!({ "email": "x".repeat(100_000), "password": "x".repeat(100_000) });
    server.refuses(send(endless), 401, "invalid_credentials").await;
}
