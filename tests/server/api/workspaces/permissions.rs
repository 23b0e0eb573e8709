//! Who may read and write workspaces.

use serde_json::json;

use super::{path, roomy, workspace};
use crate::support::{Request, Server};

both!(a_role_decides, whoever_does_not_belong_learns_nothing, a_suspended_organization_is_closed);

/// Everything that reads workspaces, and everything that writes them, without credentials.
fn requests(server: &Server, org: &str, workspace: &str) -> (Vec<Request>, Vec<Request>) {
    let (all, one) = (path(org), format!("{}/{workspace}", path(org)));
    let writes = vec![
        server.post(&all).json(json!({ "name": "new" })),
        server.patch(&one).json(json!({ "name": "other" })),
        server.post(&format!("{one}/archive")),
    ];
    (vec![server.get(&all), server.get(&one)], writes)
}

async fn a_role_decides(server: Server) {
    roomy(&server, "acme").await;
    for role in ["viewer", "member", "developer", "admin", "owner"] {
        workspace(&server, "acme", &format!("of-{role}")).await;
        let person = server.member("acme", &format!("{role}@acme.com"), role).await;
        let (reads, writes) = requests(&server, "acme", &format!("of-{role}"));
        for read in reads {
            read.by(&person).send().await.expect(200);
        }
        for write in writes {
            let what = write.to_string();
            if ["viewer", "member"].contains(&role) {
                let refused = server.refuses(write.by(&person), 403, "missing_permission").await;
                assert_eq!(refused["permission"], "workspaces:write", "{role}: {what}");
            } else {
                let reply = write.by(&person).send().await;
                assert!((200..300).contains(&reply.status), "{role}: {what}: {reply}");
            }
        }
    }
}

/// Not even which slugs there are.
async fn whoever_does_not_belong_learns_nothing(server: Server) {
    server.organization("acme").await;
    let lab = workspace(&server, "acme", "lab").await;
    let outsider = server.person("out@example.com").await;
    for reference in [lab.id(), "lab", "unknown", "0190163d-8694-739b-aea5-966c26f8ad91"] {
        let (reads, writes) = requests(&server, "acme", reference);
        for request in reads.into_iter().chain(writes) {
            server.refuses(request.clone().by(&outsider), 403, "not_a_member").await;
            server.refuses(request.anonymous(), 401, "not_authenticated").await;
        }
    }
}

async fn a_suspended_organization_is_closed(server: Server) {
    server.organization("acme").await;
    workspace(&server, "acme", "lab").await;
    let owner = server.member("acme", "jane@example.com", "owner").await;
    server.post("/api/v1/organizations/acme/suspend").json(json!({})).send().await.expect(200);
    let (reads, writes) = requests(&server, "acme", "lab");
    for request in reads.into_iter().chain(writes) {
        server.refuses(request.by(&owner), 403, "organization_suspended").await;
    }
    server.get(&path("acme")).send().await.expect(200);
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    let (reads, writes) = requests(&server, "acme", "lab");
    for request in reads.into_iter().chain(writes) {
        server.refuses(request.by(&owner), 404, "organization_not_found").await;
    }
}
