//! Several nodes over one database: none relies on what it remembers.

use serde_json::{Value, json};

use super::{path, project, workspaces};
use crate::support::{Engine, Server};

/// Two nodes, and an organization that may have many workspaces.
async fn two_nodes() -> [Server; 2] {
    let first = Server::start(Engine::Postgres);
    let body = json!({ "name": "acme", "slug": "acme", "plan": "pro" });
    first.post("/api/v1/organizations").json(body).send().await.expect(201);
    let second = first.another_node();
    [first, second]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_that_another_node_archived_takes_none() {
    let nodes = two_nodes().await;
    project(&nodes[0], "acme", "wandering").await;
    for round in 0..10 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let lab = here.post(&workspaces("acme")).json(json!({ "name": "Lab" })).send().await.expect(201);
        let body = json!({ "name": "Site", "workspace": lab.id() });
        // From here on the other node remembers the workspace as one that takes projects.
        there.post(&path("acme")).json(body.clone()).send().await.expect(201);
        here.post(&format!("{}/{}/archive", workspaces("acme"), lab.id())).send().await.expect(200);
        for request in [
            there.post(&path("acme")).json(body.clone()),
            there.patch(&format!("{}/wandering", path("acme"))).json(body),
        ] {
            let refused = there.refuses(request, 422, "invalid").await;
            assert_eq!(refused.pointers(), ["/workspace"], "round {round}");
        }
    }
    let wandering = nodes[0].get(&format!("{}/wandering", path("acme"))).send().await.expect(200);
    assert_eq!((&wandering["workspace_id"], wandering.version()), (&Value::Null, 1));
    nodes[0].deployment().assert_projections_verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_lost_the_right_on_another_node_writes_nothing() {
    let nodes = two_nodes().await;
    let jane = nodes[0].member("acme", "jane@example.com", "developer").await;
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    for round in 0..10 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let create = there.post(&path("acme")).json(json!({ "name": "Site" })).by(&jane);
        create.clone().send().await.expect(201);
        here.patch(&member).json(json!({ "role": "viewer" })).send().await.expect(200);
        there.refuses(create, 403, "missing_permission").await;
        here.patch(&member).json(json!({ "role": "developer" })).send().await.expect(200);
    }
}
