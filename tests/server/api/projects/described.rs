//! Every operation on projects answers as it is described.

use serde_json::json;

use super::path;
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    server.organization("acme").await;
    let all = "/api/v1/organizations/{org}/projects";
    let one = "/api/v1/organizations/{org}/projects/{project}";
    let archive = &format!("{one}/archive");
    let (projects, site) = (path("acme"), format!("{}/site", path("acme")));
    let full = json!({ "name": "Site", "slug": "site", "description": "x", "workspace": "default" });
    walk.check("post", all, server.post(&projects).json(full.clone()).send().await, 201);
    walk.check("post", all, server.post(&projects).json(full).send().await, 409);
    walk.check("post", all, server.post(&projects).json(json!({})).send().await, 422);
    walk.check("get", all, server.get(&projects).send().await, 200);
    walk.check("patch", one, server.patch(&site).json(json!({ "description": null })).send().await, 200);
    super::project(&server, "acme", "shop").await;
    walk.check("patch", one, server.patch(&site).json(json!({ "slug": "shop" })).send().await, 409);
    walk.check("patch", one, server.patch(&site).json(json!({ "x": 1 })).send().await, 422);
    let shown = walk.check("get", one, server.get(&site).send().await, 200);
    walk.check("get", one, server.get(&site).header("if-none-match", shown.etag()).send().await, 304);
    walk.check("get", one, server.get(&format!("{projects}/nobody")).send().await, 404);
    walk.check("post", archive, server.post(&format!("{site}/archive")).send().await, 200);
    walk.check("post", archive, server.post(&format!("{site}/archive")).send().await, 409);
    walk.check("get", one, server.get(&site).send().await, 200);
    let everywhere = "/api/v1/projects";
    walk.check("get", everywhere, server.get(everywhere).send().await, 200);
    walk.check("get", everywhere, server.get("/api/v1/projects?status=all&include=total").send().await, 200);
    walk.met_all_of(&["projects"]);
}
