//! `POST /api/v1/spaces/{space}/products`.

use serde_json::{Value, json};

use super::super::{path, product, space};
use crate::support::{Server, at_once};

both!(
    answers_with_the_representation,
    the_slug_is_derived_from_the_name,
    a_slug_is_taken_in_its_space_only,
    fields_are_checked,
    concurrent_creations_get_different_slugs,
    nothing_is_made_in_an_archived_space,
);

async fn answers_with_the_representation(server: Server) {
    server.organization("acme").await;
    let data = space(&server, "acme", "data").await;
    let body = json!({ "name": " Orders ", "slug": "orders", "description": "What was sold" });
    let made = server.post(&path("data", "products")).json(body).send().await.expect(201);
    let expected = json!({
        "id": made.id(), "space": { "id": data.id(), "name": "data", "slug": "data" },
        "name": "Orders", "slug": "orders", "description": "What was sold",
        "status": "active", "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    let location = format!("/api/v1/products/{}", made.id());
    assert_eq!(made.header("location"), Some(location.as_str()));
    let read = server.get(&location).send().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    // Another name of the space is another state of what is shown.
    server.patch("/api/v1/spaces/data").json(json!({ "name": "Facts" })).send().await.expect(200);
    let read = server.get(&location).header("if-none-match", made.etag()).send().await.expect(200);
    assert_eq!((&read["space"]["name"], read.version()), (&json!("Facts"), 1));
    server.deployment().assert_projections_verify();
}

async fn the_slug_is_derived_from_the_name(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let create = async |name: &str| {
        let made = server.post(&path("data", "products")).json(json!({ "name": name })).send().await.expect(201);
        made["slug"].as_str().expect("a slug").to_owned()
    };
    assert_eq!(create("All Orders").await, "all-orders");
    assert_eq!(create("ALL  orders!").await, "all-orders-2");
    let random = create("\u{65e5}\u{672c}").await;
    assert!(random.strip_prefix("product-").is_some_and(|random| random.len() == 6), "{random}");
}

async fn a_slug_is_taken_in_its_space_only(server: Server) {
    server.organization("acme").await;
    for slug in ["data", "facts"] {
        space(&server, "acme", slug).await;
        product(&server, slug, "orders").await;
        let again = json!({ "name": "x", "slug": "orders" });
        server.refuses(server.post(&path(slug, "products")).json(again), 409, "slug_taken").await;
    }
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "name": "" }), "/name"),
        (json!({ "name": "x".repeat(256) }), "/name"),
        (json!({ "name": "x", "slug": "A" }), "/slug"),
        (json!({ "name": "x", "slug": "0190163d-8694-739b-aea5-966c26f8ad91" }), "/slug"),
        (json!({ "name": "x", "description": "d".repeat(2001) }), "/description"),
        (json!({ "name": "x", "space": "facts" }), "/space"),
        (json!({ "name": "x", "status": "archived" }), "/status"),
    ] {
        let refused = server.refuses(server.post(&path("data", "products")).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
    let body = json!({ "name": "x", "description": " " });
    let bare = server.post(&path("data", "products")).json(body).send().await.expect(201);
    assert_eq!(bare["description"], Value::Null);
}

async fn concurrent_creations_get_different_slugs(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let named = server.post(&path("data", "products")).json(json!({ "name": "x", "slug": "orders" }));
    let mut replies = at_once((0..20).map(|_| named.clone().send())).await;
    replies.sort_by_key(|reply| reply.status);
    replies[0].clone().expect(201);
    assert!(replies[1..].iter().all(|lost| (lost.status, &lost["code"]) == (409, &json!("slug_taken"))));

    let derived = server.post(&path("data", "products")).json(json!({ "name": "Sales" }));
    let made = at_once((0..20).map(|_| derived.clone().send())).await;
    let mut slugs: Vec<_> = made.into_iter().map(|reply| reply.expect(201)["slug"].to_string()).collect();
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 20, "{slugs:?}");
}

async fn nothing_is_made_in_an_archived_space(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = product(&server, "data", "orders").await;
    server.post("/api/v1/spaces/data/archive").send().await.expect(200);
    let one = format!("/api/v1/products/{}", made.id());
    for request in [
        server.post(&path("data", "products")).json(json!({ "name": "x" })),
        server.patch(&one).json(json!({ "name": "x" })),
        server.post(&format!("{one}/archive")),
    ] {
        server.refuses(request, 409, "space_archived").await;
    }
    assert_eq!(server.get(&one).send().await.expect(200).json, made.json);
}
