//! `/api/v1/spaces/{space}/quality` and `/api/v1/quality/{id}`.

mod checks;
pub mod conventions;
mod ignore;
mod results;

use serde_json::json;

use crate::support::{Reply, Server};

async fn check(server: &Server, space: &str, product: &str) -> Reply {
    let body = json!({ "product_id": product, "name": "Dates", "severity": "error" });
    server.post(&super::path(space, "quality")).json(body).send().await.expect(201)
}

fn one(check: &Reply) -> String {
    format!("/api/v1/quality/{}", check.id())
}

/// Records a result of the check at this path.
async fn record(server: &Server, check: &str, outcome: &str) -> Reply {
    server.post(&format!("{check}/results")).json(json!({ "outcome": outcome })).send().await.expect(201)
}
