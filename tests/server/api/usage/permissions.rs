//! Who may see use and its price.

use super::{billing, usage};
use crate::support::Server;

both!(a_role_decides, whoever_does_not_belong_learns_nothing, a_suspended_organization_is_closed);

async fn a_role_decides(server: Server) {
    server.organization("acme").await;
    for (role, sees_use, sees_price) in [
        ("viewer", false, false),
        ("member", false, false),
        ("developer", true, false),
        ("admin", true, true),
        ("owner", true, true),
    ] {
        let person = server.member("acme", &format!("{role}@acme.com"), role).await;
        for (path, permission, may) in
            [(usage("acme", ""), "usage:read", sees_use), (billing("acme", ""), "organization:billing", sees_price)]
        {
            let request = server.get(&path).by(&person);
            if may {
                request.send().await.expect(200);
            } else {
                let refused = server.refuses(request, 403, "missing_permission").await;
                assert_eq!(refused["permission"], permission, "{role}");
            }
        }
    }
}

async fn whoever_does_not_belong_learns_nothing(server: Server) {
    server.organization("acme").await;
    let outsider = server.person("out@example.com").await;
    for path in [usage("acme", ""), usage("acme", "?granularity=month"), billing("acme", "")] {
        server.refuses(server.get(&path).by(&outsider), 403, "not_a_member").await;
        server.refuses(server.get(&path).anonymous(), 401, "not_authenticated").await;
    }
    for path in [usage("nobody", ""), billing("nobody", "")] {
        server.refuses(server.get(&path).by(&outsider), 404, "organization_not_found").await;
    }
}

async fn a_suspended_organization_is_closed(server: Server) {
    server.organization("acme").await;
    let owner = server.member("acme", "jane@example.com", "owner").await;
    server.post("/api/v1/organizations/acme/suspend").json(serde_json::json!({})).send().await.expect(200);
    for path in [usage("acme", ""), billing("acme", "")] {
        server.refuses(server.get(&path).by(&owner), 403, "organization_suspended").await;
        server.get(&path).send().await.expect(200);
    }
}
