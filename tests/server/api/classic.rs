//! `/api/organizations`, with exactly the fields and statuses of its document.

use serde_json::{Value, json};

use crate::support::Server;

both!(
    creating_answers_six_fields,
    a_list_is_complete_and_has_four_fields,
    an_update_merges,
    a_deletion_has_no_content,
    problems_are_the_same_as_everywhere,
);

const PATH: &str = "/api/organizations";
const SIX: [&str; 6] = ["created_at", "id", "name", "owner_email", "plan", "slug"];

async fn creating_answers_six_fields(server: Server) {
    let body = json!({ "name": "Acme Corp", "slug": "acme", "owner_email": "admin@acme.com" });
    let made = server.post(PATH).json(body).send().await.expect(201);
    assert_eq!(made.keys(), SIX);
    let shown = json!({
        "id": made.id(), "name": "Acme Corp", "slug": "acme", "owner_email": "admin@acme.com", "plan": "free",
        "created_at": made["created_at"],
    });
    assert_eq!(made.json, shown);
    assert_eq!(made.header("location"), Some(format!("{PATH}/{}", made.id()).as_str()));
    for reference in [made.id(), "acme"] {
        assert_eq!(server.get(&format!("{PATH}/{reference}")).send().await.expect(200).json, shown);
    }
    // This organization at the other door.
    let other = server.get("/api/v1/organizations/acme").send().await.expect(200);
    assert_eq!((other.id(), &other["owner"]["email"]), (made.id(), &json!("admin@acme.com")));

    let own = server.post(PATH).json(json!({ "name": "Own" })).send().await.expect(201);
    assert_eq!((&own["owner_email"], &own["slug"]), (&json!("admin@example.com"), &json!("own")));
}

async fn a_list_is_complete_and_has_four_fields(server: Server) {
    assert_eq!(server.get(PATH).send().await.expect(200).json, json!({ "organizations": [] }));
    let mut slugs = Vec::new();
    // More than are read at once.
    for n in 0..210 {
        slugs.insert(0, server.organization(&format!("org-{n}")).await["slug"].clone());
    }
    let slugs_of = |list: &Value| {
        list["organizations"].as_array().expect("rows").iter().map(|row| row["slug"].clone()).collect::<Vec<_>>()
    };
    let all = server.get(PATH).send().await.expect(200);
    assert_eq!((all.keys(), slugs_of(&all.json)), (vec!["organizations"], slugs.clone()));
    let row = &all["organizations"][0];
    assert_eq!(*row, json!({ "id": row["id"], "name": "org-209", "slug": "org-209", "plan": "free" }));
    for limit in [3, 100, 101, 200] {
        let some = server.get(&format!("{PATH}?limit={limit}")).send().await.expect(200);
        assert_eq!(slugs_of(&some.json), slugs[..limit]);
    }
    assert_eq!(all.header("content-type"), Some("application/json"));
    for limit in ["0", "-1", "x"] {
        let refused = server.refuses(server.get(&format!("{PATH}?limit={limit}")), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["?limit"]);
    }
}

async fn an_update_merges(server: Server) {
    let body = json!({ "name": "Acme", "slug": "acme", "owner_email": "admin@acme.com" });
    let made = server.post(PATH).json(body).send().await.expect(201);
    let path = format!("{PATH}/{}", made.id());
    let updated =
        server.put(&path).json(json!({ "name": "Updated Name", "jwt_expiry_secs": 7200 })).send().await.expect(200);
    assert_eq!(updated.keys(), SIX);
    let mut expected = made.json.clone();
    expected["name"] = json!("Updated Name");
    assert_eq!(updated.json, expected);
    let full = async || server.get("/api/v1/organizations/acme").send().await.expect(200);
    assert_eq!((&full().await["name"], &full().await["jwt_expiry_secs"]), (&json!("Updated Name"), &json!(7200)));
    server.put(&path).json(json!({ "jwt_expiry_secs": 60 })).send().await.expect(200);
    assert_eq!((&full().await["name"], &full().await["jwt_expiry_secs"]), (&json!("Updated Name"), &json!(60)));
    server.put(&path).key("k").json(json!({ "name": "C" })).send().await.expect(200);
    assert!(server.put(&path).key("k").json(json!({ "name": "C" })).send().await.expect(200).is_replayed());
    for seconds in [59, 86_401] {
        let refused =
            server.refuses(server.put(&path).json(json!({ "jwt_expiry_secs": seconds })), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/jwt_expiry_secs"]);
    }
}

async fn a_deletion_has_no_content(server: Server) {
    server.organization("acme").await;
    let deleted = server.delete(&format!("{PATH}/acme")).send().await.expect(204);
    assert_eq!(deleted.body, "");
    assert_eq!(server.get(PATH).send().await.json, json!({ "organizations": [] }));
    // Nothing in the classic fields could tell that it is deleted: it is gone.
    server.refuses(server.get(&format!("{PATH}/acme")), 404, "organization_not_found").await;
    server.refuses(server.delete(&format!("{PATH}/acme")), 404, "organization_not_found").await;
}

async fn problems_are_the_same_as_everywhere(server: Server) {
    server.organization("acme").await;
    server.refuses(server.get(&format!("{PATH}/nobody")), 404, "organization_not_found").await;
    server
        .refuses(server.put(&format!("{PATH}/nobody")).json(json!({ "name": "x" })), 404, "organization_not_found")
        .await;
    server.refuses(server.delete(&format!("{PATH}/nobody")), 404, "organization_not_found").await;
    server.refuses(server.post(PATH).json(json!({ "name": "x", "slug": "acme" })), 409, "slug_taken").await;
    let unknown = server.refuses(server.post(PATH).json(json!({ "name": "x", "color": "red" })), 422, "invalid").await;
    assert_eq!(unknown.pointers(), ["/color"]);
    server.refuses(server.get(&format!("{PATH}?cursor=x")), 422, "invalid").await;
}
