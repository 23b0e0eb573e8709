//! `/api/v1/spaces/{space}/issues` and `/api/v1/issues/{id}`.

mod assign;
mod comments;
pub mod conventions;
mod create;
mod list;
mod nodes;
mod transitions;

use serde_json::json;

use crate::support::{Reply, Server};

async fn issue(server: &Server, space: &str, title: &str) -> Reply {
    server.post(&super::path(space, "issues")).json(json!({ "title": title })).send().await.expect(201)
}

fn one(issue: &Reply) -> String {
    format!("/api/v1/issues/{}", issue.id())
}
