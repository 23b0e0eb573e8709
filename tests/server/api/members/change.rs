//! `PATCH /organizations/{org}/members/{user_id}`, `suspend` and `reinstate`.

use serde_json::json;

use super::{PATH, members, organization, table};
use crate::support::{Engine, Server, at_once};

both!(
    a_role_changes_under_both_names,
    a_suspended_member_is_out_at_once_and_comes_back,
    the_last_owner_stays,
    of_two_owners_one_stays_whoever_is_first,
);

async fn a_role_changes_under_both_names(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    let path = format!("{}/{}", members("acme"), jane.id);
    let changed = server.patch(&path).json(json!({ "role": "admin" })).send().await.expect(200);
    assert_eq!(changed.keys(), ["joined_at", "role", "status", "user"]);
    assert_eq!((&changed["role"], changed.version()), (&json!({ "key": "admin", "name": "Admin" }), 2));
    let same = server.patch(&path).json(json!({ "role": "admin" })).send().await.expect(200);
    assert_eq!((same.etag(), same.position()), (changed.etag(), changed.position()), "nothing changed, no event");
    let other_name = format!("{PATH}/acme/users/{}", jane.id);
    let changed = server.patch(&other_name).json(json!({ "role": "member" })).send().await.expect(200);
    assert_eq!((&changed["role"]["key"], changed.version()), (&json!("member"), 3));
    for path in [&path, &other_name] {
        for (body, pointer) in [
            (json!({}), ""),
            (json!({ "role": null }), "/role"),
            (json!({ "role": "nobody" }), "/role"),
            (json!({ "role": "viewer", "status": "suspended" }), "/status"),
            (json!({ "role": "viewer", "organization_id": jane.organization }), "/organization_id"),
        ] {
            let refused = server.refuses(server.patch(path).json(body), 422, "invalid").await;
            assert_eq!(refused.pointers(), [pointer]);
        }
    }
}

async fn a_suspended_member_is_out_at_once_and_comes_back(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    let path = format!("{}/{}", members("acme"), jane.id);
    let own = || server.get(&format!("{PATH}/acme")).bearer(&jane.access_token);
    own().send().await.expect(200);
    let suspended = server.post(&format!("{path}/suspend")).send().await.expect(200);
    assert_eq!((&suspended["status"], &suspended["role"]["key"]), (&json!("suspended"), &json!("admin")));
    server.refuses(own(), 403, "not_a_member").await;
    let write = server.patch(&format!("{PATH}/acme")).bearer(&jane.access_token).json(json!({ "name": "x" }));
    server.refuses(write, 403, "not_a_member").await;
    server.refuses(server.post(&format!("{path}/suspend")), 409, "member_suspended").await;
    assert_eq!(organization(&server, "acme").await["user_count"], 1);
    let back = server.post(&format!("{path}/reinstate")).send().await.expect(200);
    assert_eq!((&back["status"], back.version()), (&json!("active"), 3));
    own().send().await.expect(200);
    server.refuses(server.post(&format!("{path}/reinstate")), 409, "not_reinstatable").await;
    server.delete(&path).send().await.expect(204);
    server.refuses(own(), 403, "not_a_member").await;
    let back = server.post(&format!("{path}/reinstate")).send().await.expect(200);
    assert_eq!((&back["role"]["key"], back.version()), (&json!("admin"), 1));
    assert_eq!(organization(&server, "acme").await["user_count"], 2);
    server.deployment().assert_projections_verify();
}

async fn the_last_owner_stays(server: Server) {
    let acme = server.organization("acme").await;
    let owner = acme["owner"]["id"].as_str().expect("an id");
    let path = format!("{}/{owner}", members("acme"));
    server.refuses(server.patch(&path).json(json!({ "role": "admin" })), 409, "last_owner").await;
    server.refuses(server.delete(&path), 409, "last_owner").await;
    server.refuses(server.post(&format!("{path}/suspend")), 409, "last_owner").await;
    server.refuses(server.post(&format!("{PATH}/acme/leave")), 409, "last_owner").await;
    // With another owner they may leave, and that one becomes the primary owner.
    let jane = server.member("acme", "jane@example.com", "owner").await;
    server.patch(&path).json(json!({ "role": "admin" })).send().await.expect(200);
    assert_eq!(organization(&server, "acme").await["owner"]["id"], jane.id.as_str());
}

async fn of_two_owners_one_stays_whoever_is_first(server: Server) {
    for round in 0..5 {
        let slug = format!("acme-{round}");
        let (acme, jane) = (server.organization(&slug).await, jane(&server, &slug, round).await);
        demote_both(&[&server, &server], &slug, &[acme["owner"]["id"].as_str().expect("an id"), &jane]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_owners_one_stays_whichever_node_is_first() {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    for round in 0..10 {
        let slug = format!("acme-{round}");
        let (acme, jane) = (first.organization(&slug).await, jane(&first, &slug, round).await);
        demote_both(&[&first, &second], &slug, &[acme["owner"]["id"].as_str().expect("an id"), &jane]).await;
    }
}

/// Another owner, added by the superadmin.
async fn jane(server: &Server, slug: &str, round: usize) -> String {
    let body = json!({ "user_email": format!("jane-{round}@example.com"), "role": "owner" });
    let added = server.post(&format!("{PATH}/{slug}/users")).json(body).send().await.expect(201);
    added["user"]["id"].as_str().expect("an id").to_owned()
}

/// Demotes, removes and suspends both owners at once; one of them has to stay.
async fn demote_both(nodes: &[&Server; 2], slug: &str, owners: &[&str; 2]) {
    let change = |n: usize| {
        let path = format!("{}/{}", members(slug), owners[n % 2]);
        let node = nodes[n % 2];
        match n / 2 {
            0 => node.patch(&path).json(json!({ "role": "viewer" })).send(),
            1 => node.delete(&path).send(),
            _ => node.post(&format!("{path}/suspend")).send(),
        }
    };
    for reply in at_once((0..6).map(change)).await {
        assert!([200, 204, 404, 409].contains(&reply.status), "{reply}");
    }
    let left: Vec<_> = table(nodes[0], slug).await;
    let owners = left.iter().filter(|(_, role, status)| role == "owner" && status == "active").count();
    assert_eq!(owners, 1, "{left:?}");
    let primary = organization(nodes[1], slug).await["owner"]["email"].clone();
    assert!(left.iter().any(|(email, role, _)| role == "owner" && *email == primary), "{primary} of {left:?}");
}
