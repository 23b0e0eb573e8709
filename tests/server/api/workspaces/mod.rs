//! `/api/v1/organizations/{org}/workspaces`.

mod archive;
pub mod conventions;
mod create;
mod limit;
mod list;
mod update;

use serde_json::json;

use crate::support::{Reply, Server};

/// The workspaces of an organization.
fn path(org: &str) -> String {
    format!("/api/v1/organizations/{org}/workspaces")
}

async fn workspace(server: &Server, org: &str, slug: &str) -> Reply {
    server.post(&path(org)).json(json!({ "name": slug, "slug": slug })).send().await.expect(201)
}

/// An organization that may have many workspaces.
async fn roomy(server: &Server, slug: &str) -> Reply {
    let body = json!({ "name": slug, "slug": slug, "plan": "pro" });
    server.post("/api/v1/organizations").json(body).send().await.expect(201)
}
