//! `POST /organizations/{org}/transfer-ownership`.

use serde_json::{Value, json};

use super::{PATH, members, organization, table};
use crate::support::{Request, Server};

both!(ownership_goes_to_a_member, only_owners_and_superadmins_transfer, what_is_sent_is_checked);

fn transfer(server: &Server, body: Value) -> Request {
    server.post(&format!("{PATH}/acme/transfer-ownership")).json(body)
}

async fn ownership_goes_to_a_member(server: Server) {
    let made = server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    let given = transfer(&server, json!({ "user_id": jane.id })).send().await.expect(200);
    assert_eq!(given.keys(), made.keys());
    assert_eq!(
        (&given["owner"]["id"], &given["role"], &given["is_owner"]),
        (&json!(jane.id), &json!("admin"), &json!(false))
    );
    assert_eq!(given.version(), made.version() + 1);
    let rows = table(&server, "acme").await;
    let active = |email: &str, role: &str| (email.to_owned(), role.to_owned(), "active".to_owned());
    assert_eq!(rows, [active("admin@example.com", "admin"), active("jane@example.com", "owner")]);
    let same = transfer(&server, json!({ "user_id": jane.id })).send().await.expect(200);
    assert_eq!(same.position(), given.position(), "it is hers already");
    // Back by address, and she stays an owner.
    let body = json!({ "email": "ADMIN@example.com", "keep_owner": true });
    let back = transfer(&server, body).bearer(&jane.access_token).send().await.expect(200);
    assert_eq!((&back["owner"]["email"], &back["role"]), (&json!("admin@example.com"), &json!("owner")));
    let owners = table(&server, "acme").await.iter().filter(|(_, role, _)| role == "owner").count();
    assert_eq!(owners, 2);
    server.deployment().assert_projections_verify();
}

async fn only_owners_and_superadmins_transfer(server: Server) {
    server.organization("acme").await;
    let admin = server.member("acme", "a@example.com", "admin").await;
    let outsider = server.person("o@example.com").await;
    let to = json!({ "user_id": admin.id });
    server.refuses(transfer(&server, to.clone()).bearer(&admin.access_token), 403, "owners_only").await;
    server.refuses(transfer(&server, to.clone()).bearer(&outsider.access_token), 403, "not_a_member").await;
    server.refuses(transfer(&server, to).anonymous(), 401, "not_authenticated").await;
    assert_eq!(organization(&server, "acme").await["owner"]["email"], "admin@example.com");
}

async fn what_is_sent_is_checked(server: Server) {
    server.organization("acme").await;
    let outsider = server.person("o@example.com").await;
    for (body, pointers) in [
        (json!({}), vec!["/email"]),
        (json!({ "email": "x" }), vec!["/email"]),
        (json!({ "user_id": "x" }), vec!["/user_id"]),
        (json!({ "user_id": outsider.id, "email": "o@example.com" }), vec!["/user_id"]),
        (json!({ "user_id": outsider.id, "keep_owner": "yes" }), vec!["/keep_owner"]),
        (json!({ "user_id": outsider.id, "organization": "x" }), vec!["/organization"]),
    ] {
        let refused = server.refuses(transfer(&server, body), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers, "{refused}");
    }
    for stranger in [
        json!({ "user_id": outsider.id }),
        json!({ "email": "o@example.com" }),
        json!({ "email": "nobody@example.com" }),
        json!({ "user_id": "0190163d-8694-739b-aea5-966c26f8ad91" }),
    ] {
        server.refuses(transfer(&server, stranger), 404, "member_not_found").await;
    }
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    server.post(&format!("{}/{}/suspend", members("acme"), jane.id)).send().await.expect(200);
    server.refuses(transfer(&server, json!({ "user_id": jane.id })), 409, "member_suspended").await;
}
