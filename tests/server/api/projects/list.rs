//! `GET /api/v1/organizations/{org}/projects`.

use serde_json::json;

use super::{path, project, workspace, workspaces};
use crate::support::Server;

both!(the_status_says_which_are_listed, a_workspace_narrows_the_list_down, parameters_are_checked,);

async fn the_status_says_which_are_listed(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    let [old, new] = [project(&server, "acme", "old").await, project(&server, "acme", "new-one").await];
    project(&server, "other", "elsewhere").await;
    let archived = server.post(&format!("{}/old/archive", path("acme"))).send().await.expect(200);
    assert_eq!(archived.id(), old.id());
    for (query, slugs) in [
        ("", vec!["new-one"]),
        ("?status=active", vec!["new-one"]),
        ("?status=archived", vec!["old"]),
        ("?status=all", vec!["new-one", "old"]),
    ] {
        let total = if query.is_empty() { "?include=total" } else { "&include=total" };
        let list = server.get(&format!("{}{query}{total}", path("acme"))).send().await.expect(200);
        assert_eq!(list.each("slug"), slugs, "{query}");
        assert_eq!(list.header("x-total-count"), Some(slugs.len().to_string().as_str()));
    }
    let list = server.get(&format!("{}?status=all&limit=2", path("acme"))).send().await.expect(200);
    assert_eq!(list.json, json!([new.json, archived.json]));
}

async fn a_workspace_narrows_the_list_down(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    let lab = workspace(&server, "acme", "lab").await;
    let foreign = workspace(&server, "other", "foreign").await;
    for (slug, workspace) in [("site", json!("lab")), ("shop", json!("default")), ("blog", json!(lab.id()))] {
        let body = json!({ "name": slug, "slug": format!("the-{slug}"), "workspace": workspace });
        server.post(&path("acme")).json(body).send().await.expect(201);
    }
    project(&server, "acme", "loose").await;
    let list = async |query: &str| {
        let list = server.get(&format!("{}?include=total&{query}", path("acme"))).send().await.expect(200);
        let slugs = list.each("slug");
        assert_eq!(list.header("x-total-count"), Some(slugs.len().to_string().as_str()), "{query}");
        slugs
    };
    assert_eq!(list("workspace=lab").await, ["the-blog", "the-site"]);
    assert_eq!(list(&format!("workspace={}", lab.id())).await, ["the-blog", "the-site"]);
    assert_eq!(list("workspace=default").await, ["the-shop"]);
    for none in ["nowhere", "foreign", foreign.id(), "No%00", ""] {
        assert!(list(&format!("workspace={none}")).await.is_empty(), "{none}");
    }
    server.post(&format!("{}/the-site/archive", path("acme"))).send().await.expect(200);
    server.post(&format!("{}/lab/archive", workspaces("acme"))).send().await.expect(200);
    assert_eq!(list("workspace=lab").await, ["the-blog"]);
    assert_eq!(list("workspace=lab&status=archived").await, ["the-site"]);
    assert_eq!(list("workspace=lab&status=all").await, ["the-blog", "the-site"]);
}

async fn parameters_are_checked(server: Server) {
    server.organization("acme").await;
    for query in ["status=deleted", "status="] {
        for list in [path("acme"), "/api/v1/projects".to_owned()] {
            let refused = server.refuses(server.get(&format!("{list}?{query}")), 422, "invalid").await;
            assert_eq!(refused.pointers(), ["?status"], "{list} {query}");
        }
    }
    for (query, pointer) in [("limit=101", "?limit"), ("include=x", "?include")] {
        let refused = server.refuses(server.get(&format!("/api/v1/projects?{query}")), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{query}");
    }
}
