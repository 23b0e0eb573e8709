//! `/auth`: signing up, in and out.

mod activation;
mod limits;
mod links;
mod login;
mod logout;
mod nodes;
mod refresh;
mod schedule;
mod secrets;
mod sign_up;
mod switch;
mod tokens;

use serde_json::{Value, json};

use crate::support::{Reply, Request, Server, people::PASSWORD};

pub const SIGN_UP: &str = "/api/v1/auth/signup";
pub const LOGIN: &str = "/api/v1/auth/login";
pub const REFRESH: &str = "/api/v1/auth/refresh";
pub const ME: &str = "/api/v1/me";

/// A request to sign up.
pub fn sign_up(server: &Server, email: &str, password: &str) -> Request {
    let body = json!({ "email": email, "password": password, "name": "Jane Doe" });
    server.post(SIGN_UP).anonymous().json(body)
}

pub fn login(server: &Server, email: &str, password: &str) -> Request {
    server.post(LOGIN).anonymous().json(json!({ "email": email, "password": password }))
}

pub fn refresh(server: &Server, token: &str) -> Request {
    server.post(REFRESH).anonymous().json(json!({ "refresh_token": token }))
}

/// The access token of an answer that has one.
pub fn access(reply: &Reply) -> String {
    let tokens = if reply["tokens"].is_object() { &reply["tokens"] } else { &reply.json };
    tokens["access_token"].as_str().unwrap_or_else(|| panic!("no access token: {reply}")).to_owned()
}

pub fn refresh_token(reply: &Reply) -> String {
    let tokens = if reply["tokens"].is_object() { &reply["tokens"] } else { &reply.json };
    tokens["refresh_token"].as_str().unwrap_or_else(|| panic!("no refresh token: {reply}")).to_owned()
}

/// Whether a token is accepted.
pub async fn is_good(server: &Server, token: &str) -> bool {
    let reply = server.get(ME).bearer(token).send().await;
    if reply.status == 200 {
        return true;
    }
    assert_eq!((reply.status, &reply["code"]), (401, &json!("invalid_token")), "{reply}");
    false
}

/// The sum over a metric's labels; 0 while it is not there.
pub async fn metric(server: &Server, name: &str) -> f64 {
    let metrics = server.get("/metrics").anonymous().send().await.expect(200);
    let values = metrics.body.lines().filter(|line| line.split([' ', '{']).next() == Some(name));
    values.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// Puts an account into each state in which nobody can sign in with [`PASSWORD`], and one in which one can.
pub async fn accounts(server: &Server) -> Vec<(&'static str, &'static str)> {
    server.person("active@example.com").await;
    let disabled = server.person("disabled@example.com").await;
    server.post(&format!("/api/v1/users/{}/disable", disabled.id)).send().await.expect(200);
    invite(server, "invited@example.com").await;
    vec![
        ("unknown@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("active@example.com", "not the password"),
        ("invited@example.com", PASSWORD),
        ("disabled@example.com", PASSWORD),
    ]
}

/// Makes an invited account: the owner of an organization whose address nobody has yet. Answers its id and the
/// organization's.
pub async fn invite(server: &Server, email: &str) -> (String, String) {
    let body = json!({ "name": "Invited", "owner_email": email });
    let made = server.post("/api/v1/organizations").json(body).send().await.expect(201);
    (made["owner"]["id"].as_str().expect("an owner").to_owned(), made.id().to_owned())
}

/// A one-time token to set a password.
pub async fn reset_link(server: &Server, user: &str) -> String {
    let made = server.post(&format!("/api/v1/users/{user}/password-reset")).send().await.expect(200);
    made["token"].as_str().unwrap_or_else(|| panic!("no token: {made}")).to_owned()
}

pub fn reset(server: &Server, token: &str, password: &str) -> Request {
    let body = json!({ "token": token, "password": password });
    server.post("/api/v1/auth/password-reset").anonymous().json(body)
}

/// What an answer says that is not of this request alone.
pub fn lasting(reply: &Reply) -> (u16, Vec<(String, String)>, Value) {
    let headers = reply.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    let mut body = reply.json.clone();
    body["request_id"] = Value::Null;
    (reply.status, headers, body)
}
