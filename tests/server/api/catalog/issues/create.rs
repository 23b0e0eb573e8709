//! `POST /api/v1/spaces/{space}/issues` and `PATCH /api/v1/issues/{id}`.

use serde_json::{Value, json};

use super::{
    super::{path, product, space},
    issue, one,
};
use crate::support::Server;

both!(
    answers_with_the_representation,
    an_update_changes_what_it_names,
    fields_are_checked,
    a_product_of_another_space_is_none_here,
    nothing_is_written_in_an_archived_space,
    only_those_in_the_space_know_of_it,
);

async fn answers_with_the_representation(server: Server) {
    server.organization("acme").await;
    let data = space(&server, "acme", "data").await;
    let orders = product(&server, "data", "orders").await;
    let jane = editor(&server, "jane@example.com").await;
    let body = json!({
        "title": " It stops ", "description": "Half-way", "priority": "critical",
        "assignee_id": jane.id, "product_id": orders.id(),
    });
    let made = server.post(&path("data", "issues")).by(&jane).json(body).send().await.expect(201);
    let expected = json!({
        "id": made.id(), "space": { "id": data.id(), "name": "data", "slug": "data" },
        "title": "It stops", "description": "Half-way", "status": "open", "priority": "critical",
        "assignee_id": jane.id, "product_id": orders.id(), "comment_count": 0, "created_by": jane.id,
        "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    let location = one(&made);
    assert_eq!(made.header("location"), Some(location.as_str()));
    let read = server.get(&location).send().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    let bare = issue(&server, "data", "Bare").await;
    for (field, value) in [
        ("description", Value::Null),
        ("priority", json!("medium")),
        ("assignee_id", Value::Null),
        ("product_id", Value::Null),
    ] {
        assert_eq!(bare[field], value, "{field}");
    }
    server.deployment().assert_projections_verify();
}

async fn an_update_changes_what_it_names(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let orders = product(&server, "data", "orders").await;
    let jane = editor(&server, "jane@example.com").await;
    let body = json!({ "title": "It stops", "description": "Half-way", "product_id": orders.id() });
    let made = server.post(&path("data", "issues")).json(body).send().await.expect(201);
    let change = async |body: Value| server.patch(&one(&made)).json(body).send().await.expect(200);
    let same = change(json!({})).await;
    assert_eq!((&same.json, same.version()), (&made.json, 1));
    let both = change(json!({ "title": "It halts", "assignee_id": jane.id })).await;
    assert_eq!((&both["title"], &both["assignee_id"], both.version()), (&json!("It halts"), &json!(jane.id), 3));
    assert_eq!((&both["description"], &both["product_id"]), (&made["description"], &made["product_id"]));
    let bare = change(json!({ "description": null, "assignee_id": null, "product_id": null, "priority": "low" })).await;
    for field in ["description", "assignee_id", "product_id"] {
        assert_eq!(bare[field], Value::Null, "{field}");
    }
    assert_eq!(bare["priority"], "low");
    server.deployment().assert_projections_verify();
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = issue(&server, "data", "It stops").await;
    let head = server.head().await;
    for (field, value) in [
        ("title", json!("")),
        ("title", json!("x".repeat(256))),
        ("title", json!("a\u{0}b")),
        ("description", json!("d".repeat(2001))),
        ("priority", json!("urgent")),
        ("priority", json!(1)),
        ("assignee_id", json!("jane")),
        ("product_id", json!("orders")),
        ("status", json!("resolved")),
        ("space", json!("facts")),
    ] {
        let mut body = json!({ "title": "x" });
        body[field] = value;
        for request in [server.post(&path("data", "issues")), server.patch(&one(&made))] {
            let refused = server.refuses(request.json(body.clone()), 422, "invalid").await;
            assert_eq!(refused.pointers(), [format!("/{field}")], "{body}");
        }
    }
    let refused = server.refuses(server.post(&path("data", "issues")).json(json!({})), 422, "invalid").await;
    assert_eq!(refused.pointers(), [""]);
    let refused = json!({ "title": "x", "priority": "urgent" });
    let refused = server.refuses(server.post(&path("data", "issues")).json(refused), 422, "invalid").await;
    assert_eq!(refused["errors"][0]["detail"], "must be low, medium, high or critical");
    for field in ["title", "priority"] {
        let refused = server.refuses(server.patch(&one(&made)).json(json!({ field: null })), 422, "invalid").await;
        assert_eq!(refused.pointers(), [format!("/{field}")]);
    }
    assert_eq!(server.head().await, head);
}

async fn a_product_of_another_space_is_none_here(server: Server) {
    server.organization("acme").await;
    for slug in ["data", "facts"] {
        space(&server, "acme", slug).await;
    }
    let foreign = product(&server, "facts", "orders").await;
    let made = issue(&server, "data", "It stops").await;
    for product in [foreign.id(), made.id(), "0190163d-8694-739b-aea5-966c26f8ad91"] {
        let body = json!({ "title": "x", "product_id": product });
        for request in [server.post(&path("data", "issues")), server.patch(&one(&made))] {
            let refused = server.refuses(request.json(body.clone()), 422, "invalid").await;
            assert_eq!(
                refused["errors"],
                json!([{ "pointer": "/product_id", "detail": "is not a product of the space" }])
            );
        }
    }
}

async fn nothing_is_written_in_an_archived_space(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = issue(&server, "data", "It stops").await;
    server.post("/api/v1/spaces/data/archive").send().await.expect(200);
    let at = |action: &str| server.post(&format!("{}/{action}", one(&made)));
    for request in [
        server.post(&path("data", "issues")).json(json!({ "title": "x" })),
        server.patch(&one(&made)).json(json!({ "title": "x" })),
        at("start"),
        at("resolve"),
        at("wont-fix"),
        at("reopen"),
        at("comments").json(json!({ "body": "x" })),
    ] {
        server.refuses(request, 409, "space_archived").await;
    }
    assert_eq!(server.get(&one(&made)).send().await.expect(200).json, made.json);
}

async fn only_those_in_the_space_know_of_it(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = issue(&server, "data", "It stops").await;
    let (viewer, other) = (
        server.member("acme", "v@example.com", "developer").await,
        server.member("acme", "o@example.com", "developer").await,
    );
    let role = json!({ "role": "viewer" });
    server.put(&format!("/api/v1/spaces/data/members/{}", viewer.id)).json(role).send().await.expect(200);
    let comments = format!("{}/comments", one(&made));
    let write = || server.patch(&one(&made)).json(json!({ "title": "x" }));
    for request in [server.get(&one(&made)), server.get(&comments)] {
        request.clone().by(&viewer).send().await.expect(200);
        server.refuses(request.by(&other), 404, "issue_not_found").await;
    }
    for request in
        [write(), server.post(&comments).json(json!({ "body": "x" })), server.post(&format!("{}/start", one(&made)))]
    {
        server.refuses(request.clone().by(&viewer), 403, "missing_permission").await;
        server.refuses(request.by(&other), 404, "issue_not_found").await;
    }
    server.refuses(server.get(&path("data", "issues")).by(&other), 404, "space_not_found").await;
    // A space on its own has no organization that its events belong to.
    server
        .delete(&format!("/api/v1/organizations/acme/spaces/{}", made["space"]["id"].as_str().expect("an id")))
        .send()
        .await
        .expect(204);
    write().send().await.expect(200);
    server.get(&one(&made)).by(&viewer).send().await.expect(200);
    server.deployment().assert_projections_verify();
}

/// Somebody in the organization who may write in the space.
async fn editor(server: &Server, email: &str) -> crate::support::Person {
    let person = server.member("acme", email, "member").await;
    let role = json!({ "role": "editor" });
    server.put(&format!("/api/v1/spaces/data/members/{}", person.id)).json(role).send().await.expect(200);
    person
}
