//! A team exists in its own organization and nowhere else.

use serde_json::json;

use super::{path, team};
use crate::support::Server;

both!(the_team_of_another_organization_does_not_exist, what_is_no_id_does_not_exist);

async fn the_team_of_another_organization_does_not_exist(server: Server) {
    let acme = server.organization("acme").await;
    server.organization("other").await;
    let made = team(&server, "acme", "A").await;
    let owner = acme["owner"]["id"].as_str().expect("an owner");
    let wrong = format!("{}/{}", path("other"), made.id());
    for request in [
        server.get(&wrong),
        server.get(&wrong).header("if-none-match", made.etag()),
        server.patch(&wrong).json(json!({ "name": "B" })),
        server.delete(&wrong),
        server.get(&format!("{wrong}/members")),
        server.put(&format!("{wrong}/members/{owner}")),
        server.delete(&format!("{wrong}/members/{owner}")),
    ] {
        server.refuses(request, 404, "team_not_found").await;
    }
    assert_eq!(server.get(&format!("{}/{}", path("acme"), made.id())).send().await.expect(200).json, made.json);
}

async fn what_is_no_id_does_not_exist(server: Server) {
    server.organization("acme").await;
    team(&server, "acme", "engineering").await;
    for text in ["engineering", "%00", "0", "0190163d-8694-739b-aea5-966c26f8ad91"] {
        let one = format!("{}/{text}", path("acme"));
        server.refuses(server.get(&one), 404, "team_not_found").await;
        server.refuses(server.patch(&one).json(json!({ "name": "B" })), 404, "team_not_found").await;
        server.refuses(server.delete(&one), 404, "team_not_found").await;
    }
}
