//! `POST /api/v1/organizations/{org}/workspaces`.

use serde_json::{Value, json};

use super::{path, roomy, workspace};
use crate::support::{Server, at_once};

both!(
    answers_with_the_representation,
    the_slug_is_derived_from_the_name,
    a_slug_is_taken_in_its_organization_only,
    fields_are_checked,
    concurrent_creations_get_different_slugs,
);

async fn answers_with_the_representation(server: Server) {
    let acme = server.organization("acme").await;
    let body = json!({ "name": " Production ", "slug": "prod", "description": "Live" });
    let made = server.post(&path("acme")).json(body).send().await.expect(201);
    let expected = json!({
        "id": made.id(), "organization_id": acme.id(), "name": "Production", "slug": "prod", "description": "Live",
        "is_default": false, "status": "active", "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    let location = format!("{}/{}", path(acme.id()), made.id());
    assert_eq!(made.header("location"), Some(location.as_str()));
    for reference in [made.id(), "prod", &made.id().to_uppercase()] {
        let read = server.get(&format!("{}/{reference}", path("acme"))).send().await.expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    }
    let default = server.get(&format!("{}/default", path("acme"))).send().await.expect(200);
    assert_eq!((&default["is_default"], &default["name"]), (&json!(true), &json!("Default")));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["workspace_count"], 2);
}

async fn the_slug_is_derived_from_the_name(server: Server) {
    roomy(&server, "acme").await;
    let create = async |name: &str| {
        let made = server.post(&path("acme")).json(json!({ "name": name })).send().await.expect(201);
        made["slug"].as_str().expect("a slug").to_owned()
    };
    assert_eq!(create("Test Lab").await, "test-lab");
    for n in 2..=9 {
        assert_eq!(create("TEST  lab!").await, format!("test-lab-{n}"));
    }
    let tenth = create("Test Lab").await;
    let suffix = tenth.strip_prefix("test-lab-").expect("a suffix");
    assert!(suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_hexdigit()), "{tenth}");
    for nothing_is_left in ["日本", "Default", "New"] {
        let slug = create(nothing_is_left).await;
        assert!(slug.strip_prefix("workspace-").is_some_and(|random| random.len() == 6), "{slug}");
    }
}

async fn a_slug_is_taken_in_its_organization_only(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    workspace(&server, "acme", "lab").await;
    workspace(&server, "other", "lab").await;
    for taken in ["lab", "default"] {
        let create = server.post(&path("acme")).json(json!({ "name": "x", "slug": taken }));
        server.refuses(create, 409, "slug_taken").await;
    }
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "name": "" }), "/name"),
        (json!({ "name": "x".repeat(256) }), "/name"),
        (json!({ "name": "x", "slug": "A" }), "/slug"),
        (json!({ "name": "x", "slug": "new" }), "/slug"),
        (json!({ "name": "x", "slug": "0190163d-8694-739b-aea5-966c26f8ad91" }), "/slug"),
        (json!({ "name": "x", "slug": "x".repeat(64) }), "/slug"),
        (json!({ "name": "x", "description": "d".repeat(2001) }), "/description"),
        (json!({ "name": "x", "is_default": true }), "/is_default"),
        (json!({ "name": "x", "organization_id": "0190163d-8694-739b-aea5-966c26f8ad91" }), "/organization_id"),
    ] {
        let refused = server.refuses(server.post(&path("acme")).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
    let bare = server.post(&path("acme")).json(json!({ "name": "x", "description": " " })).send().await.expect(201);
    assert_eq!(bare["description"], Value::Null);
}

async fn concurrent_creations_get_different_slugs(server: Server) {
    roomy(&server, "acme").await;
    let named = server.post(&path("acme")).json(json!({ "name": "x", "slug": "lab" }));
    let mut replies = at_once((0..20).map(|_| named.clone().send())).await;
    replies.sort_by_key(|reply| reply.status);
    replies[0].clone().expect(201);
    assert!(replies[1..].iter().all(|lost| (lost.status, &lost["code"]) == (409, &json!("slug_taken"))));

    let derived = server.post(&path("acme")).json(json!({ "name": "Plant" }));
    let made = at_once((0..20).map(|_| derived.clone().send())).await;
    let mut slugs: Vec<_> = made.into_iter().map(|reply| reply.expect(201)["slug"].to_string()).collect();
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 20, "{slugs:?}");
}
