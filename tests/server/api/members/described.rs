//! What the conventions leave out answers as it is described.

use serde_json::json;

use super::{PATH, conventions, members};
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    let acme = server.organization("acme").await;
    let admin = acme["owner"]["id"].as_str().expect("an id");
    let jane = server.member("acme", "jane@example.com", "owner").await;
    let transfer = server.post(&format!("{PATH}/acme/transfer-ownership")).json(json!({ "user_id": jane.id }));
    let described = "/api/v1/organizations/{org}/transfer-ownership";
    walk.check("post", described, transfer.send().await, 200);
    let leave = || server.post(&format!("{PATH}/acme/leave")).by(&jane).send();
    let described = "/api/v1/organizations/{org}/leave";
    walk.check("post", described, leave().await, 409);
    let owner = json!({ "role": "owner" });
    server.patch(&format!("{}/{admin}", members("acme"))).json(owner).send().await.expect(200);
    walk.check("post", described, leave().await, 204);
    walk.met_beside(&[conventions::RUN]);
}
