//! `POST /api/v1/organizations/{org}/workspaces/{workspace}/archive`.

use serde_json::json;

use super::{path, workspace};
use crate::support::{Server, at_once};

both!(an_archived_workspace_stays_as_it_is, the_default_one_is_never_archived, of_many_at_once_one_archives);

async fn an_archived_workspace_stays_as_it_is(server: Server) {
    server.organization("acme").await;
    let made = workspace(&server, "acme", "lab").await;
    let lab = format!("{}/lab", path("acme"));
    let archived = server.post(&format!("{lab}/archive")).send().await.expect(200);
    let mut expected = made.json.clone();
    expected["status"] = json!("archived");
    expected["updated_at"] = archived["updated_at"].clone();
    assert_eq!((&archived.json, archived.version()), (&expected, 2));
    assert_eq!(server.get(&lab).send().await.expect(200).json, archived.json);
    server.refuses(server.post(&format!("{lab}/archive")), 409, "workspace_archived").await;
    server.refuses(server.patch(&lab).json(json!({ "name": "x" })), 409, "workspace_archived").await;
    let again = server.post(&path("acme")).json(json!({ "name": "x", "slug": "lab" }));
    server.refuses(again, 409, "slug_taken").await;
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["workspace_count"], 1);
    server.deployment().assert_projections_verify();
}

async fn the_default_one_is_never_archived(server: Server) {
    server.organization("acme").await;
    let default = format!("{}/default", path("acme"));
    server.refuses(server.post(&format!("{default}/archive")), 409, "default_workspace").await;
    let renamed = server.patch(&default).json(json!({ "slug": "main", "name": "Main" })).send().await.expect(200);
    let main = format!("{}/{}", path("acme"), renamed.id());
    server.refuses(server.post(&format!("{main}/archive")), 409, "default_workspace").await;
}

async fn of_many_at_once_one_archives(server: Server) {
    server.organization("acme").await;
    workspace(&server, "acme", "lab").await;
    let archive = server.post(&format!("{}/lab/archive", path("acme")));
    let mut statuses: Vec<_> =
        at_once((0..10).map(|_| archive.clone().send())).await.into_iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, [409; 9].as_slice()));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["workspace_count"], 1);
}
