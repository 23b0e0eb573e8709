//! Bodies that are refused. The ledger stays as it is.

use serde_json::{Value, json};

use crate::support::Server;

both!(
    a_body_must_be_json,
    the_content_type_must_be_json,
    a_body_has_at_most_one_mebibyte,
    a_body_must_have_the_described_shape,
    everything_that_is_wrong_is_reported_at_once,
    actions_take_no_body_or_an_empty_object,
);

const PATH: &str = "/api/v1/organizations";

async fn a_body_must_be_json(server: Server) {
    server.organization("acme").await;
    let bodies: [&[u8]; 10] = [
        b"",
        b" ",
        b"{",
        b"{\"name\":\"x\"",
        b"{\"name\":\"x\"} x",
        b"{'name':'x'}",
        b"name=x",
        b"\xff\xfe",
        b"{\"name\":\"\xc3\x28\"}",
        b"{\"name\":\"\\ud800\"}",
    ];
    for body in bodies {
        for (method, path) in
            [("POST", PATH), ("PATCH", "/api/v1/organizations/acme"), ("PUT", "/api/organizations/acme")]
        {
            let request = server.request(method, path).body("application/json", body);
            server.refuses(request, 400, "invalid_json").await;
        }
    }
}

async fn the_content_type_must_be_json(server: Server) {
    server.organization("acme").await;
    let body = r#"{"name":"Other"}"#;
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonx", "json"]
    {
        server.refuses(server.post(PATH).body(content_type, body), 415, "unsupported_media_type").await;
        server
            .refuses(server.patch(&format!("{PATH}/acme")).body(content_type, body), 415, "unsupported_media_type")
            .await;
        server
            .refuses(server.delete(&format!("{PATH}/acme")).body(content_type, body), 415, "unsupported_media_type")
            .await;
    }
    server.refuses(server.post(PATH).raw_body(body), 415, "unsupported_media_type").await;
    for content_type in ["application/json; charset=utf-8", "Application/JSON", "application/json;x=y"] {
        server.post(PATH).body(content_type, body).send().await.expect(201);
    }
}

async fn a_body_has_at_most_one_mebibyte(server: Server) {
    let padded = |length: usize| {
        let mut body = br#"{"name":"Acme"}"#.to_vec();
        body.resize(length, b' ');
        body
    };
    server.post(PATH).body("application/json", padded(1024 * 1024)).send().await.expect(201);
    for length in [1024 * 1024 + 1, 2 * 1024 * 1024] {
        server.refuses(server.post(PATH).body("application/json", padded(length)), 413, "body_too_large").await;
    }
}

async fn a_body_must_have_the_described_shape(server: Server) {
    server.organization("acme").await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, pointer) in [
        (r#"{}"#.to_owned(), ""),
        (r#"["Acme","acme",null,null,null,null]"#.to_owned(), ""),
        (r#""Acme""#.to_owned(), ""),
        (r#"null"#.to_owned(), ""),
        (deep.clone(), ""),
        (format!(r#"{{"name":{deep}}}"#), "/name"),
        (r#"{"name":null}"#.to_owned(), "/name"),
        (r#"{"name":7}"#.to_owned(), "/name"),
        (r#"{"name":"x","slug":{}}"#.to_owned(), "/slug"),
        (r#"{"name":"x","name":"y"}"#.to_owned(), ""),
        (r#"{"name":"x","nmae":"y"}"#.to_owned(), "/nmae"),
        (r#"{"name":"x","id":"0190163d-8694-739b-aea5-966c26f8ad91"}"#.to_owned(), "/id"),
    ] {
        let refused = server.refuses(server.post(PATH).body("application/json", body.as_str()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{refused}");
    }
    for (body, pointer) in [
        (r#"{"unknown":1}"#, "/unknown"),
        (r#"{"settings":{"unknown":1}}"#, "/settings/unknown"),
        (r#"{"settings":{"timezone":1}}"#, "/settings/timezone"),
        (r#"{"metadata":{"key":1}}"#, "/metadata/key"),
        (r#"{"jwt_expiry_secs":3600.5}"#, "/jwt_expiry_secs"),
        (r#"{"jwt_expiry_secs":"3600"}"#, "/jwt_expiry_secs"),
        (r#"{"jwt_expiry_secs":99999999999999999999}"#, "/jwt_expiry_secs"),
        (r#"[]"#, ""),
    ] {
        let patch = server.patch(&format!("{PATH}/acme")).body("application/json", body);
        let refused = server.refuses(patch, 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{refused}");
    }
}

async fn everything_that_is_wrong_is_reported_at_once(server: Server) {
    let body =
        json!({ "name": "", "slug": "-a", "domain": "x", "owner_email": "x", "plan": "gold", "description": "\u{0}" });
    let refused = server.refuses(server.post(PATH).json(body), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/description", "/domain", "/name", "/owner_email", "/plan", "/slug"]);
}

async fn actions_take_no_body_or_an_empty_object(server: Server) {
    let acme = format!("{PATH}/{}", server.organization("acme").await.id());
    let unknown = server.delete(&acme).json(json!({ "force": true }));
    assert_eq!(server.refuses(unknown, 422, "invalid").await.pointers(), ["/force"]);
    let unknown = server.post(&format!("{acme}/suspend")).json(json!({ "reason": Value::Null, "until": 1 }));
    assert_eq!(server.refuses(unknown, 422, "invalid").await.pointers(), ["/until"]);
    server.delete(&acme).json(json!({})).send().await.expect(204);
    server.post(&format!("{acme}/restore")).send().await.expect(200);
}
