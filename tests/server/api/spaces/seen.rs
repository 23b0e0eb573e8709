//! Who sees which spaces: all ways of asking say the same.

use std::collections::BTreeSet;

use serde_json::json;

use super::{ALL, bring, one, space};
use crate::support::{Person, Request, Server};

both!(lists_show_what_can_be_read_one_by_one, keys_see_what_they_were_given, a_role_in_the_organization_bounds_others);

const SLUGS: [&str; 5] = ["acme-a", "acme-b", "beta-a", "own-a", "own-b"];

/// What the caller sees in lists, and what by its name.
async fn seen(server: &Server, by: impl Fn(Request) -> Request) -> (BTreeSet<String>, BTreeSet<String>) {
    let total = by(server.get(&format!("{ALL}?limit=1&include=total"))).send().await.expect(200);
    let listed: BTreeSet<_> = by(server.get(ALL)).send().await.expect(200).each("slug").into_iter().collect();
    assert_eq!(total.header("x-total-count"), Some(listed.len().to_string().as_str()));
    let mut named = BTreeSet::new();
    for slug in SLUGS {
        let reply = by(server.get(&one(slug))).send().await;
        match reply.status {
            200 => drop(named.insert(slug.to_owned())),
            _ => assert_eq!((reply.status, &reply["code"]), (404, &json!("space_not_found"))),
        }
    }
    (listed, named)
}

async fn world(server: &Server) -> Person {
    for org in ["acme", "beta"] {
        server.organization(org).await;
    }
    for slug in SLUGS {
        let org = slug.split('-').next().filter(|org| *org != "own");
        space(server, org, slug).await;
    }
    server.person("jane@example.com").await
}

fn set(slugs: &[&str]) -> BTreeSet<String> {
    slugs.iter().map(|slug| (*slug).to_owned()).collect()
}

async fn lists_show_what_can_be_read_one_by_one(server: Server) {
    let jane = world(&server).await;
    let by_jane = |request: Request| request.by(&jane);
    let both = |slugs: &[&str]| (set(slugs), set(slugs));
    assert_eq!(seen(&server, by_jane).await, both(&[]));
    bring(&server, "own-b", &jane.id, "viewer").await;
    assert_eq!(seen(&server, by_jane).await, both(&["own-b"]));
    let add = json!({ "user_email": "jane@example.com", "role": "developer" });
    server.post("/api/v1/organizations/acme/users").json(add).send().await.expect(201);
    assert_eq!(seen(&server, by_jane).await, both(&["own-b"]));
    bring(&server, "acme-b", &jane.id, "viewer").await;
    assert_eq!(seen(&server, by_jane).await, both(&["acme-b", "own-b"]));
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    server.patch(&member).json(json!({ "role": "admin" })).send().await.expect(200);
    assert_eq!(seen(&server, by_jane).await, both(&["acme-a", "acme-b", "own-b"]));
    let of_acme = |path: &str| server.get(&format!("/api/v1/organizations/{path}"));
    assert_eq!(of_acme("acme/spaces").by(&jane).send().await.expect(200).each("slug"), ["acme-b", "acme-a"]);
    server.refuses(of_acme("beta/spaces").by(&jane), 403, "not_a_member").await;
    server.refuses(server.get(&format!("{ALL}?organization=beta")).by(&jane), 403, "not_a_member").await;
    let own = server.get("/api/v1/organizations/acme").by(&jane).send().await.expect(200);
    assert_eq!(own["spaces"].as_array().map(Vec::len), Some(2));
    server.post("/api/v1/organizations/acme/suspend").send().await.expect(200);
    assert_eq!(seen_while_suspended(&server, &jane).await, set(&["own-b"]));
    server.post("/api/v1/organizations/acme/reactivate").send().await.expect(200);
    assert_eq!(seen(&server, by_jane).await, both(&["acme-a", "acme-b", "own-b"]));
    let all = set(&SLUGS);
    assert_eq!(seen(&server, |request| request).await, (all.clone(), all));
}

async fn seen_while_suspended(server: &Server, jane: &Person) -> BTreeSet<String> {
    server.refuses(server.get(&one("acme-a")).by(jane), 403, "organization_suspended").await;
    server.get(ALL).by(jane).send().await.expect(200).each("slug").into_iter().collect()
}

async fn keys_see_what_they_were_given(server: Server) {
    let jane = world(&server).await;
    let add = json!({ "user_email": "jane@example.com", "role": "owner" });
    server.post("/api/v1/organizations/acme/users").json(add).send().await.expect(201);
    bring(&server, "own-a", &jane.id, "admin").await;
    let key = async |scopes: &[&str]| {
        let made = server.post("/api/v1/api-keys").by(&jane).json(json!({ "name": "key", "scopes": scopes }));
        made.send().await.expect(201)["key"].as_str().expect("a key").to_owned()
    };
    let of_acme = set(&["acme-a", "acme-b"]);
    for (scope, expected) in [
        ("*:*", set(&["acme-a", "acme-b", "own-a"])),
        ("org:acme:spaces:read", of_acme.clone()),
        ("org:acme:*", of_acme.clone()),
        ("org:acme:members:read", set(&[])),
    ] {
        let key = key(&[scope]).await;
        let by_key = |request: Request| request.bearer(&key);
        assert_eq!(seen(&server, by_key).await, (expected.clone(), expected), "{scope}");
    }
    let only_read = key(&["org:acme:spaces:read"]).await;
    let rename = server.patch(&one("acme-a")).json(json!({ "name": "x" })).bearer(&only_read);
    server.refuses(rename, 403, "missing_permission").await;
    // The organization's own key has all of its spaces.
    let own = json!({ "name": "key", "organization": "acme", "scopes": ["org:acme:spaces:read"] });
    let own = server.post("/api/v1/api-keys").json(own).send().await.expect(201);
    let own = own["key"].as_str().expect("a key");
    let by_key = |request: Request| request.bearer(own);
    assert_eq!(seen(&server, by_key).await, (of_acme.clone(), of_acme));
}

async fn a_role_in_the_organization_bounds_others(server: Server) {
    let jane = world(&server).await;
    let role = json!({ "key": "clerk", "name": "Clerk", "permissions": ["organization:read"] });
    server.post("/api/v1/organizations/acme/roles").json(role).send().await.expect(201);
    let add = json!({ "user_email": "jane@example.com", "role": "clerk" });
    server.post("/api/v1/organizations/acme/users").json(add).send().await.expect(201);
    bring(&server, "acme-a", &jane.id, "admin").await;
    let by_jane = |request: Request| request.by(&jane);
    assert_eq!(seen(&server, by_jane).await, (set(&[]), set(&[])));
    server.refuses(server.get("/api/v1/organizations/acme/spaces").by(&jane), 403, "missing_permission").await;
    let more = json!({ "permissions": ["organization:read", "spaces:read"] });
    server.patch("/api/v1/organizations/acme/roles/clerk").json(more).send().await.expect(200);
    assert_eq!(seen(&server, by_jane).await, (set(&["acme-a"]), set(&["acme-a"])));
    let all = json!({ "permissions": ["spaces:read", "spaces:write"] });
    server.patch("/api/v1/organizations/acme/roles/clerk").json(all).send().await.expect(200);
    assert_eq!(seen(&server, by_jane).await, (set(&["acme-a", "acme-b"]), set(&["acme-a", "acme-b"])));
}
