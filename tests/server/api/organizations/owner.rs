//! `owner_email` when creating.

use serde_json::json;

use crate::support::{Server, at_once, people::PASSWORD};

both!(
    the_way_in_is_shown_once,
    an_unknown_address_becomes_an_invited_user,
    the_same_address_is_the_same_user,
    one_address_at_once_is_one_user
);

const PATH: &str = "/api/v1/organizations";

async fn an_unknown_address_becomes_an_invited_user(server: Server) {
    let head = server.head().await;
    let body = json!({ "name": "Acme", "slug": "acme", "owner_email": " Jane@Example.com " });
    let made = server.post(PATH).json(body).send().await.expect(201);
    assert_eq!(made.position(), head + 4, "the user, their activation, the organization and its default workspace");
    assert_eq!((&made["owner"]["email"], &made["owner"]["name"]), (&json!("Jane@Example.com"), &json!(null)));
    assert_eq!((&made["is_owner"], &made["user_count"]), (&json!(false), &json!(1)));
    let mut shown = made.json.clone();
    let activation = shown.as_object_mut().expect("an object").remove("activation").expect("a way in");
    assert_eq!(server.get(&format!("{PATH}/acme")).send().await.json, shown);

    let body = json!({ "token": activation["token"], "password": PASSWORD, "name": "Jane" });
    let jane = server.post("/api/v1/auth/activate").anonymous().json(body).send().await.expect(200);
    let token = jane["tokens"]["access_token"].as_str().expect("a token");
    assert_eq!(server.get(&format!("{PATH}/acme")).bearer(token).send().await.expect(200)["is_owner"], true);
    // Whoever has an account needs no way in.
    let body = json!({ "name": "Acme", "owner_email": "jane@example.com" });
    assert_eq!(server.post(PATH).json(body).send().await.expect(201)["activation"], json!(null));
}

async fn the_way_in_is_shown_once(server: Server) {
    let body = json!({ "name": "Acme", "owner_email": "jane@example.com" });
    let create = server.post(PATH).json(body).key("k");
    let made = create.clone().send().await.expect(201);
    assert_eq!(made["activation"]["secret_available"], true);
    let again = create.send().await.expect(201);
    assert!(again.is_replayed());
    assert_eq!(
        (&again["activation"]["token"], &again["activation"]["secret_available"]),
        (&json!(null), &json!(false))
    );
    let token = made["activation"]["token"].as_str().expect("a token");
    let ledger = server.deployment().ledger().await;
    assert_eq!(ledger.occurrences(token).await, Vec::<String>::new(), "only its hash is kept");
    ledger.close().await;
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
    // The superadmin's own address names their account.
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
