//! What the caller is signed in with.

use serde_json::{Value, json};

use crate::support::Server;

both!(sessions_are_listed_newest_first, sessions_have_pages, a_session_of_ones_own_is_ended, others_sessions_are_none);

const SESSIONS: &str = "/api/v1/me/sessions";

async fn sessions_are_listed_newest_first(server: Server) {
    let jane = server.person("jane@example.com").await;
    let joe = server.person("joe@example.com").await;
    for agent in ["one/1.0", "two/2.0"] {
        server.login("jane@example.com").header("user-agent", agent).send().await.expect(200);
    }
    let listed = server.get(SESSIONS).by(&jane).send().await.expect(200);
    assert_eq!(listed.each("method"), ["password", "password", "signup"]);
    let rows = listed.json.as_array().expect("rows");
    let agents: Vec<_> = rows.iter().map(|row| row["user_agent"].as_str()).collect();
    assert_eq!(agents, [Some("two/2.0"), Some("one/1.0"), None]);
    let current: Vec<_> = rows.iter().map(|row| row["current"] == true).collect();
    assert_eq!(current, [false, false, true]);
    assert_eq!(
        rows[2],
        json!({
            "id": rows[2]["id"], "method": "signup", "organization_id": null, "ip": "127.0.0.1", "user_agent": null,
            "current": true, "started_at": rows[2]["started_at"], "expires_at": rows[2]["expires_at"],
        })
    );
    assert_eq!(server.get(SESSIONS).by(&joe).send().await.expect(200).each("method"), ["signup"]);
    // A superadmin with Basic has none.
    assert_eq!(server.get(SESSIONS).send().await.expect(200).json, Value::Array(vec![]));
    server.refuses(server.get(SESSIONS).anonymous(), 401, "not_authenticated").await;
}

async fn sessions_have_pages(server: Server) {
    let jane = server.person("jane@example.com").await;
    for _ in 0..4 {
        server.login("jane@example.com").send().await.expect(200);
    }
    let all = server.get(SESSIONS).by(&jane).send().await.expect(200);
    assert_eq!((all.each("id").len(), all.header("link")), (5, None));
    let (mut found, mut links) = (Vec::new(), vec![format!("{SESSIONS}?limit=2")]);
    for n in 0..3 {
        let page = server.get(&links[n]).by(&jane).send().await.expect(200);
        found.extend(page.each("id"));
        links.extend(page.next());
    }
    assert_eq!((found, links.len()), (all.each("id"), 3));
    let joe = server.person("joe@example.com").await;
    server.refuses(server.get(&links[1]).by(&joe), 400, "invalid_cursor").await;
    for wrong in ["limit=0", "limit=101", "limit=x", "include=total"] {
        server.refuses(server.get(&format!("{SESSIONS}?{wrong}")).by(&jane), 422, "invalid").await;
    }
}

async fn a_session_of_ones_own_is_ended(server: Server) {
    let jane = server.person("jane@example.com").await;
    let other = server.login("jane@example.com").send().await.expect(200);
    let token = other["access_token"].as_str().expect("a token").to_owned();
    let ids = server.get(SESSIONS).by(&jane).send().await.each("id");
    let head = server.head().await;
    let end = || server.delete(&format!("{SESSIONS}/{}", ids[0])).by(&jane);
    let done = end().key("k").send().await.expect(204);
    assert_eq!(done.position(), head + 1);
    server.refuses(server.get("/api/v1/me").bearer(&token), 401, "invalid_token").await;
    let refresh = json!({ "refresh_token": other["refresh_token"] });
    let refresh = server.post("/api/v1/auth/refresh").anonymous().json(refresh);
    server.refuses(refresh, 401, "invalid_token").await;
    assert!(end().key("k").send().await.expect(204).is_replayed());
    server.refuses(end(), 404, "session_not_found").await;
    assert_eq!(server.get(SESSIONS).by(&jane).send().await.each("id"), ids[1..]);
    // The one that asks may end itself.
    server.delete(&format!("{SESSIONS}/{}", ids[1])).by(&jane).send().await.expect(204);
    server.refuses(server.get("/api/v1/me").by(&jane), 401, "invalid_token").await;
    server.deployment().assert_projections_verify();
}

async fn others_sessions_are_none(server: Server) {
    let jane = server.person("jane@example.com").await;
    let joe = server.person("joe@example.com").await;
    let ids = server.get(SESSIONS).by(&jane).send().await.each("id");
    let end = |id: &str| server.delete(&format!("{SESSIONS}/{id}"));
    server.refuses(end(&ids[0]).by(&joe), 404, "session_not_found").await;
    // Not even the superadmin's: an operator disables the account.
    server.refuses(end(&ids[0]), 404, "session_not_found").await;
    for unknown in ["x", "01890000-0000-7000-8000-000000000000", jane.id.as_str()] {
        server.refuses(end(unknown).by(&joe), 404, "session_not_found").await;
    }
    server.get("/api/v1/me").by(&jane).send().await.expect(200);
}
