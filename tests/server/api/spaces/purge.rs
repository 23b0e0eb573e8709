//! What becomes of spaces when their organization goes.

use serde_json::json;

use super::{ALL, bring, one, space};
use crate::support::Server;

both!(a_purge_takes_the_organizations_spaces_along);

async fn a_purge_takes_the_organizations_spaces_along(server: Server) {
    server.organization("acme").await;
    space(&server, Some("acme"), "data").await;
    space(&server, Some("acme"), "old").await;
    space(&server, None, "own").await;
    server.post(&format!("{}/archive", one("old"))).send().await.expect(200);
    let jane = server.member("acme", "jane@acme.example", "viewer").await;
    for space in ["data", "own"] {
        bring(&server, space, &jane.id, "admin").await;
    }
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    server.refuses(server.get(&one("data")).by(&jane), 404, "space_not_found").await;
    let given = json!({ "space_id": server.get(&one("own")).send().await.expect(200).id() });
    let attach = server.post("/api/v1/organizations/acme/spaces").json(given);
    server.refuses(attach, 409, "organization_deleted").await;
    server.post("/api/v1/organizations/acme/restore").send().await.expect(200);
    server.get(&one("data")).by(&jane).send().await.expect(200);
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    server.post("/api/v1/organizations/acme/purge").send().await.expect(204);
    for gone in ["data", "old"] {
        server.refuses(server.get(&one(gone)), 404, "space_not_found").await;
    }
    assert_eq!(server.get(&format!("{ALL}?status=all")).send().await.expect(200).each("slug"), ["own"]);
    assert_eq!(server.get(ALL).by(&jane).send().await.expect(200).each("slug"), ["own"]);
    // Their slugs are free.
    space(&server, None, "data").await;
    server.deployment().assert_projections_verify();
}
