//! Several nodes over one database: none relies on what it remembers.

use serde_json::Value;

use super::{super::product, create, two_products};
use crate::support::{Engine, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_that_another_node_archived_makes_no_contract() {
    let first = Server::start(Engine::Postgres);
    let [_, sales] = two_products(&first).await;
    let second = first.another_node();
    let nodes = [first, second];
    for round in 0..6 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let made = product(here, "data", &format!("p-{round}")).await;
        let with = || create(there, [made.id(), sales.id()], &Value::Null);
        // From here on the other node remembers the product as one that makes contracts.
        with().send().await.expect(201);
        here.post(&format!("/api/v1/products/{}/archive", made.id())).send().await.expect(200);
        assert_eq!(there.refuses(with(), 422, "invalid").await.pointers(), ["/producer_id"], "round {round}");
    }
    nodes[0].deployment().assert_projections_verify();
}
