//! Who may do what to members, invitations and roles, and that nobody gives or takes more than they have.

use serde_json::json;

use super::{PATH, members, table};
use crate::support::{Engine, Request, Server, at_once};

both!(nobody_gives_or_takes_more_than_they_have, a_role_that_changes_changes_what_its_holders_may);

async fn nobody_gives_or_takes_more_than_they_have(server: Server) {
    let acme = server.organization("acme").await;
    let owner = format!("{}/{}", members("acme"), acme["owner"]["id"].as_str().expect("an id"));
    let admin = server.member("acme", "admin2@example.com", "admin").await;
    let clerk = json!({ "key": "clerk", "name": "Clerk", "permissions": ["members:*", "roles:write"] });
    server.post(&format!("{PATH}/acme/roles")).json(clerk).send().await.expect(201);
    let clerk = server.member("acme", "clerk@example.com", "clerk").await;
    let by_admin = |request: Request| request.bearer(&admin.access_token);
    let by_clerk = |request: Request| request.bearer(&clerk.access_token);
    let add = |role: &str| {
        server.post(&format!("{PATH}/acme/users")).json(json!({ "user_email": "x@example.com", "role": role }))
    };
    let invite = |role: &str| {
        server.post(&format!("{PATH}/acme/members/invite")).json(json!({ "email": "x@example.com", "role": role }))
    };
    for request in [
        by_admin(add("owner")),
        by_admin(invite("owner")),
        by_admin(server.patch(&owner).json(json!({ "role": "viewer" }))),
        by_admin(server.delete(&owner)),
        by_admin(server.post(&format!("{owner}/suspend"))),
        by_admin(server.patch(&format!("{}/{}", members("acme"), admin.id)).json(json!({ "role": "owner" }))),
    ] {
        server.refuses(request, 403, "owners_only").await;
    }
    let more = format!("{}/{}", members("acme"), admin.id);
    let role = |permissions: &[&str]| {
        let body = json!({ "key": "more", "name": "More", "permissions": permissions });
        server.post(&format!("{PATH}/acme/roles")).json(body)
    };
    for request in [
        by_clerk(add("viewer")),
        by_clerk(invite("admin")),
        by_clerk(server.patch(&more).json(json!({ "role": "viewer" }))),
        by_clerk(server.delete(&more)),
        by_clerk(role(&["members:read", "audit:read"])),
        by_clerk(server.patch(&format!("{PATH}/acme/roles/clerk")).json(json!({ "permissions": ["*"] }))),
        by_admin(role(&["organization:delete"])),
    ] {
        let refused = server.refuses(request, 403, "exceeds_own_permissions").await;
        assert!(refused["permissions"].as_array().is_some_and(|missing| !missing.is_empty()), "{refused}");
    }
    by_clerk(add("clerk")).send().await.expect(201);
    by_admin(role(&["audit:read"])).send().await.expect(201);
    assert_eq!(table(&server, "acme").await.len(), 4);
}

async fn a_role_that_changes_changes_what_its_holders_may(server: Server) {
    server.organization("acme").await;
    let roles = format!("{PATH}/acme/roles");
    let own = json!({ "key": "own", "name": "Own", "permissions": ["organization:read", "members:read"] });
    server.post(&roles).json(own).send().await.expect(201);
    let jane = server.member("acme", "jane@example.com", "own").await;
    let list = || server.get(&members("acme")).bearer(&jane.access_token);
    list().send().await.expect(200);
    let less = json!({ "permissions": ["organization:read"] });
    server.patch(&format!("{roles}/own")).json(less).send().await.expect(200);
    server.refuses(list(), 403, "missing_permission").await;
    server.delete(&format!("{roles}/own?remap_to=member")).send().await.expect(204);
    list().send().await.expect(200);
}

/// Whoever is demoted on one node adds nobody on the other from then on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demotion_on_one_node_holds_on_the_other() {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    first.organization("acme").await;
    let jane = first.member("acme", "jane@example.com", "admin").await;
    let add = |node: &Server, n: usize| {
        let body = json!({ "user_email": format!("u{n}@example.com"), "role": "viewer" });
        node.post(&format!("{PATH}/acme/users")).bearer(&jane.access_token).json(body)
    };
    // Both nodes know her as an admin.
    add(&first, 0).send().await.expect(201);
    add(&second, 1).send().await.expect(201);
    let demote = json!({ "role": "viewer" });
    first.patch(&format!("{}/{}", members("acme"), jane.id)).json(demote).send().await.expect(200);
    for reply in at_once((2..10).map(|n| add(&second, n).send())).await {
        assert_eq!((reply.status, &reply["code"]), (403, &json!("missing_permission")), "{reply}");
    }
    assert_eq!(table(&first, "acme").await.len(), 4);
}
