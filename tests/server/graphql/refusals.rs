//! Requests that are refused before there is a query.

use reqwest::{
    Method, Response,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use serde_json::{Value, json};

use super::server::{Database, EMAIL, PASSWORD, Server};

const MOST: usize = 320 * 1024;

fn server() -> Server {
    Server::start(Database::Sqlite, &[])
}

async fn problem(response: Response, status: u16, code: &str) -> Value {
    assert_eq!(response.status(), status, "{code}");
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let request_id = response.headers()["x-request-id"].to_str().expect("text").to_owned();
    let problem: Value = response.json().await.expect("a problem");
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"], request_id);
    problem
}

/// A query whose request has this many bytes.
fn sized(bytes: usize) -> Vec<u8> {
    let around = json!({ "query": "{ me { id } }" }).to_string();
    let spaces = " ".repeat(bytes - around.len());
    format!("{spaces}{around}").into_bytes()
}

#[tokio::test]
async fn only_post_is_answered() {
    let server = server();
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let response =
            server.request(method.clone(), "/graphql?query=%7Bme%7Bid%7D%7D").send().await.expect("an answer");
        assert_eq!(response.headers()[ALLOW], "POST", "{method}");
        problem(response, 405, "method_not_allowed").await;
    }
}

#[tokio::test]
async fn whoever_rest_does_not_know_may_not_ask() {
    let server = server();
    let ways =
        [None, Some("Basic YWRtaW5AZXhhbXBsZS5jb206d3Jvbmc="), Some("Basic !"), Some("Bearer abc"), Some("Digest a")];
    for credentials in ways {
        let ask = |method, path| {
            let request = server.anonymous(method, path).header(CONTENT_TYPE, "application/json");
            let request = request.body(json!({ "query": "{ me { id } }" }).to_string());
            match credentials {
                Some(credentials) => request.header("authorization", credentials),
                None => request,
            }
            .send()
        };
        let rest = ask(Method::GET, "/api/v1/organizations").await.expect("an answer");
        let challenges: Vec<_> = rest.headers().get_all(WWW_AUTHENTICATE).iter().cloned().collect();
        assert!(!challenges.is_empty());
        let rest: Value = rest.json().await.expect("a problem");
        let graphql = ask(Method::POST, "/graphql").await.expect("an answer");
        assert_eq!(graphql.headers().get_all(WWW_AUTHENTICATE).iter().cloned().collect::<Vec<_>>(), challenges);
        problem(graphql, 401, rest["code"].as_str().expect("a code")).await;
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let server = server();
    let ask = |content_type: Option<&'static str>| {
        let request = server.request(Method::POST, "/graphql").body(r#"{"query":"{ me { email } }"}"#);
        let request = match content_type {
            Some(content_type) => request.header(CONTENT_TYPE, content_type),
            None => request,
        };
        async move { request.send().await.expect("an answer") }
    };
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/graphql"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=a"),
        Some("application/cbor"),
    ] {
        problem(ask(content_type).await, 415, "unsupported_media_type").await;
    }
    for content_type in ["application/json", "Application/JSON; charset=utf-8"] {
        let response = ask(Some(content_type)).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(response.json::<Value>().await.expect("JSON"), json!({ "data": { "me": { "email": EMAIL } } }));
    }
}

#[tokio::test]
async fn a_request_has_at_most_320_kib() {
    let server = server();
    let ask = |content: Vec<u8>| {
        server.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json").body(content).send()
    };
    assert_eq!(ask(sized(MOST)).await.expect("an answer").status(), 200);
    problem(ask(sized(MOST + 1)).await.expect("an answer"), 413, "body_too_large").await;
}

#[tokio::test]
async fn a_request_is_one_query() {
    let server = server();
    let ask = |content: &str| {
        let request = server.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json");
        let sent = request.body(content.to_owned()).send();
        async move { sent.await.expect("an answer") }
    };
    for content in ["", "{", "{\"query\":\"{ me { id } }\"} {}", "query"] {
        problem(ask(content).await, 400, "invalid_json").await;
    }
    for content in [
        r#"[{"query":"{ me { id } }"}]"#,
        r#" [{"query":"{ me { id } }"}, {"query":"{ me { id } }"}]"#,
        r#"["{ me { id } }", null, null, null]"#,
        "[]",
        "{}",
        "null",
        r#""{ me { id } }""#,
        r#"{"query":1}"#,
        r#"{"query":"{ me { id } }","mutation":""}"#,
        r#"{"query":"{ me { id } }","variables":[]}"#,
    ] {
        problem(ask(content).await, 422, "invalid").await;
    }
    let usual = r#"{"query":"{ me { email } }","operationName":null,"variables":null,"extensions":{}}"#;
    assert_eq!(ask(usual).await.status(), 200);
}

#[tokio::test]
async fn there_are_only_queries() {
    let server = server();
    for query in [
        "mutation { me { id } }",
        "subscription { me { id } }",
        "{ nix }",
        "{",
        "{ me }",
        "query a { me { id } } { me { id } }",
    ] {
        assert_eq!(server.code(query, Value::Null).await, "invalid_query", "{query}");
    }
    let two = "query a { me { email } } query b { me { id } }";
    assert_eq!(server.code(two, Value::Null).await, "invalid_query");
    let response = server.graphql(&json!({ "query": two, "operationName": "a" })).await;
    assert_eq!(response.json::<Value>().await.expect("JSON"), json!({ "data": { "me": { "email": EMAIL } } }));
}

#[tokio::test]
async fn errors_carry_the_id_of_their_request() {
    let server = server();
    let request = server.client.post(format!("{}/graphql", server.url)).basic_auth(EMAIL, Some(PASSWORD));
    let request =
        request.header("x-request-id", "order-66").json(&json!({ "query": "{ organization(slug: \"x\") { id } }" }));
    let response = request.send().await.expect("an answer");
    assert_eq!(response.headers()["x-request-id"], "order-66");
    let answer: Value = response.json().await.expect("JSON");
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"], json!({ "code": "organization_not_found", "requestId": "order-66" }));
    assert_eq!(error["path"], json!(["organization"]));
    assert_eq!(answer["data"], json!({ "organization": null }));
}
