//! Making, changing and archiving spaces.

use serde_json::json;

use super::{ALL, one, space};
use crate::support::Server;

both!(
    answers_with_the_representation,
    a_slug_is_taken_everywhere,
    fields_are_checked,
    an_archived_space_stays_as_it_is,
    an_organization_has_room_for_so_many,
);

async fn answers_with_the_representation(server: Server) {
    let acme = server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    let body = json!({ "name": " Analytics ", "description": "Numbers", "organization": "acme" });
    let made = server.post(ALL).by(&jane).json(body).send().await.expect(201);
    let expected = json!({
        "id": made.id(), "organization": { "id": acme.id(), "name": "acme", "slug": "acme" },
        "name": "Analytics", "slug": "analytics", "description": "Numbers", "role": "admin", "status": "active",
        "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    assert_eq!(made.header("location"), Some(one(made.id()).as_str()));
    for reference in [made.id(), "analytics", &made.id().to_uppercase()] {
        let read = server.get(&one(reference)).by(&jane).send().await.expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    }
    // What others are in it is another matter.
    assert_eq!(server.get(&one("analytics")).send().await.expect(200)["role"], json!(null));
    let own = server.post(ALL).by(&jane).json(json!({ "name": "My own" })).send().await.expect(201);
    assert_eq!((&own["organization"], &own["slug"], &own["role"]), (&json!(null), &json!("my-own"), &json!("admin")));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["space_count"], 1);
    let changed = json!({ "name": "Data", "slug": "data", "description": null });
    let changed = server.patch(&one("analytics")).by(&jane).json(changed).send().await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["slug"], &changed["description"]),
        (&json!("Data"), &json!("data"), &json!(null))
    );
    assert_eq!(changed.version(), 2);
    server.refuses(server.get(&one("analytics")), 404, "space_not_found").await;
    server.deployment().assert_projections_verify();
}

async fn a_slug_is_taken_everywhere(server: Server) {
    server.organization("acme").await;
    server.organization("beta").await;
    space(&server, Some("acme"), "data").await;
    for organization in [json!("acme"), json!("beta"), json!(null)] {
        let taken = json!({ "name": "Data", "slug": "data", "organization": organization });
        server.refuses(server.post(ALL).json(taken), 409, "slug_taken").await;
        let derived = json!({ "name": "Data", "organization": organization });
        let derived = server.post(ALL).json(derived).send().await.expect(201);
        assert!(derived["slug"].as_str().is_some_and(|slug| slug.starts_with("data-")), "{derived}");
    }
    // A slug that was given up is free.
    server.patch(&one("data")).json(json!({ "slug": "facts" })).send().await.expect(200);
    space(&server, Some("beta"), "data").await;
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    let head = server.head().await;
    for (body, pointers) in [
        (json!({}), vec![""]),
        (json!({ "name": "" }), vec!["/name"]),
        (
            json!({ "name": "x".repeat(256), "slug": "A b", "description": "x".repeat(2001) }),
            vec!["/description", "/name", "/slug"],
        ),
        (json!({ "name": "x", "slug": "new" }), vec!["/slug"]),
    ] {
        let refused = server.refuses(server.post(ALL).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers);
    }
    let nowhere = json!({ "name": "x", "organization": "nowhere" });
    server.refuses(server.post(ALL).json(nowhere), 404, "organization_not_found").await;
    assert_eq!(server.head().await, head);
}

async fn an_archived_space_stays_as_it_is(server: Server) {
    server.organization("acme").await;
    let made = space(&server, Some("acme"), "data").await;
    let archived = server.post(&format!("{}/archive", one("data"))).send().await.expect(200);
    assert_eq!((&archived["status"], archived.version()), (&json!("archived"), 2));
    for request in [
        server.post(&format!("{}/archive", one("data"))),
        server.patch(&one("data")).json(json!({ "name": "Other" })),
        server.put(&format!("{}/members/{}", one("data"), admin(&server).await)).json(json!({ "role": "viewer" })),
    ] {
        server.refuses(request, 409, "space_archived").await;
    }
    let list = async |parameters: &str| {
        server.get(&format!("/api/v1/organizations/acme/spaces{parameters}")).send().await.expect(200).each("id")
    };
    assert_eq!((list("").await, list("?status=archived").await), (vec![], vec![made.id().to_owned()]));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["space_count"], 0);
    // It keeps its slug.
    server.refuses(server.post(ALL).json(json!({ "name": "x", "slug": "data" })), 409, "slug_taken").await;
}

async fn an_organization_has_room_for_so_many(server: Server) {
    server.organization("acme").await;
    server.patch("/api/v1/organizations/acme/limits").json(json!({ "max_spaces": 2 })).send().await.expect(200);
    space(&server, Some("acme"), "one").await;
    let own = space(&server, None, "own").await;
    space(&server, Some("acme"), "two").await;
    let third = json!({ "name": "Three", "organization": "acme" });
    let refused = server.refuses(server.post(ALL).json(third.clone()), 409, "space_limit_reached").await;
    assert_eq!((&refused["limit"], &refused["current"]), (&json!(2), &json!(2)));
    let attach = server.post("/api/v1/organizations/acme/spaces").json(json!({ "space_id": own.id() }));
    server.refuses(attach.clone(), 409, "space_limit_reached").await;
    // What is archived counts for nothing.
    server.post(&format!("{}/archive", one("one"))).send().await.expect(200);
    attach.send().await.expect(200);
    server.refuses(server.post(ALL).json(third), 409, "space_limit_reached").await;
}

async fn admin(server: &Server) -> String {
    server.get("/api/v1/me").send().await.expect(200).id().to_owned()
}
