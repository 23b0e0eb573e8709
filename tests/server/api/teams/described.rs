//! What the conventions leave out answers as it is described.

use super::path;
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    let acme = server.organization("acme").await;
    let owner = acme["owner"]["id"].as_str().expect("an owner");
    let members = "/api/v1/organizations/{org}/teams/{team}/members";
    let member = "/api/v1/organizations/{org}/teams/{team}/members/{user_id}";
    let its = format!("{}/{}/members", path("acme"), super::team(&server, "acme", "A").await.id());
    walk.check("put", member, server.put(&format!("{its}/{owner}")).send().await, 200);
    walk.check("put", member, server.put(&format!("{its}/nobody")).send().await, 404);
    walk.check("get", members, server.get(&its).send().await, 200);
    walk.check("delete", member, server.delete(&format!("{its}/{owner}")).send().await, 204);
    walk.met_beside(&[super::conventions::RUN]);
}
