//! What happens to an organization while its teams are written.

use serde_json::json;

use super::{path, team};
use crate::support::{Engine, Person, Server, at_once};

both!(no_change_of_the_organization_refuses_a_team);

/// Two nodes over one database, and an admin of an organization.
async fn two_nodes() -> ([Server; 2], Person) {
    let first = Server::start(Engine::Postgres);
    first.organization("acme").await;
    let jane = first.member("acme", "jane@example.com", "admin").await;
    let second = first.another_node();
    ([first, second], jane)
}

/// A node that has not heard of it yet must not rely on what it remembers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_on_another_node_wins() {
    let (nodes, jane) = two_nodes().await;
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    let create = |node: &Server, name: String| node.post(&path("acme")).json(json!({ "name": name })).by(&jane);
    for round in 0..20 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        // From here on both remember that she may.
        for node in [here, there] {
            create(node, format!("team {round} at {}", node.url)).send().await.expect(201);
        }
        let (revoke, restore) = match round % 3 {
            0 => (here.post(&format!("{member}/suspend")), here.post(&format!("{member}/reinstate"))),
            1 => (here.delete(&member), here.post(&format!("{member}/reinstate"))),
            _ => {
                let role = |role| here.patch(&member).json(json!({ "role": role }));
                (role("viewer"), role("admin"))
            }
        };
        let revoked = revoke.send().await;
        assert!([200, 204].contains(&revoked.status), "{revoked}");
        let head = here.head().await;
        let refused = create(there, format!("late team {round}")).send().await;
        assert_eq!(refused.status, 403, "round {round}: {refused}");
        assert_eq!(there.head().await, head);
        restore.send().await.expect(200);
        // And what was given back elsewhere is believed at once.
        create(there, format!("team {round} again")).send().await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_removed_on_another_node_gets_into_no_team() {
    let (nodes, jane) = two_nodes().await;
    let made = team(&nodes[0], "acme", "A").await;
    let place = format!("{}/{}/members/{}", path("acme"), made.id(), jane.id);
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    for round in 0..10 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        there.put(&place).send().await.expect(200);
        there.delete(&place).send().await.expect(204);
        here.delete(&member).send().await.expect(204);
        let refused = there.put(&place).send().await;
        assert_eq!((refused.status, &refused["code"]), (404, &json!("member_not_found")), "round {round}");
        here.post(&format!("{member}/reinstate")).send().await.expect(200);
    }
}

/// Only what takes a right away is a condition of the append.
async fn no_change_of_the_organization_refuses_a_team(server: Server) {
    const CONNECTIONS: usize = 64;
    const EACH: usize = 5;
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    let before = server.get("/api/v1/organizations/acme").send().await.expect(200).version();
    let create = |connection: usize| {
        let requests: Vec<_> = (0..EACH)
            .map(|n| server.post(&path("acme")).json(json!({ "name": format!("team {connection} {n}") })).by(&jane))
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
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200).version(), before + 60);
    // Nothing had to be decided anew either.
    let metrics = server.get("/metrics").send().await.expect(200).body;
    let retries = metrics.lines().find(|line| line.starts_with("tenantry_command_retries_total"));
    assert!(retries.is_none_or(|line| line.ends_with(" 0")), "{retries:?}");
}
