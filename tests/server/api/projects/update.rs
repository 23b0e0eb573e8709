//! `PATCH /api/v1/organizations/{org}/projects/{project}`.

use serde_json::{Value, json};

use super::{path, project};
use crate::support::Server;

both!(fields_that_are_absent_stay, a_slug_moves_and_is_free_again, fields_are_checked,);

async fn fields_that_are_absent_stay(server: Server) {
    server.organization("acme").await;
    let made = project(&server, "acme", "site").await;
    let patch = async |body: Value| server.patch(&format!("{}/site", path("acme"))).json(body).send().await.expect(200);
    let changed = patch(json!({ "description": "What everybody sees" })).await;
    let mut expected = made.json.clone();
    expected["description"] = json!("What everybody sees");
    expected["updated_at"] = changed["updated_at"].clone();
    assert_eq!((&changed.json, changed.version()), (&expected, 2));
    assert_eq!(patch(json!({ "name": "Web site" })).await["slug"], "site", "a slug does not follow the name");
    assert_eq!(patch(json!({ "description": null })).await["description"], Value::Null);
    let head = server.head().await;
    for body in [json!({}), json!({ "name": "Web site", "slug": "site", "description": null, "workspace": null })] {
        assert_eq!(patch(body).await.version(), 4);
    }
    assert_eq!(server.head().await, head);
}

async fn a_slug_moves_and_is_free_again(server: Server) {
    server.organization("acme").await;
    let (site, shop) = (project(&server, "acme", "site").await, project(&server, "acme", "shop").await);
    let change = |from: &str, to: &str| server.patch(&format!("{}/{from}", path("acme"))).json(json!({ "slug": to }));
    server.refuses(change("site", "shop"), 409, "slug_taken").await;
    assert_eq!(change("site", "web").send().await.expect(200).id(), site.id());
    server.refuses(server.get(&format!("{}/site", path("acme"))), 404, "project_not_found").await;
    server.refuses(change("site", "other"), 404, "project_not_found").await;
    assert_eq!(change("shop", "site").send().await.expect(200).id(), shop.id());
    assert_eq!(server.get(&format!("{}/site", path("acme"))).send().await.expect(200).id(), shop.id());
    server.deployment().assert_projections_verify();
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    project(&server, "acme", "site").await;
    for (body, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "slug": null }), "/slug"),
        (json!({ "slug": "-a" }), "/slug"),
        (json!({ "slug": "default" }), "/slug"),
        (json!({ "description": "d".repeat(2001) }), "/description"),
        (json!({ "workspace": "No" }), "/workspace"),
        (json!({ "status": "archived" }), "/status"),
        (json!({ "organization": "other" }), "/organization"),
    ] {
        let request = server.patch(&format!("{}/site", path("acme"))).json(body.clone());
        assert_eq!(server.refuses(request, 422, "invalid").await.pointers(), [pointer], "{body}");
    }
}
