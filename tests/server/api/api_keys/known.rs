//! Who may know of an organization's key, who may read it, and who may write it: the same for every verb.

use serde_json::{Value, json};

use super::{Made, create_with, owned, path, personal};
use crate::support::{Request, Server};

both!(every_verb_says_the_same, a_state_of_the_organization_comes_after_that, a_person_s_own_key_is_theirs_to_change);

/// What somebody gets who asks for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Done,
    Unknown,
    Missing(&'static str),
}
use Answer::{Done, Missing, Unknown};

const READ: &str = "api_keys:read";
const WRITE: &str = "api_keys:write";

/// Everything that writes a key, without writing it.
fn writes(server: &Server, id: &str) -> Vec<Request> {
    let act = |verb: &str| server.post(&format!("{}/{verb}?dry_run=true", path(id))).json(json!({}));
    let rename = server.patch(&format!("{}?dry_run=true", path(id))).json(json!({ "name": "Other" }));
    [rename].into_iter().chain(["rotate", "disable", "enable", "revoke"].map(act)).collect()
}

async fn is_answered(server: &Server, request: Request, expected: Answer, who: &str) {
    let what = format!("{who}: {request}");
    match expected {
        Done => {
            let reply = request.send().await;
            // It is enabled already.
            let enabled = reply.status == 409 && reply["code"] == "api_key_not_active" && what.contains("/enable");
            assert!(reply.status == 200 || enabled, "{what}: {reply}");
        }
        Unknown => drop(server.refuses(request, 404, "api_key_not_found").await),
        Missing(permission) => {
            let refused = server.refuses(request, 403, "missing_permission").await;
            assert_eq!(refused["permission"], permission, "{what}");
        }
    }
}

async fn graph_answers(server: &Server, id: &str, bearer: &str, expected: Answer, who: &str) {
    let ask = |field: &str| {
        let query = json!({ "query": format!(r#"{{ {field}(id: "{id}") {{ id }} }}"#) });
        server.post("/graphql").bearer(bearer).json(query).send()
    };
    let (one, node) = (ask("apiKey").await, ask("node").await);
    let shown = if expected == Done { json!({ "id": id }) } else { Value::Null };
    assert_eq!((&one["data"]["apiKey"], &node["data"]["node"]), (&shown, &shown), "{who}: {one} {node}");
    assert_eq!(node["errors"], Value::Null, "{who}: {node}");
    let refused = &one["errors"][0]["extensions"];
    match expected {
        Done => assert_eq!(one["errors"], Value::Null, "{who}: {one}"),
        Unknown => assert_eq!(refused["code"], "api_key_not_found", "{who}: {one}"),
        Missing(permission) => {
            assert_eq!((&refused["code"], &refused["permission"]), (&json!("missing_permission"), &json!(permission)));
        }
    }
}

/// What a custom role of each of these permissions is called, beside reading teams, which the key can do.
async fn role(server: &Server, key: &str, permissions: &[&str]) {
    let all: Vec<_> = permissions.iter().chain(&["teams:read"]).collect();
    let body = json!({ "key": key, "name": key, "permissions": all });
    server.post("/api/v1/organizations/acme/roles").json(body).send().await.expect(201);
}

async fn every_verb_says_the_same(server: Server) {
    let owner = super::acme(&server).await;
    role(&server, "reader", &[READ]).await;
    role(&server, "writer", &[WRITE]).await;
    role(&server, "own", &["api_keys:write_own"]).await;
    let wanted = owned(&server, "acme", &["org:acme:teams:read"]).await.id;
    let mut table =
        vec![("outsider".to_owned(), server.person("out@example.com").await.access_token, Unknown, Unknown)];
    for (role, read, write) in [
        ("viewer", Unknown, Unknown),
        ("member", Unknown, Unknown),
        ("own", Unknown, Unknown),
        ("developer", Done, Missing(WRITE)),
        ("reader", Done, Missing(WRITE)),
        ("writer", Missing(READ), Done),
        ("admin", Done, Done),
        ("owner", Done, Done),
    ] {
        let person = server.member("acme", &format!("{role}@acme.com"), role).await;
        table.push((role.to_owned(), person.access_token, read, write));
    }
    for (scope, read, write) in [
        ("teams:read", Unknown, Unknown),
        ("api_keys:write_own", Unknown, Unknown),
        (READ, Done, Missing(WRITE)),
        ("api_keys:*", Done, Done),
    ] {
        let scopes = [format!("org:acme:{scope}"), "org:acme:teams:read".to_owned()];
        let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
        let (hers, its) = (personal(&server, &owner, &scopes).await, owned(&server, "acme", &scopes).await);
        table.push((format!("a personal key with {scope}"), hers.key, read, write));
        table.push((format!("the organization's key with {scope}"), its.key, read, write));
    }
    for (who, bearer, read, write) in table {
        is_answered(&server, server.get(&path(&wanted)).bearer(&bearer), read, &who).await;
        for request in writes(&server, &wanted) {
            is_answered(&server, request.bearer(&bearer), write, &who).await;
        }
        graph_answers(&server, &wanted, &bearer, read, &who).await;
    }
    is_answered(&server, server.get(&path(&wanted)), Done, "a superadmin").await;
    for request in writes(&server, &wanted) {
        is_answered(&server, request, Done, "a superadmin").await;
    }
}

/// Whoever may not know of the key does not learn from it how the organization is either.
async fn a_state_of_the_organization_comes_after_that(server: Server) {
    let owner = super::acme(&server).await;
    let developer = server.member("acme", "dev@acme.com", "developer").await;
    let viewer = server.member("acme", "viewer@acme.com", "viewer").await;
    let wanted = owned(&server, "acme", &["org:acme:teams:read"]).await.id;
    let all = || [server.get(&path(&wanted))].into_iter().chain(writes(&server, &wanted));
    server.post("/api/v1/organizations/acme/suspend").json(json!({})).send().await.expect(200);
    for request in all() {
        for person in [&owner, &developer] {
            server.refuses(request.clone().by(person), 403, "organization_suspended").await;
        }
        server.refuses(request.by(&viewer), 404, "api_key_not_found").await;
    }
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    for request in all() {
        for person in [&owner, &developer, &viewer] {
            server.refuses(request.clone().by(person), 404, "api_key_not_found").await;
        }
    }
}

/// The platform's operators see it, and may stop it. Nobody else knows of it.
async fn a_person_s_own_key_is_theirs_to_change(server: Server) {
    let jane = super::acme(&server).await;
    let admin = server.member("acme", "admin@acme.com", "admin").await;
    let made: Made =
        create_with(&server, &["org:acme:teams:read"], json!({})).by(&jane).send().await.expect(201).into();
    server.get(&path(&made.id)).send().await.expect(200);
    for request in [server.get(&path(&made.id))].into_iter().chain(writes(&server, &made.id)) {
        is_answered(&server, request.clone().by(&jane), Done, "its owner").await;
        server.refuses(request.clone().by(&admin), 404, "api_key_not_found").await;
        let takes = ["/disable", "/revoke"].iter().any(|verb| request.to_string().contains(verb));
        if takes || request.to_string().starts_with("GET") {
            request.send().await.expect(200);
        } else {
            server.refuses(request, 403, "person_required").await;
        }
    }
}
