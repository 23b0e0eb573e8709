//! `/api/v1/organizations/{org}/projects` and `/api/v1/projects`.

mod archive;
pub mod conventions;
mod create;
mod described;
mod everywhere;
mod list;
mod nodes;
mod reach;
mod update;
mod workspace;

use serde_json::json;

use crate::support::{Reply, Server};

/// The projects of an organization.
fn path(org: &str) -> String {
    format!("/api/v1/organizations/{org}/projects")
}

/// The workspaces of an organization.
fn workspaces(org: &str) -> String {
    format!("/api/v1/organizations/{org}/workspaces")
}

async fn project(server: &Server, org: &str, slug: &str) -> Reply {
    server.post(&path(org)).json(json!({ "name": slug, "slug": slug })).send().await.expect(201)
}

async fn workspace(server: &Server, org: &str, slug: &str) -> Reply {
    server.post(&workspaces(org)).json(json!({ "name": slug, "slug": slug })).send().await.expect(201)
}
