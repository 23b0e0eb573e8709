//! `POST /api/v1/organizations/{org}/projects`.

use serde_json::{Value, json};

use super::{path, project};
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
    let default = server.get("/api/v1/organizations/acme/workspaces/default").send().await.expect(200);
    let body = json!({ "name": " Web site ", "slug": "site", "description": "Live", "workspace": "default" });
    let made = server.post(&path("acme")).json(body).send().await.expect(201);
    let expected = json!({
        "id": made.id(), "organization": { "id": acme.id(), "name": "acme", "slug": "acme" },
        "workspace_id": default.id(), "name": "Web site", "slug": "site", "description": "Live",
        "status": "active", "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    let location = format!("{}/{}", path(acme.id()), made.id());
    assert_eq!(made.header("location"), Some(location.as_str()));
    for reference in [made.id(), "site", &made.id().to_uppercase()] {
        let read = server.get(&format!("{}/{reference}", path("acme"))).send().await.expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    }
    // Another name of the organization is another state of what is shown.
    server.patch("/api/v1/organizations/acme").json(json!({ "name": "Acme" })).send().await.expect(200);
    let read = server.get(&location).header("if-none-match", made.etag()).send().await.expect(200);
    assert_eq!((&read["organization"]["name"], read.version()), (&json!("Acme"), 1));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["project_count"], 1);
    server.deployment().assert_projections_verify();
}

async fn the_slug_is_derived_from_the_name(server: Server) {
    server.organization("acme").await;
    let create = async |name: &str| {
        let made = server.post(&path("acme")).json(json!({ "name": name })).send().await.expect(201);
        made["slug"].as_str().expect("a slug").to_owned()
    };
    assert_eq!(create("Web Site").await, "web-site");
    for n in 2..=9 {
        assert_eq!(create("WEB  site!").await, format!("web-site-{n}"));
    }
    let tenth = create("Web Site").await;
    let suffix = tenth.strip_prefix("web-site-").expect("a suffix");
    assert!(suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_hexdigit()), "{tenth}");
    for nothing_is_left in ["日本", "New"] {
        let slug = create(nothing_is_left).await;
        assert!(slug.strip_prefix("project-").is_some_and(|random| random.len() == 6), "{slug}");
    }
}

async fn a_slug_is_taken_in_its_organization_only(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    project(&server, "acme", "site").await;
    project(&server, "other", "site").await;
    let create = |slug: &str| server.post(&path("acme")).json(json!({ "name": "x", "slug": slug }));
    server.refuses(create("site"), 409, "slug_taken").await;
    // A workspace is something else.
    let lab = json!({ "name": "Lab", "slug": "lab" });
    server.post("/api/v1/organizations/acme/workspaces").json(lab).send().await.expect(201);
    create("lab").send().await.expect(201);
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "name": "" }), "/name"),
        (json!({ "name": "x".repeat(256) }), "/name"),
        (json!({ "name": "x", "slug": "A" }), "/slug"),
        (json!({ "name": "x", "slug": "default" }), "/slug"),
        (json!({ "name": "x", "slug": "0190163d-8694-739b-aea5-966c26f8ad91" }), "/slug"),
        (json!({ "name": "x", "description": "d".repeat(2001) }), "/description"),
        (json!({ "name": "x", "workspace": "no workspace" }), "/workspace"),
        (json!({ "name": "x", "workspace_id": "0190163d-8694-739b-aea5-966c26f8ad91" }), "/workspace_id"),
        (json!({ "name": "x", "organization": "other" }), "/organization"),
        (json!({ "name": "x", "status": "archived" }), "/status"),
    ] {
        let refused = server.refuses(server.post(&path("acme")).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
    let body = json!({ "name": "x", "description": " ", "workspace": null });
    let bare = server.post(&path("acme")).json(body).send().await.expect(201);
    assert_eq!((&bare["description"], &bare["workspace_id"]), (&Value::Null, &Value::Null));
}

async fn concurrent_creations_get_different_slugs(server: Server) {
    server.organization("acme").await;
    let named = server.post(&path("acme")).json(json!({ "name": "x", "slug": "site" }));
    let mut replies = at_once((0..20).map(|_| named.clone().send())).await;
    replies.sort_by_key(|reply| reply.status);
    replies[0].clone().expect(201);
    assert!(replies[1..].iter().all(|lost| (lost.status, &lost["code"]) == (409, &json!("slug_taken"))));

    let derived = server.post(&path("acme")).json(json!({ "name": "Shop" }));
    let made = at_once((0..20).map(|_| derived.clone().send())).await;
    let mut slugs: Vec<_> = made.into_iter().map(|reply| reply.expect(201)["slug"].to_string()).collect();
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 20, "{slugs:?}");
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["project_count"], 21);
}
