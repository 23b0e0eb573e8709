//! `/api/v1/spaces/{space}/contracts` and `/api/v1/contracts/{id}`.

mod clock;
pub mod conventions;
mod create;
mod life;
mod list;
mod nodes;

use serde_json::{Value, json};

use super::{path, product, space};
use crate::support::{Reply, Request, Server};

/// A space of Acme's with two products.
async fn two_products(server: &Server) -> [Reply; 2] {
    server.organization("acme").await;
    space(server, "acme", "data").await;
    [product(server, "data", "orders").await, product(server, "data", "sales").await]
}

/// Asks for a contract in that space between these, with what else it has.
fn create(server: &Server, [producer, consumer]: [&str; 2], more: &Value) -> Request {
    let mut body = json!({ "name": "Daily orders", "producer_id": producer, "consumer_id": consumer });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    server.post(&path("data", "contracts")).json(body)
}

/// A contract in that space between the two products.
async fn contract(server: &Server, [producer, consumer]: &[Reply; 2], more: Value) -> Reply {
    create(server, [producer.id(), consumer.id()], &more).send().await.expect(201)
}

fn one(contract: &Reply) -> String {
    format!("/api/v1/contracts/{}", contract.id())
}
