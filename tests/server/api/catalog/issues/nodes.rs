//! Several nodes over one database: none relies on what it remembers.

use serde_json::json;

use super::{super::space, issue, one};
use crate::support::{Engine, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_lost_access_at_another_node_is_given_nothing() {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    first.organization("acme").await;
    space(&first, "acme", "data").await;
    let made = one(&issue(&first, "data", "It stops").await);
    let vera = first.member("acme", "vera@example.com", "viewer").await;
    let member = format!("/api/v1/spaces/data/members/{}", vera.id);
    let body = json!({ "assignee_id": vera.id });
    for round in 0..10 {
        let (here, there) = if round % 2 == 0 { (&first, &second) } else { (&second, &first) };
        here.put(&member).json(json!({ "role": "viewer" })).send().await.expect(200);
        // From here on the other node remembers that she has access.
        there.patch(&made).json(body.clone()).send().await.expect(200);
        there.patch(&made).json(json!({ "assignee_id": null })).send().await.expect(200);
        here.delete(&member).send().await.expect(204);
        let refused = there.refuses(there.patch(&made).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/assignee_id"], "round {round}");
    }
    first.deployment().assert_projections_verify();
}
