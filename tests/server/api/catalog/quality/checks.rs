//! Quality checks themselves.

use serde_json::{Value, json};

use super::{
    super::{path, product, space},
    check, one, record,
};
use crate::support::Server;

both!(
    answers_with_the_representation,
    an_update_changes_what_it_names,
    fields_are_checked,
    a_product_of_another_space_is_none_here,
    filters_narrow_the_list_down,
    an_archived_check_is_not_changed_any_more,
);

async fn answers_with_the_representation(server: Server) {
    server.organization("acme").await;
    let data = space(&server, "acme", "data").await;
    let orders = product(&server, "data", "orders").await;
    let body = json!({
        "product_id": orders.id(), "name": " Dates ", "description": "No row without a date", "severity": "critical",
    });
    let made = server.post(&path("data", "quality")).json(body).send().await.expect(201);
    let expected = json!({
        "id": made.id(), "space": { "id": data.id(), "name": "data", "slug": "data" }, "product_id": orders.id(),
        "name": "Dates", "description": "No row without a date", "severity": "critical", "status": "active",
        "outcome": null, "value": null, "result_count": 0, "last_result_at": null,
        "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    let location = one(&made);
    assert_eq!(made.header("location"), Some(location.as_str()));
    let read = server.get(&location).send().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    server.deployment().assert_projections_verify();
}

async fn an_update_changes_what_it_names(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let orders = product(&server, "data", "orders").await;
    let made = one(&check(&server, "data", orders.id()).await);
    let change = async |body: Value| server.patch(&made).json(body).send().await.expect(200);
    let changed = change(json!({ "name": "All dates", "description": "x", "severity": "warning" })).await;
    assert_eq!(
        (&changed["name"], &changed["description"], &changed["severity"], changed.version()),
        (&json!("All dates"), &json!("x"), &json!("warning"), 2)
    );
    let bare = change(json!({ "description": null })).await;
    assert_eq!((&bare["description"], &bare["name"], bare.version()), (&Value::Null, &json!("All dates"), 3));
    assert_eq!(change(json!({ "severity": "warning" })).await.version(), 3);
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let orders = product(&server, "data", "orders").await;
    let whole = json!({ "product_id": orders.id(), "name": "x", "severity": "error" });
    for (field, value) in [
        ("product_id", json!("orders")),
        ("name", json!("")),
        ("name", json!("x".repeat(256))),
        ("severity", json!("info")),
        ("description", json!("d".repeat(2001))),
        ("outcome", json!("passed")),
    ] {
        let mut body = whole.clone();
        body[field] = value;
        let refused = server.refuses(server.post(&path("data", "quality")).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [format!("/{field}")], "{body}");
    }
    for field in ["product_id", "name", "severity"] {
        let mut body = whole.clone();
        body.as_object_mut().expect("an object").remove(field);
        let refused = server.refuses(server.post(&path("data", "quality")).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), [""], "{field}");
    }
    let made = one(&check(&server, "data", orders.id()).await);
    for body in [json!({ "product_id": orders.id() }), json!({ "name": null }), json!({ "severity": null })] {
        server.refuses(server.patch(&made).json(body), 422, "invalid").await;
    }
}

async fn a_product_of_another_space_is_none_here(server: Server) {
    server.organization("acme").await;
    for slug in ["data", "facts"] {
        space(&server, "acme", slug).await;
    }
    let foreign = product(&server, "facts", "orders").await;
    for product in [foreign.id(), "0190163d-8694-739b-aea5-966c26f8ad91"] {
        let body = json!({ "product_id": product, "name": "x", "severity": "error" });
        let refused = server.refuses(server.post(&path("data", "quality")).json(body), 422, "invalid").await;
        assert_eq!(refused["errors"], json!([{ "pointer": "/product_id", "detail": "is not a product of the space" }]));
    }
}

async fn filters_narrow_the_list_down(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let (orders, sales) = (product(&server, "data", "orders").await, product(&server, "data", "sales").await);
    let (first, second) = (check(&server, "data", orders.id()).await, check(&server, "data", sales.id()).await);
    let over = check(&server, "data", orders.id()).await;
    server.post(&format!("{}/archive", one(&over))).send().await.expect(200);
    for (filter, expected) in [
        (String::new(), vec![&second, &first]),
        ("status=active".to_owned(), vec![&second, &first]),
        ("status=archived".to_owned(), vec![&over]),
        ("status=all".to_owned(), vec![&over, &second, &first]),
        (format!("product_id={}", orders.id()), vec![&first]),
        (format!("status=all&product_id={}", orders.id()), vec![&over, &first]),
    ] {
        let listed = server.get(&format!("{}?{filter}", path("data", "quality"))).send().await.expect(200);
        assert_eq!(listed.each("id"), expected.iter().map(|check| check.id()).collect::<Vec<_>>(), "{filter}");
    }
    for (filter, detail) in
        [("status=open", "must be active, archived or all"), ("product_id=orders", "must be a UUID")]
    {
        let refused =
            server.refuses(server.get(&format!("{}?{filter}", path("data", "quality"))), 422, "invalid").await;
        assert_eq!(refused["errors"][0]["detail"], detail);
    }
}

async fn an_archived_check_is_not_changed_any_more(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let orders = product(&server, "data", "orders").await;
    let made = one(&check(&server, "data", orders.id()).await);
    record(&server, &made, "failed").await;
    let over = server.post(&format!("{made}/archive")).send().await.expect(200);
    assert_eq!((&over["status"], &over["outcome"]), (&json!("archived"), &json!("failed")));
    for request in [
        server.patch(&made).json(json!({ "name": "x" })),
        server.post(&format!("{made}/archive")),
        server.post(&format!("{made}/results")).json(json!({ "outcome": "passed" })),
        server.post(&format!("{made}/results/1/ignore")),
    ] {
        server.refuses(request, 409, "quality_check_archived").await;
    }
    assert_eq!(server.get(&format!("{made}/results")).send().await.expect(200).each("outcome"), ["failed"]);
    server.deployment().assert_projections_verify();
}
