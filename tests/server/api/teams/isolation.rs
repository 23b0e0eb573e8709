//! A team exists in its own organization and nowhere else.

use super::{path, team};
use crate::support::Server;

both!(the_team_of_another_organization_takes_nobody,);

async fn the_team_of_another_organization_takes_nobody(server: Server) {
    let acme = server.organization("acme").await;
    server.organization("other").await;
    let made = team(&server, "acme", "A").await;
    let owner = acme["owner"]["id"].as_str().expect("an owner");
    let wrong = format!("{}/{}", path("other"), made.id());
    for request in [
        server.get(&format!("{wrong}/members")),
        server.put(&format!("{wrong}/members/{owner}")),
        server.delete(&format!("{wrong}/members/{owner}")),
    ] {
        server.refuses(request, 404, "team_not_found").await;
    }
    assert_eq!(server.get(&format!("{}/{}", path("acme"), made.id())).send().await.expect(200).json, made.json);
}
