//! What the conventions leave out answers as it is described.

use serde_json::json;

use super::path;
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    server.organization("acme").await;
    let full = json!({ "name": "Site", "slug": "site", "description": "x", "workspace": "default" });
    server.post(&path("acme")).json(full).send().await.expect(201);
    let everywhere = "/api/v1/projects";
    walk.check("get", everywhere, server.get(everywhere).send().await, 200);
    walk.check("get", everywhere, server.get("/api/v1/projects?status=all&include=total").send().await, 200);
    walk.met_beside(&[super::conventions::RUN]);
}
