//! `PATCH /api/v1/products/{id}` and `POST /api/v1/products/{id}/archive`.

use serde_json::{Value, json};

use super::super::{path, product, space};
use crate::support::{Server, at_once};

both!(
    fields_that_are_absent_stay,
    a_slug_moves_and_is_free_again,
    fields_are_checked,
    an_archived_product_stays_as_it_is,
    of_many_at_once_one_archives,
);

async fn fields_that_are_absent_stay(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = product(&server, "data", "orders").await;
    let one = format!("/api/v1/products/{}", made.id());
    let patch = async |body: Value| server.patch(&one).json(body).send().await.expect(200);
    let changed = patch(json!({ "description": "What was sold" })).await;
    let mut expected = made.json.clone();
    expected["description"] = json!("What was sold");
    expected["updated_at"] = changed["updated_at"].clone();
    assert_eq!((&changed.json, changed.version()), (&expected, 2));
    assert_eq!(patch(json!({ "name": "Sales" })).await["slug"], "orders", "a slug does not follow the name");
    assert_eq!(patch(json!({ "description": null })).await["description"], Value::Null);
    let head = server.head().await;
    for body in [json!({}), json!({ "name": "Sales", "slug": "orders", "description": null })] {
        assert_eq!(patch(body).await.version(), 4);
    }
    assert_eq!(server.head().await, head);
}

async fn a_slug_moves_and_is_free_again(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let [orders, sales] = [product(&server, "data", "orders").await, product(&server, "data", "sales").await];
    let change = |id: &str, to: &str| server.patch(&format!("/api/v1/products/{id}")).json(json!({ "slug": to }));
    server.refuses(change(orders.id(), "sales"), 409, "slug_taken").await;
    change(orders.id(), "turnover").send().await.expect(200);
    change(sales.id(), "orders").send().await.expect(200);
    let list = server.get(&path("data", "products")).send().await.expect(200);
    assert_eq!(list.each("slug"), ["orders", "turnover"]);
    server.deployment().assert_projections_verify();
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let one = format!("/api/v1/products/{}", product(&server, "data", "orders").await.id());
    for (body, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "slug": null }), "/slug"),
        (json!({ "slug": "-a" }), "/slug"),
        (json!({ "description": "d".repeat(2001) }), "/description"),
        (json!({ "status": "archived" }), "/status"),
        (json!({ "space": "other" }), "/space"),
    ] {
        let refused = server.refuses(server.patch(&one).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
}

async fn an_archived_product_stays_as_it_is(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = product(&server, "data", "orders").await;
    let one = format!("/api/v1/products/{}", made.id());
    let archived = server.post(&format!("{one}/archive")).send().await.expect(200);
    let mut expected = made.json.clone();
    expected["status"] = json!("archived");
    expected["updated_at"] = archived["updated_at"].clone();
    assert_eq!((&archived.json, archived.version()), (&expected, 2));
    assert_eq!(server.get(&one).send().await.expect(200).json, archived.json);
    server.refuses(server.post(&format!("{one}/archive")), 409, "product_archived").await;
    server.refuses(server.patch(&one).json(json!({ "name": "x" })), 409, "product_archived").await;
    let again = server.post(&path("data", "products")).json(json!({ "name": "x", "slug": "orders" }));
    server.refuses(again, 409, "slug_taken").await;
    server.deployment().assert_projections_verify();
}

async fn of_many_at_once_one_archives(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let archive = server.post(&format!("/api/v1/products/{}/archive", product(&server, "data", "orders").await.id()));
    let mut statuses: Vec<_> =
        at_once((0..10).map(|_| archive.clone().send())).await.into_iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, [409; 9].as_slice()));
}
