//! The workspace that a project is in.

use serde_json::{Value, json};

use super::{path, project, workspace, workspaces};
use crate::support::Server;

both!(
    a_project_moves_between_workspaces,
    a_workspace_of_another_organization_is_none_here,
    an_archived_workspace_takes_none_and_keeps_what_it_has,
);

async fn a_project_moves_between_workspaces(server: Server) {
    server.organization("acme").await;
    let (lab, plant) = (workspace(&server, "acme", "lab").await, workspace(&server, "acme", "plant").await);
    let body = json!({ "name": "Site", "workspace": lab.id() });
    let made = server.post(&path("acme")).json(body).send().await.expect(201);
    assert_eq!(made["workspace_id"], lab["id"]);
    let site = format!("{}/site", path("acme"));
    let put = async |workspace: Value| {
        server.patch(&site).json(json!({ "workspace": workspace })).send().await.expect(200)["workspace_id"].clone()
    };
    assert_eq!(put(json!("plant")).await, plant["id"]);
    let described = server.patch(&site).json(json!({ "description": "x" })).send().await.expect(200);
    assert_eq!(described["workspace_id"], plant["id"], "what is absent stays");
    assert_eq!(put(Value::Null).await, Value::Null);
    assert_eq!(server.get(&site).send().await.expect(200)["workspace_id"], Value::Null);
    server.deployment().assert_projections_verify();
}

async fn a_workspace_of_another_organization_is_none_here(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    let foreign = workspace(&server, "other", "lab").await;
    project(&server, "acme", "site").await;
    let head = server.head().await;
    for reference in [foreign.id(), "lab", "0190163d-8694-739b-aea5-966c26f8ad91"] {
        let body = json!({ "name": "x", "workspace": reference });
        for request in [
            server.post(&path("acme")).json(body.clone()),
            server.patch(&format!("{}/site", path("acme"))).json(body.clone()),
        ] {
            let refused = server.refuses(request, 422, "invalid").await;
            assert_eq!(refused.pointers(), ["/workspace"], "{reference}");
            assert_eq!(refused["errors"][0]["detail"], "Workspace not found");
        }
    }
    assert_eq!(server.head().await, head);
}

async fn an_archived_workspace_takes_none_and_keeps_what_it_has(server: Server) {
    server.organization("acme").await;
    let lab = workspace(&server, "acme", "lab").await;
    let body = json!({ "name": "Site", "workspace": "lab" });
    server.post(&path("acme")).json(body.clone()).send().await.expect(201);
    project(&server, "acme", "shop").await;
    server.post(&format!("{}/lab/archive", workspaces("acme"))).send().await.expect(200);
    for request in
        [server.post(&path("acme")).json(body.clone()), server.patch(&format!("{}/shop", path("acme"))).json(body)]
    {
        let refused = server.refuses(request, 422, "invalid").await;
        assert_eq!(refused["errors"], json!([{ "pointer": "/workspace", "detail": "This workspace is archived" }]));
    }
    // What is in there can still be changed, and says where it is.
    let site = format!("{}/site", path("acme"));
    let changes = json!({ "name": "Web site", "workspace": "lab" });
    let changed = server.patch(&site).json(changes).send().await.expect(200);
    assert_eq!((&changed["name"], &changed["workspace_id"]), (&json!("Web site"), &lab["id"]));
    server.post(&format!("{site}/archive")).send().await.expect(200);
}
