//! Requests that are refused before there is a query.

use serde_json::{Value, json};

use crate::support::{Engine, Reply, Server, server::ADMIN};

const MOST: usize = 320 * 1024;

fn server() -> Server {
    Server::start(Engine::Sqlite)
}

#[track_caller]
fn assert_refused(server: &Server, reply: Reply, status: u16, code: &str) {
    let reply = reply.expect(status);
    assert_eq!(reply["code"], code, "{reply}");
    reply.assert_problem(&server.url);
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
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let reply = server.request(method, "/graphql?query=%7Bme%7Bid%7D%7D").send().await;
        assert_eq!(reply.header("allow"), Some("POST"), "{method}");
        assert_refused(&server, reply, 405, "method_not_allowed");
    }
}

#[tokio::test]
async fn whoever_rest_does_not_know_may_not_ask() {
    let server = server();
    let ways =
        [None, Some("Basic YWRtaW5AZXhhbXBsZS5jb206d3Jvbmc="), Some("Basic !"), Some("Bearer abc"), Some("Digest a")];
    for credentials in ways {
        let ask = |method, path| {
            let request = server.request(method, path).anonymous().json(json!({ "query": "{ me { id } }" }));
            match credentials {
                Some(credentials) => request.header("authorization", credentials),
                None => request,
            }
            .send()
        };
        let challenges = |reply: &Reply| reply.headers.get_all("www-authenticate").iter().cloned().collect::<Vec<_>>();
        let rest = ask("GET", "/api/v1/organizations").await;
        let graphql = ask("POST", "/graphql").await;
        assert!(!challenges(&rest).is_empty());
        assert_eq!(challenges(&graphql), challenges(&rest));
        assert_refused(&server, graphql, 401, rest["code"].as_str().expect("a code"));
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let server = server();
    let ask = |content_type: Option<&'static str>| {
        let query = r#"{"query":"{ me { email } }"}"#;
        match content_type {
            Some(content_type) => server.post("/graphql").body(content_type, query),
            None => server.post("/graphql").raw_body(query),
        }
        .send()
    };
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/graphql"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=a"),
        Some("application/cbor"),
    ] {
        assert_refused(&server, ask(content_type).await, 415, "unsupported_media_type");
    }
    for content_type in ["application/json", "Application/JSON; charset=utf-8"] {
        let reply = ask(Some(content_type)).await.expect(200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.json, json!({ "data": { "me": { "email": ADMIN.0 } } }));
    }
}

#[tokio::test]
async fn a_request_has_at_most_320_kib() {
    let server = server();
    let ask = |content: Vec<u8>| server.post("/graphql").body("application/json", content).send();
    ask(sized(MOST)).await.expect(200);
    assert_refused(&server, ask(sized(MOST + 1)).await, 413, "body_too_large");
}

#[tokio::test]
async fn a_request_is_one_query() {
    let server = server();
    let ask = |content: &str| server.post("/graphql").body("application/json", content).send();
    for content in ["", "{", "{\"query\":\"{ me { id } }\"} {}", "query"] {
        assert_refused(&server, ask(content).await, 400, "invalid_json");
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
        assert_refused(&server, ask(content).await, 422, "invalid");
    }
    let usual = r#"{"query":"{ me { email } }","operationName":null,"variables":null,"extensions":{}}"#;
    ask(usual).await.expect(200);
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
    let reply = server.post("/graphql").json(json!({ "query": two, "operationName": "a" })).send().await;
    assert_eq!(reply.json, json!({ "data": { "me": { "email": ADMIN.0 } } }));
}

#[tokio::test]
async fn errors_carry_the_id_of_their_request() {
    let server = server();
    let query = json!({ "query": "{ organization(slug: \"x\") { id } }" });
    let answer = server.post("/graphql").header("x-request-id", "order-66").json(query).send().await;
    assert_eq!(answer.header("x-request-id"), Some("order-66"));
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"], json!({ "code": "organization_not_found", "requestId": "order-66" }));
    assert_eq!(error["path"], json!(["organization"]));
    assert_eq!(answer["data"], json!({ "organization": null }));
}
