//! Every operation on workspaces answers as it is described.

use serde_json::json;

use super::path;
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    server.organization("acme").await;
    let all = "/api/v1/organizations/{org}/workspaces";
    let one = "/api/v1/organizations/{org}/workspaces/{workspace}";
    let archive = &format!("{one}/archive");
    let (workspaces, lab) = (path("acme"), format!("{}/lab", path("acme")));
    let full = json!({ "name": "Lab", "slug": "lab", "description": "x" });
    walk.check("post", all, server.post(&workspaces).json(full.clone()).send().await, 201);
    walk.check("post", all, server.post(&workspaces).json(full).send().await, 409);
    walk.check("post", all, server.post(&workspaces).json(json!({})).send().await, 422);
    walk.check("get", all, server.get(&workspaces).send().await, 200);
    walk.check("patch", one, server.patch(&lab).json(json!({ "description": null })).send().await, 200);
    walk.check("patch", one, server.patch(&lab).json(json!({ "slug": "default" })).send().await, 409);
    walk.check("patch", one, server.patch(&lab).json(json!({ "x": 1 })).send().await, 422);
    let shown = walk.check("get", one, server.get(&lab).send().await, 200);
    walk.check("get", one, server.get(&lab).header("if-none-match", shown.etag()).send().await, 304);
    walk.check("get", one, server.get(&format!("{workspaces}/nobody")).send().await, 404);
    walk.check("post", archive, server.post(&format!("{lab}/archive")).send().await, 200);
    walk.check("post", archive, server.post(&format!("{lab}/archive")).send().await, 409);
    walk.check("get", one, server.get(&lab).send().await, 200);
    walk.met_all_of(&["workspaces"]);
}
