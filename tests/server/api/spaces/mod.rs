//! `/api/v1/spaces`, and `/api/v1/organizations/{org}/spaces`.

mod attach;
pub mod conventions;
mod create;
mod members;
mod purge;
mod seen;
mod sequences;

use serde_json::{Value, json};

use crate::support::{Reply, Server};

const ALL: &str = "/api/v1/spaces";

fn one(space: &str) -> String {
    format!("{ALL}/{space}")
}

/// A space of an organization, or of nobody's, made by the superadmin.
async fn space(server: &Server, org: Option<&str>, slug: &str) -> Reply {
    let body = json!({ "name": slug, "slug": slug, "organization": org });
    server.post(ALL).json(body).send().await.expect(201)
}

/// Gives a person a role in a space.
async fn bring(server: &Server, space: &str, user: &str, role: &str) -> Value {
    let set = server.put(&format!("{}/members/{user}", one(space)));
    set.json(json!({ "role": role })).send().await.expect(200).json
}
