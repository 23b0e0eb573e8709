//! `POST /api/v1/organizations/{org}/projects/{project}/archive`.

use serde_json::json;

use super::{path, project};
use crate::support::{Server, at_once};

both!(an_archived_project_stays_as_it_is, of_many_at_once_one_archives, a_purge_takes_projects_along);

async fn an_archived_project_stays_as_it_is(server: Server) {
    server.organization("acme").await;
    let made = project(&server, "acme", "site").await;
    let site = format!("{}/site", path("acme"));
    let archived = server.post(&format!("{site}/archive")).send().await.expect(200);
    let mut expected = made.json.clone();
    expected["status"] = json!("archived");
    expected["updated_at"] = archived["updated_at"].clone();
    assert_eq!((&archived.json, archived.version()), (&expected, 2));
    assert_eq!(server.get(&site).send().await.expect(200).json, archived.json);
    server.refuses(server.post(&format!("{site}/archive")), 409, "project_archived").await;
    server.refuses(server.patch(&site).json(json!({ "name": "x" })), 409, "project_archived").await;
    let again = server.post(&path("acme")).json(json!({ "name": "x", "slug": "site" }));
    server.refuses(again, 409, "slug_taken").await;
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["project_count"], 0);
    server.deployment().assert_projections_verify();
}

async fn of_many_at_once_one_archives(server: Server) {
    server.organization("acme").await;
    project(&server, "acme", "site").await;
    project(&server, "acme", "shop").await;
    let archive = server.post(&format!("{}/site/archive", path("acme")));
    let mut statuses: Vec<_> =
        at_once((0..10).map(|_| archive.clone().send())).await.into_iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, [409; 9].as_slice()));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["project_count"], 1);
}

async fn a_purge_takes_projects_along(server: Server) {
    let acme = server.organization("acme").await;
    server.organization("other").await;
    project(&server, "acme", "site").await;
    let kept = project(&server, "other", "site").await;
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    server.post("/api/v1/organizations/acme/purge").send().await.expect(204);
    let everywhere = |filter: &str| server.get(&format!("/api/v1/projects?status=all{filter}"));
    assert_eq!(everywhere("").send().await.expect(200).each("id"), [kept.id()]);
    let gone = everywhere(&format!("&organization={}", acme.id())).send().await.expect(200);
    assert_eq!(gone.json, json!([]));
    server.deployment().assert_projections_verify();
}
