//! What the conventions leave out answers as it is described.

use super::{conventions, invite, link, token};
use crate::support::{Server, schema::Walk};

both!(every_reply_has_the_described_fields);

async fn every_reply_has_the_described_fields(server: Server) {
    let mut walk = Walk::of(&server).await;
    server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let bob = server.person("bob@example.com").await;
    let described = "/api/v1/invitations/{token}";
    let (accept, decline) = (&format!("{described}/accept"), &format!("{described}/decline"));
    let hers = token(&invite(&server, &jane.email, "viewer").send().await.expect(201));
    let his = token(&invite(&server, &bob.email, "viewer").send().await.expect(201));
    walk.check("get", described, server.get(&link("x", "")).anonymous().send().await, 404);
    walk.check("get", described, server.get(&link(&hers, "")).anonymous().send().await, 200);
    walk.check("post", accept, server.post(&link(&hers, "/accept")).send().await, 403);
    walk.check("post", accept, server.post(&link(&hers, "/accept")).by(&jane).send().await, 200);
    walk.check("post", decline, server.post(&link(&hers, "/decline")).by(&jane).send().await, 410);
    walk.check("post", decline, server.post(&link(&his, "/decline")).by(&bob).send().await, 204);
    walk.met_beside(&[conventions::RUN]);
}
