//! `/api/v1/organizations/{org}/members`, `users`, `leave` and `transfer-ownership`.

mod add;
mod change;
pub mod conventions;
mod described;
mod end;
mod list;
mod ownership;
mod rights;

use serde_json::Value;

use crate::support::{Reply, Server};

const PATH: &str = "/api/v1/organizations";

fn members(org: &str) -> String {
    format!("{PATH}/{org}/members")
}

/// Address, role and status of every member, as the superadmin sees them.
async fn table(server: &Server, org: &str) -> Vec<(String, String, String)> {
    let listed = server.get(&members(org)).send().await.expect(200);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| (text(&row["user"]["email"]), text(&row["role"]["key"]), text(&row["status"]));
    let mut rows: Vec<_> = listed.json.as_array().expect("a list").iter().map(row).collect();
    rows.sort();
    rows
}

async fn organization(server: &Server, org: &str) -> Reply {
    server.get(&format!("{PATH}/{org}")).send().await.expect(200)
}
