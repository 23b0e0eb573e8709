//! `/api/v1/api-keys`, and requests that carry an API key.

mod change;
pub mod conventions;
mod create;
mod described;
mod known;
mod leaving;
mod life;
mod limits;
mod list;
mod near_misses;
mod networks;
mod nodes;
mod organization;
mod owner;
mod person;
mod rename;
mod rights;
mod rotate;
mod secrets;
mod stale;
mod tenants;
mod usage;
mod verify;

use serde_json::{Value, json};

use crate::support::{Person, Reply, Request, Server};

const KEYS: &str = "/api/v1/api-keys";
const VERIFY: &str = "/api/v1/api-keys/verify";
const SELF: &str = "/api/v1/api-keys/self";

/// One key.
fn path(id: &str) -> String {
    format!("{KEYS}/{id}")
}

/// What the keys of these tests are used on: read with `teams:read`, written with `teams:write`.
fn teams(org: &str) -> String {
    format!("/api/v1/organizations/{org}/teams")
}

/// A request for a personal key; of the superadmin, unless it is sent by somebody else.
fn create(server: &Server, scopes: &[&str]) -> Request {
    create_with(server, scopes, json!({}))
}

/// A request for a personal key with more fields.
fn create_with(server: &Server, scopes: &[&str], mut more: Value) -> Request {
    let fields = more.as_object_mut().expect("fields");
    fields.entry("name").or_insert("CI".into());
    fields.insert("scopes".into(), json!(scopes));
    server.post(KEYS).json(more)
}

/// A key that was made.
#[derive(Debug, Clone)]
struct Made {
    id: String,
    key: String,
    reply: Reply,
}

impl From<Reply> for Made {
    fn from(reply: Reply) -> Self {
        let key = reply["key"].as_str().unwrap_or_else(|| panic!("no key: {reply}")).to_owned();
        Self { id: reply.id().to_owned(), key, reply }
    }
}

impl Made {
    /// A request that may only be sent when the key is good for it.
    fn reads(&self, server: &Server, org: &str) -> Request {
        server.get(&teams(org)).bearer(&self.key)
    }
}

/// A key of somebody's own.
async fn personal(server: &Server, person: &Person, scopes: &[&str]) -> Made {
    create(server, scopes).by(person).send().await.expect(201).into()
}

/// A key of an organization, made by the superadmin.
async fn owned(server: &Server, org: &str, scopes: &[&str]) -> Made {
    create_with(server, scopes, json!({ "organization": org })).send().await.expect(201).into()
}

/// An organization with one more owner.
async fn acme(server: &Server) -> Person {
    server.organization("acme").await;
    server.member("acme", "jane@example.com", "owner").await
}

/// Asks what a key is good for, as the superadmin unless somebody else does.
fn verify(server: &Server, key: &str) -> Request {
    server.post(VERIFY).json(json!({ "key": key }))
}

async fn code(request: Request) -> String {
    let reply = request.send().await.expect(200);
    let code = reply["code"].as_str().unwrap_or_else(|| panic!("no code: {reply}")).to_owned();
    assert_eq!(reply["valid"], code == "VALID", "{reply}");
    code
}

/// The type of each event after this position, in order, with the id of the request that it came with.
async fn events_after(server: &Server, position: i64) -> Vec<(String, i64)> {
    let ledger = server.deployment().ledger().await;
    let sql = format!("SELECT event_type, position FROM events WHERE position > {position} ORDER BY position");
    let events = ledger.rows(&sql).await;
    ledger.close().await;
    events
}
