//! Paths, methods and parameters that are not there.

use serde_json::json;

use crate::support::Server;

both!(
    an_unknown_path_is_a_problem,
    a_method_that_is_not_there_is_a_problem,
    v1_is_the_same_router,
    parameters_are_checked,
    head_is_a_get_without_a_body,
);

const PATH: &str = "/api/v1/organizations";

async fn an_unknown_path_is_a_problem(server: Server) {
    for path in [
        "/",
        "/nowhere",
        "/api",
        "/api/v1",
        "/api/v1/nowhere",
        "/v1/nowhere",
        "/api/v1/organizations/acme/nowhere",
        "/problems/nothing",
    ] {
        for method in ["GET", "POST"] {
            if !(path.starts_with("/problems") && method == "POST") {
                server.refuses(server.request(method, path), 404, "not_found").await;
            }
        }
    }
    for unknown in ["acme", "Acme", "a%20b", "%00", "a%00b", "0190163d-8694-739b-aea5-966c26f8ad91"] {
        let path = format!("{PATH}/{unknown}");
        let refused = server.refuses(server.get(&path), 404, "organization_not_found").await;
        assert_eq!(refused["detail"], "Organization not found");
        server.refuses(server.patch(&path).json(json!({ "name": "x" })), 404, "organization_not_found").await;
        server.refuses(server.delete(&path), 404, "organization_not_found").await;
        server.refuses(server.post(&format!("{path}/restore")), 404, "organization_not_found").await;
    }
    let not_utf8 = server.get(&format!("{PATH}/%FF"));
    server.refuses(not_utf8, 400, "bad_request").await;
}

async fn a_method_that_is_not_there_is_a_problem(server: Server) {
    for (method, path, allowed) in [
        ("PUT", PATH, "GET,HEAD,POST"),
        ("DELETE", PATH, "GET,HEAD,POST"),
        ("POST", "/api/v1/organizations/acme", "GET,HEAD,PATCH,DELETE"),
        ("GET", "/api/v1/organizations/acme/slug", "POST"),
        ("POST", "/v1/organizations/acme/limits", "PATCH"),
        ("PATCH", "/api/organizations/acme", "GET,HEAD,PUT,DELETE"),
        ("POST", "/livez", "GET,HEAD"),
        ("TRACE", "/readyz", "GET,HEAD"),
        ("POST", "/problems/invalid", "GET,HEAD"),
    ] {
        let reply = server.refuses(server.request(method, path), 405, "method_not_allowed").await;
        let sorted = |list: &str| {
            let mut methods: Vec<_> = list.split(',').map(|method| method.trim().to_owned()).collect();
            methods.sort();
            methods
        };
        assert_eq!(sorted(reply.header("allow").expect("Allow")), sorted(allowed), "{method} {path}");
    }
}

async fn v1_is_the_same_router(server: Server) {
    let made =
        server.post("/v1/organizations").json(json!({ "name": "Acme", "slug": "acme" })).send().await.expect(201);
    assert_eq!(made.header("location"), Some(format!("{PATH}/{}", made.id()).as_str()));
    for path in ["", "/acme"] {
        let one = server.get(&format!("/v1/organizations{path}")).send().await.expect(200);
        let other = server.get(&format!("{PATH}{path}")).send().await.expect(200);
        assert_eq!(one.body, other.body);
    }
    server.patch("/v1/organizations/acme").json(json!({ "name": "B" })).send().await.expect(200);
    server.delete("/v1/organizations/acme").send().await.expect(204);
}

async fn parameters_are_checked(server: Server) {
    server.organization("acme").await;
    for (query, pointer) in [
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("limit=-1", "?limit"),
        ("limit=x", "?limit"),
        ("limit=1&limit=2", "?limit"),
        ("status=gone", "?status"),
        ("include=everything", "?include"),
        ("sort=name", "?sort"),
    ] {
        let refused = server.refuses(server.get(&format!("{PATH}?{query}")), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{refused}");
    }
    let refused = server.refuses(server.get(&format!("{PATH}?limit=0&status=x&include=y")), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["?include", "?limit", "?status"]);
    assert_eq!(
        server.refuses(server.get(&format!("{PATH}/acme?fields=id")), 422, "invalid").await.pointers(),
        ["?fields"]
    );
    for path in [PATH, "/api/v1/organizations/acme", "/api/organizations", "/api/organizations/acme"] {
        server.refuses(server.get(&format!("{path}?as_of=2026-01-01T00:00:00Z")), 422, "not_supported").await;
    }
}

async fn head_is_a_get_without_a_body(server: Server) {
    let made = server.organization("acme").await;
    let head = server.request("HEAD", &format!("{PATH}/acme")).send().await.expect(200);
    assert_eq!((head.body.as_str(), head.etag()), ("", made.etag()));
}
