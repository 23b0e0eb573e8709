//! Every operation on teams answers as it is described.

use serde_json::json;

use super::path;
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    let acme = server.organization("acme").await;
    let owner = acme["owner"]["id"].as_str().expect("an owner");
    let (all, one) = ("/api/v1/organizations/{org}/teams", "/api/v1/organizations/{org}/teams/{team}");
    let (members, member) = (&format!("{one}/members"), &format!("{one}/members/{{user_id}}"));
    let teams = path("acme");
    let full = json!({ "name": "Engineering", "description": "Backend" });
    let made = walk.check("post", all, server.post(&teams).json(full.clone()).send().await, 201);
    walk.check("post", all, server.post(&teams).json(full).send().await, 409);
    walk.check("post", all, server.post(&teams).json(json!({})).send().await, 422);
    let team = format!("{teams}/{}", made.id());
    walk.check("patch", one, server.patch(&team).json(json!({ "description": null })).send().await, 200);
    walk.check("patch", one, server.patch(&team).json(json!({ "x": 1 })).send().await, 422);
    walk.check("patch", one, server.patch(&team).header("if-match", made.etag()).json(json!({})).send().await, 412);
    walk.check("put", member, server.put(&format!("{team}/members/{owner}")).send().await, 200);
    walk.check("put", member, server.put(&format!("{team}/members/nobody")).send().await, 404);
    walk.check("get", members, server.get(&format!("{team}/members")).send().await, 200);
    let shown = walk.check("get", one, server.get(&team).send().await, 200);
    walk.check("get", one, server.get(&team).header("if-none-match", shown.etag()).send().await, 304);
    walk.check("get", all, server.get(&teams).send().await, 200);
    walk.check("delete", member, server.delete(&format!("{team}/members/{owner}")).send().await, 204);
    walk.check("delete", one, server.delete(&team).send().await, 204);
    walk.check("get", one, server.get(&team).send().await, 404);
    walk.met_all_of(&["teams"]);
}
