//! `PATCH /api/v1/organizations/{org}/workspaces/{workspace}`.

use serde_json::{Value, json};

use super::{path, workspace};
use crate::support::Server;

both!(fields_that_are_absent_stay, a_slug_moves_and_is_free_again, fields_are_checked,);

async fn fields_that_are_absent_stay(server: Server) {
    server.organization("acme").await;
    let made = workspace(&server, "acme", "lab").await;
    let patch = async |body: Value| server.patch(&format!("{}/lab", path("acme"))).json(body).send().await.expect(200);
    let changed = patch(json!({ "description": "Where it is made" })).await;
    let mut expected = made.json.clone();
    expected["description"] = json!("Where it is made");
    expected["updated_at"] = changed["updated_at"].clone();
    assert_eq!((&changed.json, changed.version()), (&expected, 2));
    assert_eq!(patch(json!({ "name": "Laboratory" })).await["slug"], "lab", "a slug does not follow the name");
    assert_eq!(patch(json!({ "description": null })).await["description"], Value::Null);
    let head = server.head().await;
    for body in [json!({}), json!({ "name": "Laboratory", "slug": "lab", "description": null })] {
        assert_eq!(patch(body).await.version(), 4);
    }
    assert_eq!(server.head().await, head);
}

async fn a_slug_moves_and_is_free_again(server: Server) {
    server.organization("acme").await;
    let (lab, plant) = (workspace(&server, "acme", "lab").await, workspace(&server, "acme", "plant").await);
    let change = |from: &str, to: &str| server.patch(&format!("{}/{from}", path("acme"))).json(json!({ "slug": to }));
    for taken in ["plant", "default"] {
        server.refuses(change("lab", taken), 409, "slug_taken").await;
    }
    assert_eq!(change("lab", "mill").send().await.expect(200).id(), lab.id());
    server.refuses(server.get(&format!("{}/lab", path("acme"))), 404, "workspace_not_found").await;
    server.refuses(change("lab", "other"), 404, "workspace_not_found").await;
    assert_eq!(change("plant", "lab").send().await.expect(200).id(), plant.id());
    assert_eq!(server.get(&format!("{}/lab", path("acme"))).send().await.expect(200).id(), plant.id());
    // The default one is a workspace like others here, and can take its slug back.
    change("default", "main").send().await.expect(200);
    let back = change("main", "default").send().await.expect(200);
    assert_eq!((&back["slug"], &back["is_default"]), (&json!("default"), &json!(true)));
    assert_eq!(change("default", "default").send().await.expect(200).version(), back.version());
    server.deployment().assert_projections_verify();
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    workspace(&server, "acme", "lab").await;
    for (body, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "slug": null }), "/slug"),
        (json!({ "slug": "-a" }), "/slug"),
        (json!({ "slug": "settings" }), "/slug"),
        (json!({ "description": "d".repeat(2001) }), "/description"),
        (json!({ "status": "archived" }), "/status"),
        (json!({ "is_default": true }), "/is_default"),
    ] {
        let request = server.patch(&format!("{}/lab", path("acme"))).json(body.clone());
        assert_eq!(server.refuses(request, 422, "invalid").await.pointers(), [pointer], "{body}");
    }
}
