//! How many workspaces an organization may have.

use serde_json::{Value, json};

use super::{path, workspace};
use crate::support::{Engine, Server, at_once};

both!(
    the_limit_of_the_plan_holds,
    of_twenty_at_once_as_many_as_fit_are_made,
    an_archived_one_makes_room,
    a_limit_below_what_is_there_refuses_new_ones,
);

fn create(server: &Server) -> crate::support::Request {
    server.post(&path("acme")).json(json!({ "name": "Lab" }))
}

async fn count(server: &Server) -> Value {
    server.get("/api/v1/organizations/acme").send().await.expect(200)["workspace_count"].clone()
}

async fn the_limit_of_the_plan_holds(server: Server) {
    server.organization("acme").await;
    for _ in 0..4 {
        create(&server).send().await.expect(201);
    }
    let refused = server.refuses(create(&server), 409, "workspace_limit_reached").await;
    assert_eq!((&refused["limit"], &refused["current"]), (&json!(5), &json!(5)));
    let tried = server.post(&format!("{}?dry_run=true", path("acme"))).json(json!({ "name": "Lab" }));
    server.refuses(tried, 409, "workspace_limit_reached").await;
    server.patch("/api/v1/organizations/acme").json(json!({ "plan": "pro" })).send().await.expect(200);
    create(&server).send().await.expect(201);
}

async fn of_twenty_at_once_as_many_as_fit_are_made(server: Server) {
    server.organization("acme").await;
    let create = create(&server);
    let replies = at_once((0..20).map(|_| create.clone().send())).await;
    let (made, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!(made.len(), 4, "beside the default one");
    for reply in refused {
        assert_eq!((reply.status, &reply["code"]), (409, &json!("workspace_limit_reached")), "{reply}");
    }
    assert_eq!(count(&server).await, 5);
    let all = server.get(&format!("{}?status=all&include=total", path("acme"))).send().await.expect(200);
    assert_eq!(all.header("x-total-count"), Some("5"));
}

async fn an_archived_one_makes_room(server: Server) {
    server.organization("acme").await;
    for _ in 0..4 {
        create(&server).send().await.expect(201);
    }
    server.post(&format!("{}/lab-2/archive", path("acme"))).send().await.expect(200);
    assert_eq!(count(&server).await, 4);
    // Its slug is still taken.
    assert_eq!(create(&server).send().await.expect(201)["slug"], "lab-5");
    server.refuses(create(&server), 409, "workspace_limit_reached").await;
}

async fn a_limit_below_what_is_there_refuses_new_ones(server: Server) {
    server.organization("acme").await;
    workspace(&server, "acme", "lab").await;
    let limits = "/api/v1/organizations/acme/limits";
    server.patch(limits).json(json!({ "max_workspaces": 1 })).send().await.expect(200);
    let refused = server.refuses(create(&server), 409, "workspace_limit_reached").await;
    assert_eq!((&refused["limit"], &refused["current"]), (&json!(1), &json!(2)));
    // What is there can still be changed.
    let body = json!({ "name": "Other" });
    server.patch(&format!("{}/lab", path("acme"))).json(body).send().await.expect(200);
}

/// A node that has not heard of the change yet must not rely on the limit that it remembers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_that_another_node_changed_holds() {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    let nodes = [first, second];
    nodes[0].organization("acme").await;
    for round in 0..10 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let limit =
            |limit: usize| here.patch("/api/v1/organizations/acme/limits").json(json!({ "max_workspaces": limit }));
        // Beside the default one there is one of each round before: one is made, and another one would fit.
        limit(round + 3).send().await.expect(200);
        create(there).send().await.expect(201);
        limit(1).send().await.expect(200);
        let refused = create(there).send().await;
        assert_eq!((refused.status, &refused["limit"]), (409, &json!(1)), "round {round}: {refused}");
    }
}
