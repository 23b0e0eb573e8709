//! Disabling, enabling, and making superadmins.

use serde_json::json;

use crate::support::{Person, Reply, Request, Server, at_once, people::PASSWORD};

both!(
    a_disabled_account_is_out_at_once,
    an_enabled_account_signs_in_anew,
    a_superadmin_is_one_at_once,
    nobody_revokes_it_for_themselves,
    superadmins_who_act_on_each_other_leave_one,
    only_superadmins_administer,
);

fn act(server: &Server, id: &str, action: &str) -> Request {
    server.post(&format!("/api/v1/users/{id}/{action}"))
}

async fn operates(server: &Server, person: &Person) -> bool {
    let reply = server.get("/api/v1/users").by(person).send().await;
    assert!(reply.status == 200 || reply["code"] == "superadmin_only", "{reply}");
    reply.status == 200
}

async fn a_disabled_account_is_out_at_once(server: Server) {
    let jane = server.person("jane@example.com").await;
    act(&server, &jane.id, "grant-superadmin").send().await.expect(200);
    server.get("/api/v1/users").basic("jane@example.com", PASSWORD).send().await.expect(200);
    let head = server.head().await;
    let disabled = act(&server, &jane.id, "disable").key("k").send().await.expect(200);
    assert_eq!((&disabled["status"], disabled.position()), (&json!("disabled"), head + 1));
    server.refuses(server.get("/api/v1/me").by(&jane), 401, "invalid_token").await;
    server.refuses(server.get("/api/v1/organizations").by(&jane), 401, "invalid_token").await;
    let basic = server.get("/api/v1/users").basic("jane@example.com", PASSWORD);
    server.refuses(basic, 401, "not_authenticated").await;
    server.refuses(server.login("jane@example.com"), 401, "invalid_credentials").await;
    let refresh = server.post("/api/v1/auth/refresh").anonymous().json(json!({ "refresh_token": jane.refresh_token }));
    server.refuses(refresh, 401, "invalid_token").await;
    server.refuses(act(&server, &jane.id, "disable"), 409, "user_disabled").await;
    assert!(act(&server, &jane.id, "disable").key("k").send().await.expect(200).is_replayed());
    // The address stays taken.
    let again = json!({ "email": "jane@example.com", "password": PASSWORD, "name": "Jane" });
    let again = server.post("/api/v1/auth/signup").anonymous().json(again);
    server.refuses(again, 409, "email_taken").await;
    server.deployment().assert_projections_verify();
}

async fn an_enabled_account_signs_in_anew(server: Server) {
    let jane = server.person("jane@example.com").await;
    server.refuses(act(&server, &jane.id, "enable"), 409, "not_disabled").await;
    act(&server, &jane.id, "disable").send().await.expect(200);
    let enabled = act(&server, &jane.id, "enable").send().await.expect(200);
    assert_eq!(enabled["status"], "active");
    server.refuses(server.get("/api/v1/me").by(&jane), 401, "invalid_token").await;
    let refresh = server.post("/api/v1/auth/refresh").anonymous().json(json!({ "refresh_token": jane.refresh_token }));
    server.refuses(refresh, 401, "invalid_token").await;
    let tokens = server.login("jane@example.com").send().await.expect(200);
    let sessions = server.get("/api/v1/me/sessions").bearer(tokens["access_token"].as_str().expect("a token"));
    // The earlier session has ended.
    assert_eq!(sessions.send().await.expect(200).each("method"), ["password"]);
}

async fn a_superadmin_is_one_at_once(server: Server) {
    let jane = server.person("jane@example.com").await;
    for _ in 0..3 {
        assert!(!operates(&server, &jane).await);
        let granted = act(&server, &jane.id, "grant-superadmin").send().await.expect(200);
        assert_eq!(granted["is_superadmin"], true);
        assert!(operates(&server, &jane).await);
        let head = server.head().await;
        act(&server, &jane.id, "grant-superadmin").send().await.expect(200);
        assert_eq!(server.head().await, head);
        server.organization("acme").await;
        let suspend = server.post("/api/v1/organizations/acme/suspend").by(&jane).send().await;
        suspend.expect(200);
        act(&server, &jane.id, "revoke-superadmin").send().await.expect(200);
        let purge = server.delete("/api/v1/organizations/acme").by(&jane).send().await;
        assert_eq!(purge.status, 403, "{purge}");
        server.delete("/api/v1/organizations/acme").send().await.expect(204);
        server.post("/api/v1/organizations/acme/purge").send().await.expect(204);
    }
    server.get("/api/v1/users").basic("jane@example.com", PASSWORD).send().await.expect(401);
}

async fn nobody_revokes_it_for_themselves(server: Server) {
    let admin = server.get("/api/v1/me").send().await.expect(200);
    for action in ["disable", "revoke-superadmin"] {
        server.refuses(act(&server, admin.id(), action), 409, "own_account").await;
    }
    let jane = server.person("jane@example.com").await;
    act(&server, &jane.id, "grant-superadmin").send().await.expect(200);
    for action in ["disable", "revoke-superadmin"] {
        server.refuses(act(&server, &jane.id, action).by(&jane), 409, "own_account").await;
    }
    act(&server, admin.id(), "revoke-superadmin").by(&jane).send().await.expect(200);
    server.get("/api/v1/users").send().await.expect(401);
    assert!(operates(&server, &jane).await);
}

async fn superadmins_who_act_on_each_other_leave_one(server: Server) {
    let (jane, joe) = (server.person("jane@example.com").await, server.person("joe@example.com").await);
    for round in 0..20 {
        for person in [&jane, &joe] {
            act(&server, &person.id, "grant-superadmin").send().await.expect(200);
        }
        let revoke = |by: &Person, whom: &Person| act(&server, &whom.id, "revoke-superadmin").by(by).send();
        let replies: Vec<Reply> = at_once([revoke(&jane, &joe), revoke(&joe, &jane)]).await;
        let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "round {round}: {replies:?}");
        assert!(operates(&server, &jane).await != operates(&server, &joe).await);
    }
}

async fn only_superadmins_administer(server: Server) {
    let (jane, joe) = (server.person("jane@example.com").await, server.person("joe@example.com").await);
    for action in ["disable", "enable", "grant-superadmin", "revoke-superadmin"] {
        for id in [&jane.id, &joe.id] {
            server.refuses(act(&server, id, action).by(&jane), 403, "superadmin_only").await;
            server.refuses(act(&server, id, action).anonymous(), 401, "not_authenticated").await;
        }
        for id in ["x", "01890000-0000-7000-8000-000000000000"] {
            server.refuses(act(&server, id, action), 404, "user_not_found").await;
            server.refuses(act(&server, id, action).by(&jane), 403, "superadmin_only").await;
        }
    }
}
