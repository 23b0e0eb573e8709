//! `GET /api/v1/organizations/{org}/workspaces`.

use serde_json::json;

use super::{path, workspace};
use crate::support::Server;

both!(the_status_says_which_are_listed, parameters_are_checked);

async fn the_status_says_which_are_listed(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    let [old, new] = [workspace(&server, "acme", "old").await, workspace(&server, "acme", "new-one").await];
    workspace(&server, "other", "elsewhere").await;
    let archived = server.post(&format!("{}/old/archive", path("acme"))).send().await.expect(200);
    assert_eq!(archived.id(), old.id());
    for (query, slugs) in [
        ("", vec!["new-one", "default"]),
        ("?status=active", vec!["new-one", "default"]),
        ("?status=archived", vec!["old"]),
        ("?status=all", vec!["new-one", "old", "default"]),
    ] {
        let total = if query.is_empty() { "?include=total" } else { "&include=total" };
        let list = server.get(&format!("{}{query}{total}", path("acme"))).send().await.expect(200);
        assert_eq!(list.each("slug"), slugs, "{query}");
        assert_eq!(list.header("x-total-count"), Some(slugs.len().to_string().as_str()));
    }
    let list = server.get(&format!("{}?status=all&limit=2", path("acme"))).send().await.expect(200);
    assert_eq!(list.json, json!([new.json, archived.json]));
}

async fn parameters_are_checked(server: Server) {
    server.organization("acme").await;
    for query in ["status=deleted", "status="] {
        let refused = server.refuses(server.get(&format!("{}?{query}", path("acme"))), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["?status"], "{query}");
    }
}
