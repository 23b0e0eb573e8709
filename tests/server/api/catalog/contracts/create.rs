//! `POST /api/v1/spaces/{space}/contracts`.

use serde_json::{Value, json};

use super::{super::product, contract, create, one, space, two_products};
use crate::support::Server;

both!(answers_with_the_representation, it_is_between_two_products_of_its_space, fields_are_checked);

async fn answers_with_the_representation(server: Server) {
    let products = two_products(&server).await;
    let [orders, sales] = &products;
    let more =
        json!({ "name": " Daily ", "description": "Once a day", "expires_at": "2999-01-31T12:00:00.0009+01:00" });
    let made = contract(&server, &products, more).await;
    let summary = |of: &Value| json!({ "id": of["id"], "name": of["name"], "slug": of["slug"] });
    let expected = json!({
        "id": made.id(), "space": orders["space"], "name": "Daily", "description": "Once a day",
        "producer": summary(&orders.json), "consumer": summary(&sales.json),
        "status": "draft", "expires_at": "2999-01-31T11:00:00.000Z", "archived_at": null,
        "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    assert_eq!(made.header("location"), Some(one(&made).as_str()));
    let read = server.get(&one(&made)).send().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    let bare = contract(&server, &products, json!({ "description": "", "expires_at": null })).await;
    assert_eq!((&bare["description"], &bare["expires_at"]), (&Value::Null, &Value::Null));
    server.deployment().assert_projections_verify();
}

async fn it_is_between_two_products_of_its_space(server: Server) {
    let [orders, sales] = two_products(&server).await;
    server.organization("other").await;
    space(&server, "acme", "facts").await;
    space(&server, "other", "foreign").await;
    let beside = product(&server, "facts", "beside").await;
    let foreign = product(&server, "foreign", "foreign").await;
    let archived = product(&server, "data", "archived").await;
    server.post(&format!("/api/v1/products/{}/archive", archived.id())).send().await.expect(200);
    let data = orders["space"]["id"].as_str().expect("an id");
    let head = server.head().await;
    for wrong in [beside.id(), foreign.id(), archived.id(), data, "0190163d-8694-739b-aea5-966c26f8ad91", "orders"] {
        for (pair, pointer) in [([wrong, sales.id()], "/producer_id"), ([orders.id(), wrong], "/consumer_id")] {
            let refused = server.refuses(create(&server, pair, &Value::Null), 422, "invalid").await;
            assert_eq!(refused.pointers(), [pointer], "{wrong}");
            assert!(!refused.body.contains("foreign"), "{refused}");
        }
    }
    let itself = create(&server, [orders.id(), orders.id()], &Value::Null);
    assert_eq!(server.refuses(itself, 422, "invalid").await.pointers(), ["/consumer_id"]);
    assert_eq!(server.head().await, head);
}

async fn fields_are_checked(server: Server) {
    let products = two_products(&server).await;
    let [orders, sales] = [products[0].id(), products[1].id()];
    for (more, pointer) in [
        (json!({ "name": "" }), "/name"),
        (json!({ "name": "x".repeat(256) }), "/name"),
        (json!({ "description": "d".repeat(2001) }), "/description"),
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), "/expires_at"),
        (json!({ "expires_at": "tomorrow" }), "/expires_at"),
        (json!({ "producer_id": null }), "/producer_id"),
        (json!({ "status": "active" }), "/status"),
    ] {
        let refused = server.refuses(create(&server, [orders, sales], &more), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{more}");
    }
    let made = contract(&server, &products, Value::Null).await;
    for (body, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), "/expires_at"),
        (json!({ "producer_id": sales }), "/producer_id"),
    ] {
        let refused = server.refuses(server.patch(&one(&made)).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
}
