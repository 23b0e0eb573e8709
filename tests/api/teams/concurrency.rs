//! What happens to an organization while its teams are written.

use serde_json::json;

use super::path;
use crate::support::{Server, at_once};

both!(no_change_of_the_organization_refuses_a_team);

/// Only what takes a right away is a condition of the append.
async fn no_change_of_the_organization_refuses_a_team(server: Server) {
    const CONNECTIONS: usize = 64;
    const EACH: usize = 5;
    server.organization("acme").await;
    let create = |connection: usize| {
        let requests: Vec<_> = (0..EACH)
            .map(|n| server.post(&path("acme")).json(json!({ "name": format!("team {connection} {n}") })))
            .collect();
        async move {
            for request in requests {
                request.send().await.expect(201);
            }
        }
    };
    let edit = |n: usize| {
        let body = json!({ "description": format!("edited {n}"), "metadata": { "n": n.to_string() } });
        server.patch("/api/v1/organizations/acme").json(body)
    };
    let edits: Vec<_> = (0..60).map(edit).collect();
    let editing = tokio::spawn(async move {
        for edit in edits {
            edit.send().await.expect(200);
        }
    });
    at_once((0..CONNECTIONS).map(create)).await;
    editing.await.expect("every edit took effect");
    let list = server.get(&format!("{}?limit=1&include=total", path("acme"))).send().await.expect(200);
    assert_eq!(list.header("x-total-count"), Some((CONNECTIONS * EACH).to_string().as_str()));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200).version(), 61);
}
