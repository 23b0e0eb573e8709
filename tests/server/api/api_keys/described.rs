//! Every operation on keys answers as it is described.

use serde_json::{Value, json};

use super::{KEYS, Made, SELF, VERIFY, create, create_with, near_misses, path};
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    super::acme(&server).await;
    let one = &format!("{KEYS}/{{id}}");
    let full = json!({
        "description": "x", "organization": "acme", "expires_in": "30d", "ip_allowlist": ["127.0.0.1"],
        "rate_limit": { "requests": 100, "window_seconds": 60 }, "on_creator_leave": "revoke",
    });
    let made = walk.check("post", KEYS, create_with(&server, &["org:acme:*"], full.clone()).key("k").send().await, 201);
    walk.check("post", KEYS, create_with(&server, &["org:acme:*"], full).key("k").send().await, 201);
    walk.check("post", KEYS, create(&server, &["org:acme"]).send().await, 422);
    let joe = server.member("acme", "joe@example.com", "developer").await;
    walk.check("post", KEYS, create(&server, &["org:acme:teams:write"]).by(&joe).send().await, 403);
    let made = Made::from(made);
    let of = |action: &str, body: Value| server.post(&format!("{}{action}", path(&made.id))).json(body).send();
    walk.check("get", KEYS, server.get(&format!("{KEYS}?organization=acme")).send().await, 200);
    walk.check("get", one, server.get(&path(&made.id)).send().await, 200);
    walk.check("get", one, server.get(&path("nobody")).send().await, 404);
    walk.check("get", SELF, server.get(SELF).bearer(&made.key).send().await, 200);
    walk.check("get", SELF, server.get(SELF).send().await, 401);
    walk.check("post", VERIFY, server.post(VERIFY).json(json!({ "key": made.key })).send().await, 200);
    walk.check("post", VERIFY, server.post(VERIFY).json(json!({ "key": "x" })).send().await, 200);
    walk.check("post", VERIFY, server.post(VERIFY).json(json!({})).send().await, 422);
    let patch = |body: Value| server.patch(&path(&made.id)).json(body).send();
    walk.check("patch", one, patch(json!({ "name": "x" })).await, 200);
    walk.check("patch", one, patch(json!({ "name": "" })).await, 422);
    walk.check("patch", one, server.patch(&path(&made.id)).by(&joe).json(json!({ "name": "x" })).send().await, 403);
    for (action, status) in [("disable", 200), ("disable", 409), ("enable", 200), ("enable", 409)] {
        walk.check("post", &format!("{one}/{action}"), of(&format!("/{action}"), json!({})).await, status);
    }
    let rotate = &format!("{one}/rotate");
    let rotated = walk.check("post", rotate, of("/rotate", json!({ "grace_seconds": 60 })).await, 200);
    walk.check("post", rotate, of("/rotate", json!({ "grace_seconds": -1 })).await, 422);
    walk.check("get", one, server.get(&path(&made.id)).send().await, 200);
    walk.check("post", &format!("{one}/revoke"), of("/revoke", json!({ "reason": "x" })).await, 422);
    walk.check("post", &format!("{one}/revoke"), of("/revoke", json!({ "reason": "superseded" })).await, 200);
    walk.check("post", rotate, of("/rotate", json!({})).await, 409);
    walk.check("patch", one, patch(json!({ "name": "y" })).await, 409);
    let own = &format!("{KEYS}/revoke-self");
    let end = |key: &str| server.post(own).bearer(key).json(json!({})).send();
    walk.check("post", own, end(rotated["key"].as_str().expect("a key")).await, 401);
    let other = Made::from(create(&server, &["*:*"]).send().await.expect(201));
    walk.check("post", own, end(&other.key).await, 204);
    assert_eq!(near_misses::sealed(&other.key[..47]), other.key);
    walk.met_all_of(&["api keys"]);
}
