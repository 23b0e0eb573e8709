//! `DELETE /organizations/{org}/members/{user_id}` and `POST /organizations/{org}/leave`.

use serde_json::json;

use super::{PATH, members, organization, table};
use crate::support::Server;

both!(a_removed_member_is_out_at_once, a_member_leaves_whatever_they_may_do, nobody_else_leaves);

async fn a_removed_member_is_out_at_once(server: Server) {
    server.organization("acme").await;
    for route in ["members", "users"] {
        let email = format!("{route}@example.com");
        let jane = server.member("acme", &email, "admin").await;
        let own = || server.get(&format!("{PATH}/acme")).bearer(&jane.access_token);
        own().send().await.expect(200);
        let path = format!("{PATH}/acme/{route}/{}", jane.id);
        let removed = server.delete(&path).key("k").send().await.expect(204);
        assert_eq!(removed.body, "");
        server.refuses(own(), 403, "not_a_member").await;
        server.refuses(server.delete(&path), 404, "member_not_found").await;
        assert!(server.delete(&path).key("k").send().await.expect(204).is_replayed());
        let seen = server.get(PATH).bearer(&jane.access_token).send().await;
        assert!(!seen.each("slug").contains(&"acme".to_owned()));
    }
    assert_eq!(organization(&server, "acme").await["user_count"], 1);
}

async fn a_member_leaves_whatever_they_may_do(server: Server) {
    server.organization("acme").await;
    let nothing = json!({ "key": "nothing", "name": "Nothing", "permissions": [] });
    server.post(&format!("{PATH}/acme/roles")).json(nothing).send().await.expect(201);
    for role in ["nothing", "viewer", "admin", "owner"] {
        let jane = server.member("acme", &format!("a-{role}@example.com"), role).await;
        let leave = || server.post(&format!("{PATH}/acme/leave")).bearer(&jane.access_token);
        assert_eq!(leave().send().await.expect(204).body, "");
        server.refuses(leave(), 403, "not_a_member").await;
        // They can be brought back with the role they had.
        let back = server.post(&format!("{}/{}/reinstate", members("acme"), jane.id)).send().await.expect(200);
        assert_eq!(back["role"]["key"], role);
    }
    assert_eq!(table(&server, "acme").await.len(), 5);
}

async fn nobody_else_leaves(server: Server) {
    server
        .post(PATH)
        .json(json!({ "name": "x", "slug": "acme", "owner_email": "o@example.com" }))
        .send()
        .await
        .expect(201);
    let leave = || server.post(&format!("{PATH}/acme/leave"));
    server.refuses(leave().anonymous(), 401, "not_authenticated").await;
    // A superadmin who is not a member.
    server.refuses(leave(), 404, "member_not_found").await;
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    let path = format!("{}/{}", members("acme"), jane.id);
    server.post(&format!("{path}/suspend")).send().await.expect(200);
    server.refuses(leave().bearer(&jane.access_token), 403, "not_a_member").await;
    server.post(&format!("{path}/reinstate")).send().await.expect(200);
    server.post(&format!("{PATH}/acme/suspend")).send().await.expect(200);
    server.refuses(leave().bearer(&jane.access_token), 403, "organization_suspended").await;
    server.delete(&format!("{PATH}/acme")).send().await.expect(204);
    server.refuses(leave().bearer(&jane.access_token), 404, "organization_not_found").await;
}
