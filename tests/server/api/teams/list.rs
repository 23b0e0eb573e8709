//! `GET /api/v1/organizations/{org}/teams`.

use serde_json::json;

use super::{path, team};
use crate::support::Server;

both!(a_list_is_a_bare_array_newest_first, a_walk_sees_every_row_once, parameters_are_checked, cursors_are_bound);

async fn a_list_is_a_bare_array_newest_first(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    assert_eq!(server.get(&path("acme")).send().await.expect(200).json, json!([]));
    let made = [team(&server, "acme", "A").await, team(&server, "acme", "B").await];
    team(&server, "other", "A").await;
    let list = server.get(&path("acme")).send().await.expect(200);
    assert_eq!(list.json, json!([made[1].json, made[0].json]));
    assert_eq!((list.next(), list.header("x-total-count")), (None, None));
    server.delete(&format!("{}/{}", path("acme"), made[1].id())).send().await.expect(204);
    assert_eq!(server.get(&path("acme")).send().await.expect(200).each("name"), ["A"]);
}

async fn a_walk_sees_every_row_once(server: Server) {
    server.organization("acme").await;
    let mut present = Vec::new();
    for n in 0..7 {
        present.insert(0, team(&server, "acme", &format!("team {n}")).await["name"].to_string());
    }
    let mut seen = Vec::new();
    let mut next = Some(format!("{}?limit=3&include=total", path("acme")));
    let mut totals = Vec::new();
    while let Some(link) = next {
        let page = server.get(&link).send().await.expect(200);
        seen.extend(page.each("name").iter().map(|name| json!(name).to_string()));
        totals.push(page.header("x-total-count").map(str::to_owned));
        next = page.next();
        team(&server, "acme", &format!("late {}", totals.len())).await;
    }
    assert_eq!(seen, present);
    assert_eq!(totals, ["7", "8", "9"].map(|total| Some(total.to_owned())));
}

async fn parameters_are_checked(server: Server) {
    server.organization("acme").await;
    for (query, pointer) in [
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("limit=x", "?limit"),
        ("include=all", "?include"),
        ("status=active", "?status"),
    ] {
        let refused = server.refuses(server.get(&format!("{}?{query}", path("acme"))), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{query}");
    }
    server.refuses(server.get(&format!("{}?as_of=1", path("acme"))), 422, "not_supported").await;
    server.refuses(server.get(&path("nobody")), 404, "organization_not_found").await;
    server.refuses(server.get(&path("%00")), 404, "organization_not_found").await;
}

async fn cursors_are_bound(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    for (org, name) in [("acme", "A"), ("acme", "B"), ("other", "A"), ("other", "B")] {
        team(&server, org, name).await;
    }
    let first = server.get(&format!("{}?limit=1", path("acme"))).send().await.expect(200);
    let next = first.next().expect("a second page");
    assert_eq!(server.get(&next).send().await.expect(200).each("name"), ["A"]);
    let cursor = next.split("cursor=").nth(1).expect("a cursor").to_owned();
    for foreign in [path("other"), "/api/v1/organizations".to_owned(), path("acme").replace("teams", "workspaces")] {
        let request = server.get(&format!("{foreign}?limit=1&cursor={cursor}"));
        server.refuses(request, 400, "invalid_cursor").await;
    }
}
