//! `GET /api/v1/organizations/{org}/workspaces`.

use serde_json::json;

use super::{path, roomy, workspace};
use crate::support::Server;

both!(the_status_says_which_are_listed, a_walk_sees_every_row_once, parameters_are_checked);

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

async fn a_walk_sees_every_row_once(server: Server) {
    roomy(&server, "acme").await;
    let mut present = vec!["default".to_owned()];
    for n in 0..6 {
        workspace(&server, "acme", &format!("w-{n}")).await;
        present.insert(0, format!("w-{n}"));
    }
    let mut seen = Vec::new();
    let mut next = Some(format!("{}?limit=3&status=all", path("acme")));
    while let Some(link) = next {
        let page = server.get(&link).send().await.expect(200);
        seen.extend(page.each("slug"));
        next = page.next();
        workspace(&server, "acme", &format!("late-{}", seen.len())).await;
    }
    assert_eq!(seen, present);
    // A cursor works for its filter only.
    let first = server.get(&format!("{}?limit=1&status=active", path("acme"))).send().await.expect(200);
    let cursor = first.next().expect("a second page").split("cursor=").nth(1).expect("a cursor").to_owned();
    let other = server.get(&format!("{}?limit=1&status=all&cursor={cursor}", path("acme")));
    server.refuses(other, 400, "invalid_cursor").await;
}

async fn parameters_are_checked(server: Server) {
    server.organization("acme").await;
    for (query, pointer) in
        [("status=deleted", "?status"), ("status=", "?status"), ("limit=101", "?limit"), ("include=x", "?include")]
    {
        let refused = server.refuses(server.get(&format!("{}?{query}", path("acme"))), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{query}");
    }
    server.refuses(server.get(&path("nobody")), 404, "organization_not_found").await;
}
