//! The documents: what is checked in, what is served, and what the server does.

mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use serde_json::Value;

use crate::support::{Engine, Server};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn checked_in(name: &str) -> String {
    fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file beside Cargo.toml")
}

fn printed(command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tenantry")).arg(command).output().expect("an output");
    assert!(output.status.success(), "{command}");
    String::from_utf8(output.stdout).expect("text")
}

fn openapi() -> Value {
    serde_json::from_str(&printed("openapi")).expect("JSON")
}

/// Path, method and description of every operation.
fn operations(openapi: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = openapi["paths"].as_object().expect("paths");
    let of_path = |(path, item)| {
        let item: &Value = item;
        let described = METHODS.iter().filter_map(|method| item.get(method).map(|operation| (*method, operation)));
        described.map(move |(method, operation)| (path, method, operation))
    };
    paths.iter().map(|(path, item)| (path.as_str(), item)).flat_map(of_path).collect()
}

#[test]
fn the_checked_in_documents_are_those_of_the_code() {
    for (command, name) in [("openapi", "openapi.json"), ("schema", "schema.graphql")] {
        let same = printed(command) == checked_in(name);
        assert!(
            same,
            "{name} is not what the code says: run `cargo run -- {command} > {name}` and look at what changed"
        );
    }
}

#[tokio::test]
async fn the_served_documents_are_those_that_are_checked_in() {
    let server = Server::start(Engine::Sqlite);
    let served = server.get("/openapi.json").anonymous().send().await;
    assert_eq!(served.header("content-type"), Some("application/json"));
    assert_eq!(served.json, serde_json::from_str::<Value>(&checked_in("openapi.json")).expect("JSON"));
    let served = server.get("/schema.graphql").anonymous().send().await;
    assert_eq!(served.body, checked_in("schema.graphql"));
}

#[test]
fn every_operation_is_described_in_full() {
    let openapi = openapi();
    assert_eq!(openapi["openapi"], "3.1.0");
    let tags: BTreeSet<_> =
        openapi["tags"].as_array().expect("tags").iter().map(|tag| &tag["name"]).map(Value::to_string).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&openapi) {
        let at = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{at} has no summary");
        let described = operation["description"].as_str().is_some_and(|text| !text.is_empty());
        assert!(described && operation["description"] != operation["summary"], "{at} has no description");
        assert!(ids.insert(operation["operationId"].as_str().expect("an id")), "{at}: its id is not its own");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{at}");
        assert!(tags.contains(&operation["tags"][0].to_string()), "{at}: its tag is not described");
        let names: Vec<_> =
            operation["parameters"].as_array().expect("parameters").iter().map(|p| p["name"].as_str()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{at}: {names:?}");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let response = resolved(&openapi, response);
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{at}: {status}");
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{at}: {status}");
            }
        }
    }
    let text = openapi.to_string();
    for (kind, components) in openapi["components"].as_object().expect("components") {
        for name in components.as_object().expect("components").keys().filter(|_| kind != "securitySchemes") {
            assert!(text.contains(&format!("\"#/components/{kind}/{name}\"")), "{kind}/{name} is not referred to");
        }
    }
}

fn resolved<'a>(openapi: &'a Value, response: &'a Value) -> &'a Value {
    match response["$ref"].as_str() {
        Some(reference) => openapi.pointer(reference.trim_start_matches('#')).expect("what is referred to"),
        None => response,
    }
}

/// What an operation takes is known by its method; what it answers is held against real answers by the access table.
#[test]
fn the_conventions_are_described_where_they_hold() {
    let openapi = openapi();
    for (path, method, operation) in operations(&openapi).into_iter().filter(|(path, ..)| path.starts_with("/api/")) {
        let at = format!("{method} {path}");
        let parameters: Vec<_> = operation["parameters"].as_array().expect("parameters").iter().collect();
        let takes = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        let segments: BTreeSet<_> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let described = parameters.iter().filter(|one| one["in"] == "path").filter_map(|one| one["name"].as_str());
        assert_eq!(described.collect::<BTreeSet<_>>(), segments, "{at}");
        assert!(takes("X-Request-Id"), "{at}");
        assert!(method != "get" || !takes("dry_run") && !takes("Idempotency-Key") && !takes("If-Match"), "{at}");
        let replies = operation["responses"].as_object().expect("responses");
        // A verification writes nothing, dry run or not.
        if takes("dry_run") && replies["200"]["headers"].get("Ledger-Position").is_some() {
            let schema = replies["200"]["content"]["application/json"]["schema"].to_string();
            assert!(schema.contains("#/components/schemas/DryRun"), "{at} does not describe the answer of a dry run");
        }
        assert_eq!(takes("If-Match"), replies.contains_key("412"), "{at}");
        assert_eq!(takes("If-None-Match"), replies.contains_key("304"), "{at}");
    }
}

/// The server's routes and the description have the same paths and the same methods for each of them.
#[tokio::test]
async fn the_routes_are_those_that_are_described() {
    let server = Server::start(Engine::Sqlite);
    let openapi = openapi();
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, method, _) in operations(&openapi) {
        let aliases = path.strip_prefix("/api/v1/").map(|rest| format!("/v1/{rest}"));
        for path in aliases.into_iter().chain([path.to_owned()]) {
            let known = methods.entry(path).or_default();
            known.insert(method.to_uppercase());
            // Whatever can be got has a head.
            known.extend((method == "get").then(|| "HEAD".to_owned()));
        }
    }
    for (path, expected) in methods {
        let concrete =
            path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/");
        let response = server.request("BREW", &concrete).send().await.expect(405);
        let allowed = response.header("allow").expect("Allow");
        let allowed: BTreeSet<_> = allowed.split(',').map(|method| method.trim().to_owned()).collect();
        assert_eq!(allowed, expected, "{path}");
        assert_eq!(response["code"], "method_not_allowed");
    }
}

/// Every operation needs credentials, apart from those that say otherwise.
#[tokio::test]
async fn credentials_are_needed_where_it_says() {
    let server = Server::start(Engine::Sqlite);
    let openapi = openapi();
    for (path, method, operation) in operations(&openapi) {
        let open = operation["security"].as_array().is_some_and(|all| all.contains(&serde_json::json!({})));
        let path = path.replace("{code}", "internal").replace(['{', '}'], "");
        let response = server.request(&method.to_uppercase(), &path).anonymous().send().await;
        assert_eq!(response.status == 401, !open, "{method} {path}");
    }
}

#[tokio::test]
async fn the_viewer_is_served_with_all_its_parts() {
    let server = Server::start(Engine::Sqlite);
    let get = async |path: &str| server.get(path).anonymous().send().await;
    let redirect = get("/docs").await;
    assert_eq!(
        redirect.header("location"),
        Some("/docs/"),
        "browsers keep the fragment, so that /docs#/organizations arrives"
    );
    let page = get("/docs/").await.expect(200).body;
    let parts: Vec<_> =
        page.split(['"', '\'']).filter(|text| text.starts_with("./") || text.ends_with(".css")).collect();
    assert!(parts.len() >= 5, "{parts:?}");
    assert!(!page.contains("//unpkg") && !page.contains("https://cdn"), "it needs nothing from elsewhere");
    for part in parts {
        get(&format!("/docs/{}", part.trim_start_matches("./"))).await.expect(200);
    }
    let start = get("/docs/swagger-initializer.js").await.body;
    for expected in ["/openapi.json", "\"deepLinking\": true", "\"validatorUrl\": \"none\""] {
        assert!(start.contains(expected), "{expected} is missing in {start}");
    }
    assert!(openapi()["tags"].as_array().expect("tags").iter().any(|tag| tag["name"] == "organizations"));
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_its_page() {
    let server = Server::start(Engine::Sqlite);
    let get = async |path: &str| server.get(path).anonymous().send().await;
    let problem = server.post("/graphql").anonymous().send().await;
    let path = problem["type"].as_str().and_then(|url| url.strip_prefix(&server.url)).expect("a page of this server");
    assert!(get(path).await.expect(200).body.contains("<code>not_authenticated</code>"));
    for code in ["invalid_query", "query_too_complex"] {
        get(&format!("/problems/{code}")).await.expect(200);
    }
    get("/problems/nix").await.expect(404);
}
