//! `/api/v1/organizations/{org}/teams`, and `/api/organizations/{id}/teams` of the classic door.

mod classic;
mod concurrency;
pub mod conventions;
mod create;
mod described;
mod isolation;
mod list;
mod members;
mod update;

use serde_json::json;

use crate::support::{Reply, Server};

/// The teams of an organization.
fn path(org: &str) -> String {
    format!("/api/v1/organizations/{org}/teams")
}

async fn team(server: &Server, org: &str, name: &str) -> Reply {
    server.post(&path(org)).json(json!({ "name": name })).send().await.expect(201)
}
