//! Reading accounts.

use serde_json::json;

use crate::support::Server;

both!(accounts_are_listed_newest_first, accounts_are_searched, an_account_is_read, only_superadmins_read);

const USERS: &str = "/api/v1/users";

async fn accounts_are_listed_newest_first(server: Server) {
    for n in 0..7 {
        server.person(&format!("user-{n}@example.com")).await;
    }
    let mut seen = Vec::new();
    let mut next = Some(format!("{USERS}?limit=3"));
    while let Some(path) = next {
        let page = server.get(&path).send().await.expect(200);
        seen.extend(page.each("email"));
        next = page.next();
    }
    let mut expected: Vec<_> = (0..7).rev().map(|n| format!("user-{n}@example.com")).collect();
    expected.push("admin@example.com".to_owned());
    assert_eq!(seen, expected);
    for malformed in ["limit=0", "limit=101", "limit=x", "status=active"] {
        server.refuses(server.get(&format!("{USERS}?{malformed}")), 422, "invalid").await;
    }
    server.refuses(server.get(&format!("{USERS}?cursor=x")), 400, "invalid_cursor").await;
}

async fn accounts_are_searched(server: Server) {
    for email in ["jane@example.com", "joe@example.org", "under_score@example.com", "per%cent@example.com"] {
        server.person(email).await;
    }
    for (search, expected) in [
        ("JANE", vec!["jane@example.com"]),
        ("example.org", vec!["joe@example.org"]),
        ("_score", vec!["under_score@example.com"]),
        ("r%25c", vec!["per%cent@example.com"]),
        ("x_y", vec![]),
        ("nobody", vec![]),
    ] {
        let found = server.get(&format!("{USERS}?search={search}")).send().await.expect(200);
        assert_eq!(found.each("email"), expected, "{search}");
    }
    // A cursor of one search does not work for another.
    let page = server.get(&format!("{USERS}?search=example&limit=1")).send().await.expect(200);
    let other = page.next().expect("a second page").replace("search=example", "search=jane");
    server.refuses(server.get(&other), 400, "invalid_cursor").await;
}

async fn an_account_is_read(server: Server) {
    let jane = server.person("Jane@example.com").await;
    let user = server.get(&format!("{USERS}/{}", jane.id)).send().await.expect(200);
    assert_eq!(
        user.json,
        json!({
            "id": jane.id, "email": "Jane@example.com", "name": "Jane", "organization": null, "status": "active",
            "is_superadmin": false, "created_at": user["created_at"], "updated_at": user["updated_at"],
        })
    );
    server.get(&format!("{USERS}/{}", jane.id)).header("if-none-match", user.etag()).send().await.expect(304);
    let body = json!({ "name": "Acme", "owner_email": "invited@example.com" });
    let made = server.post("/api/v1/organizations").json(body).send().await.expect(201);
    let invited = made["owner"]["id"].as_str().expect("an owner");
    let invited = server.get(&format!("{USERS}/{invited}")).send().await.expect(200);
    assert_eq!((&invited["status"], &invited["name"]), (&json!("invited"), &json!(null)));
    for unknown in ["x", "01890000-0000-7000-8000-000000000000", jane.organization.as_str()] {
        server.refuses(server.get(&format!("{USERS}/{unknown}")), 404, "user_not_found").await;
    }
}

async fn only_superadmins_read(server: Server) {
    let jane = server.person("jane@example.com").await;
    for path in [USERS.to_owned(), format!("{USERS}/{}", jane.id), format!("{USERS}/x")] {
        server.refuses(server.get(&path).by(&jane), 403, "superadmin_only").await;
        server.refuses(server.get(&path).anonymous(), 401, "not_authenticated").await;
    }
}
