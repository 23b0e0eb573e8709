//! What the conventions leave out answers as it is described.

use serde_json::{Value, json};

use super::{KEYS, Made, SELF, VERIFY, conventions, create};
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    let made = Made::from(create(&server, &["*:*"]).send().await.expect(201));
    walk.check("get", SELF, server.get(SELF).bearer(&made.key).send().await, 200);
    walk.check("get", SELF, server.get(SELF).send().await, 401);
    let verify = |body: Value| server.post(VERIFY).json(body).send();
    walk.check("post", VERIFY, verify(json!({ "key": made.key })).await, 200);
    walk.check("post", VERIFY, verify(json!({ "key": "x" })).await, 200);
    walk.check("post", VERIFY, verify(json!({})).await, 422);
    let own = &format!("{KEYS}/revoke-self");
    let end = |key: &str| server.post(own).bearer(key).json(json!({})).send();
    walk.check("post", own, end(&made.key).await, 204);
    walk.check("post", own, end(&made.key).await, 401);
    walk.met_beside(&[conventions::RUN]);
}
