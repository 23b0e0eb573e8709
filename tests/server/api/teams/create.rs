//! `POST /api/v1/organizations/{org}/teams`.

use serde_json::{Value, json};

use super::{path, team};
use crate::support::{Server, at_once};

both!(answers_with_the_representation, a_name_is_taken_in_any_case, fields_are_checked, twenty_at_once_share_one_name,);

async fn answers_with_the_representation(server: Server) {
    let acme = server.organization("acme").await;
    let body = json!({ "name": " Engineering ", "description": "Backend\nservices" });
    let made = server.post(&path("acme")).json(body).send().await.expect(201);
    let expected = json!({
        "id": made.id(), "organization_id": acme.id(), "name": "Engineering", "description": "Backend\nservices",
        "member_count": 0, "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    assert_eq!(made.position(), acme.position() + 1);
    let location = format!("{}/{}", path(acme.id()), made.id());
    assert_eq!(made.header("location"), Some(location.as_str()));
    let read = server.get(&location).send().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    // Without a description there is none, and an empty one is none.
    for body in [json!({ "name": "a" }), json!({ "name": "b", "description": " " })] {
        let bare = server.post(&path("acme")).json(body).send().await.expect(201);
        assert_eq!(bare["description"], Value::Null);
    }
}

async fn a_name_is_taken_in_any_case(server: Server) {
    for org in ["acme", "other"] {
        server.organization(org).await;
        team(&server, org, "Ärzte Nord").await;
    }
    for name in ["Ärzte Nord", "ärzte nord", "ÄRZTE NORD", "  Ärzte Nord "] {
        server.refuses(server.post(&path("acme")).json(json!({ "name": name })), 409, "name_taken").await;
    }
    team(&server, "acme", "Ärzte  Nord").await;
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "name": "" }), "/name"),
        (json!({ "name": " \t" }), "/name"),
        (json!({ "name": "a\nb" }), "/name"),
        (json!({ "name": "x".repeat(256) }), "/name"),
        (json!({ "name": 7 }), "/name"),
        (json!({ "name": "x", "description": "d".repeat(2001) }), "/description"),
        (json!({ "name": "x", "slug": "x" }), "/slug"),
        (json!({ "name": "x", "organization_id": "0190163d-8694-739b-aea5-966c26f8ad91" }), "/organization_id"),
    ] {
        let refused = server.refuses(server.post(&path("acme")).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
    let both = json!({ "name": "", "description": "\u{0}" });
    let refused = server.refuses(server.post(&path("acme")).json(both), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/description", "/name"]);
    team(&server, "acme", &"x".repeat(255)).await;
}

async fn twenty_at_once_share_one_name(server: Server) {
    server.organization("acme").await;
    let head = server.head().await;
    let create = server.post(&path("acme")).json(json!({ "name": "Engineering" }));
    let mut replies = at_once((0..20).map(|_| create.clone().send())).await;
    replies.sort_by_key(|reply| reply.status);
    replies[0].clone().expect(201);
    for lost in &replies[1..] {
        assert_eq!((lost.status, &lost["code"]), (409, &json!("name_taken")), "{lost}");
    }
    assert_eq!(server.head().await, head + 1);
}
