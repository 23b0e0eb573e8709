//! Changing one's own password.

use serde_json::json;

use crate::support::{Request, Server, at_once, people::PASSWORD};

both!(
    a_change_ends_every_session,
    a_change_needs_the_password_before,
    a_weak_password_is_refused,
    changes_at_once_have_one_effect,
    a_superadmin_with_basic_changes_their_own,
);

const NEW: &str = "an entirely new password";

fn change(server: &Server, current: &str, new: &str) -> Request {
    let body = json!({ "current_password": current, "new_password": new });
    server.post("/api/v1/me/password").json(body)
}

fn login(server: &Server, password: &str) -> Request {
    let body = json!({ "email": "jane@example.com", "password": password });
    server.post("/api/v1/auth/login").anonymous().json(body)
}

async fn a_change_ends_every_session(server: Server) {
    let jane = server.person("jane@example.com").await;
    let joe = server.person("joe@example.com").await;
    let elsewhere = server.login("jane@example.com").send().await.expect(200);
    let head = server.head().await;
    let tried = server.post("/api/v1/me/password?dry_run=true").by(&jane);
    let tried = tried.json(json!({ "current_password": PASSWORD, "new_password": NEW })).send().await.expect(200);
    assert_eq!((&tried["events"][0]["type"], server.head().await), (&json!("PasswordChanged"), head));
    let done = change(&server, PASSWORD, NEW).by(&jane).key("k").send().await.expect(204);
    assert_eq!(done.position(), head + 1);
    for token in [jane.access_token.as_str(), elsewhere["access_token"].as_str().expect("a token")] {
        server.refuses(server.get("/api/v1/me").bearer(token), 401, "invalid_token").await;
        server.refuses(server.patch("/api/v1/me").bearer(token).json(json!({})), 401, "invalid_token").await;
    }
    for token in [jane.refresh_token.as_str(), elsewhere["refresh_token"].as_str().expect("a token")] {
        let refresh = server.post("/api/v1/auth/refresh").anonymous().json(json!({ "refresh_token": token }));
        server.refuses(refresh, 401, "invalid_token").await;
    }
    server.refuses(login(&server, PASSWORD), 401, "invalid_credentials").await;
    let tokens = login(&server, NEW).send().await.expect(200);
    let sessions = server.get("/api/v1/me/sessions").bearer(tokens["access_token"].as_str().expect("a token"));
    assert_eq!(sessions.send().await.expect(200).each("method"), ["password"]);
    server.get("/api/v1/me").by(&joe).send().await.expect(200);
    server.deployment().assert_projections_verify();
}

async fn a_change_needs_the_password_before(server: Server) {
    let jane = server.person("jane@example.com").await;
    for wrong in ["wrong", "", NEW] {
        let refused = server.refuses(change(&server, wrong, NEW).by(&jane), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/current_password"]);
    }
    server.refuses(change(&server, PASSWORD, NEW).anonymous(), 401, "not_authenticated").await;
    server.get("/api/v1/me").by(&jane).send().await.expect(200);
    login(&server, PASSWORD).send().await.expect(200);
}

async fn a_weak_password_is_refused(server: Server) {
    let jane = server.person("jane@example.com").await;
    for weak in ["elevenchars", "password1234", "jane@example.com", "jane12345678!"] {
        let refused = server.refuses(change(&server, PASSWORD, weak).by(&jane), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/new_password"]);
    }
    let body = json!({ "current_password": PASSWORD });
    server.refuses(server.post("/api/v1/me/password").by(&jane).json(body), 422, "invalid").await;
    login(&server, PASSWORD).send().await.expect(200);
}

async fn changes_at_once_have_one_effect(server: Server) {
    let jane = server.person("jane@example.com").await;
    let password = |n: usize| format!("password of number {n}");
    let replies = at_once((0..8).map(|n| change(&server, PASSWORD, &password(n)).by(&jane).send())).await;
    let done: Vec<_> = (0..8).filter(|n| replies[*n].status == 204).collect();
    assert_eq!(done.len(), 1, "{replies:?}");
    for reply in &replies {
        // Too late: signed out by the first, or without the password that is good now.
        assert!([204, 401, 422].contains(&reply.status), "{reply}");
    }
    login(&server, &password(done[0])).send().await.expect(200);
}

async fn a_superadmin_with_basic_changes_their_own(server: Server) {
    change(&server, "changeme", NEW).send().await.expect(204);
    // What was remembered of the password before is not believed any longer.
    server.get("/api/v1/users").send().await.expect(401);
    server.get("/api/v1/users").basic("admin@example.com", NEW).send().await.expect(200);
}
