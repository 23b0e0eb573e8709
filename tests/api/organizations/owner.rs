//! `owner_email` when creating.

use serde_json::json;

use crate::support::{Server, at_once};

both!(an_unknown_address_becomes_an_invited_user, the_same_address_is_the_same_user, one_address_at_once_is_one_user);

const PATH: &str = "/api/v1/organizations";

async fn an_unknown_address_becomes_an_invited_user(server: Server) {
    let head = server.head().await;
    let body = json!({ "name": "Acme", "slug": "acme", "owner_email": " Jane@Example.com " });
    let made = server.post(PATH).json(body).send().await.expect(201);
    assert_eq!(made.position(), head + 3, "the user, the organization and its default workspace");
    assert_eq!((&made["owner"]["email"], &made["owner"]["name"]), (&json!("Jane@Example.com"), &json!(null)));
    assert_eq!((&made["is_owner"], &made["user_count"]), (&json!(false), &json!(1)));
    assert_eq!(server.get(&format!("{PATH}/acme")).send().await.json, made.json);
}

async fn the_same_address_is_the_same_user(server: Server) {
    let create = async |email: &str| {
        server.post(PATH).json(json!({ "name": "Acme", "owner_email": email })).send().await.expect(201)["owner"]
            .clone()
    };
    let jane = create("Jane@Example.com").await;
    for spelling in ["Jane@Example.com", "jane@example.com", "JANE@EXAMPLE.COM"] {
        let head = server.head().await;
        assert_eq!(create(spelling).await, jane, "kept as first given");
        assert_eq!(server.head().await, head + 2, "nobody was registered");
    }
    assert_ne!(create("jane@example.org").await["id"], jane["id"]);
    // The superadmin's own address is his account.
    let own = server.organization("own").await;
    assert_eq!(create("ADMIN@example.com").await, own["owner"]);
}

async fn one_address_at_once_is_one_user(server: Server) {
    let create = server.post(PATH).json(json!({ "name": "Acme", "owner_email": "jane@example.com" }));
    let made = at_once((0..20).map(|_| create.clone().send())).await;
    let mut owners: Vec<_> = made.into_iter().map(|reply| reply.expect(201)["owner"]["id"].to_string()).collect();
    owners.dedup();
    assert_eq!(owners.len(), 1, "{owners:?}");
}
