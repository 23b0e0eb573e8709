//! `/api/v1/organizations/{org}/members/invite` and `invitations`, and `/api/v1/invitations/{token}`.

mod answer;
mod clock;
pub mod conventions;
mod described;
mod invite;
mod look;
mod secret;

use serde_json::json;

use crate::support::{Reply, Request, Server};

const PATH: &str = "/api/v1/organizations";

fn invite(server: &Server, email: &str, role: &str) -> Request {
    server.post(&format!("{PATH}/acme/members/invite")).json(json!({ "email": email, "role": role }))
}

fn token(reply: &Reply) -> String {
    reply["token"].as_str().unwrap_or_else(|| panic!("no token: {reply}")).to_owned()
}

fn link(token: &str, action: &str) -> String {
    format!("/api/v1/invitations/{token}{action}")
}

async fn statuses(server: &Server) -> Vec<String> {
    server.get(&format!("{PATH}/acme/invitations")).send().await.expect(200).each("status")
}
