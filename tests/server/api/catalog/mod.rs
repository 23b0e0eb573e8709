//! What is kept in spaces.

mod across;
pub mod contracts;
pub mod issues;
pub mod products;
pub mod quality;

use serde_json::json;

use crate::support::{Reply, Server};

/// A space of an organization.
async fn space(server: &Server, org: &str, slug: &str) -> Reply {
    let body = json!({ "name": slug, "slug": slug, "organization": org });
    server.post("/api/v1/spaces").json(body).send().await.expect(201)
}

/// What a space keeps of one kind.
fn path(space: &str, kind: &str) -> String {
    format!("/api/v1/spaces/{space}/{kind}")
}

async fn product(server: &Server, space: &str, slug: &str) -> Reply {
    let body = json!({ "name": slug, "slug": slug });
    server.post(&path(space, "products")).json(body).send().await.expect(201)
}
