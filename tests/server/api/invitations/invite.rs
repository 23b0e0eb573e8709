//! Inviting, listing, sending again and revoking.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{PATH, invite, link, statuses, token};
use crate::support::{Reply, Server, at_once};

both!(
    an_invitation_is_shown_as_described,
    an_address_is_invited_once_at_a_time,
    a_member_is_not_invited,
    of_many_invitations_of_one_address_one_is_made,
    sending_again_replaces_the_token,
    what_is_revoked_is_over,
    a_list_has_filters,
    a_workspace_of_another_organization_is_not_found,
    what_is_sent_is_checked,
);

fn days_left(reply: &Reply) -> i64 {
    let at: DateTime<Utc> = reply["expires_at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    ((at - Utc::now()).num_minutes() + 1) / (24 * 60)
}

async fn an_invitation_is_shown_as_described(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    let made = invite(&server, "New@Example.com", "developer").by(&jane).send().await.expect(201);
    let fields = [
        "created_at",
        "email",
        "expires_at",
        "id",
        "invited_by",
        "role",
        "secret_available",
        "status",
        "token",
        "url",
        "workspace",
    ];
    assert_eq!(made.keys(), fields);
    assert_eq!((&made["email"], &made["role"]), (&json!("New@Example.com"), &json!("developer")));
    assert_eq!((&made["status"], &made["workspace"]), (&json!("pending"), &Value::Null));
    assert_eq!(made["invited_by"], json!({ "id": jane.id, "name": "Jane" }));
    assert_eq!((&made["secret_available"], days_left(&made)), (&json!(true), 7));
    assert_eq!(made["url"], format!("{}/invitations/{}", server.url, token(&made)));
    let listed = server.get(&format!("{PATH}/acme/invitations")).by(&jane).send().await.expect(200);
    let mut expected = made.json.clone();
    for secret in ["token", "url", "secret_available"] {
        expected.as_object_mut().expect("an object").remove(secret);
    }
    assert_eq!(listed.json, json!([expected]));
    // The name of somebody who does not belong is not shown.
    server.delete(&format!("{PATH}/acme/members/{}", jane.id)).send().await.expect(204);
    let listed = server.get(&format!("{PATH}/acme/invitations")).send().await;
    assert_eq!(listed.json[0]["invited_by"], json!({ "id": jane.id, "name": null }));
    // Where the invited person begins.
    let body = json!({ "email": "b@example.com", "role": "viewer", "workspace": "default", "expires_in_days": 30 });
    let made = server.post(&format!("{PATH}/acme/members/invite")).json(body).send().await.expect(201);
    assert!(made["workspace"].is_string(), "{made}");
    assert_eq!(days_left(&made), 30);
}

async fn an_address_is_invited_once_at_a_time(server: Server) {
    server.organization("acme").await;
    invite(&server, "jane@example.com", "viewer").send().await.expect(201);
    for spelling in ["jane@example.com", "JANE@Example.com"] {
        server.refuses(invite(&server, spelling, "admin"), 409, "invitation_exists").await;
    }
    // Another organization is another matter.
    server.organization("other").await;
    let other = server.post(&format!("{PATH}/other/members/invite"));
    other.json(json!({ "email": "jane@example.com", "role": "viewer" })).send().await.expect(201);
}

async fn a_member_is_not_invited(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    server.refuses(invite(&server, "Jane@EXAMPLE.com", "viewer"), 409, "already_member").await;
    server.post(&format!("{PATH}/acme/members/{}/suspend", jane.id)).send().await.expect(200);
    server.refuses(invite(&server, "jane@example.com", "viewer"), 409, "already_member").await;
    server.delete(&format!("{PATH}/acme/members/{}", jane.id)).send().await.expect(204);
    invite(&server, "jane@example.com", "viewer").send().await.expect(201);
}

async fn of_many_invitations_of_one_address_one_is_made(server: Server) {
    server.organization("acme").await;
    let request = invite(&server, "jane@example.com", "viewer");
    let mut made: Vec<_> = at_once((0..10).map(|_| request.clone().send())).await.iter().map(|r| r.status).collect();
    made.sort_unstable();
    assert_eq!((made[0], &made[1..]), (201, [409; 9].as_slice()));
    assert_eq!(statuses(&server).await.len(), 1);
}

async fn sending_again_replaces_the_token(server: Server) {
    server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let made = invite(&server, "jane@example.com", "viewer").send().await.expect(201);
    let resend = || server.post(&format!("{PATH}/acme/invitations/{}/resend", made.id()));
    let sent = resend().json(json!({ "expires_in_days": 14 })).send().await.expect(200);
    assert_eq!((sent.id(), days_left(&sent)), (made.id(), 14));
    assert_ne!(token(&sent), token(&made));
    for action in ["/accept", "/decline"] {
        let old = server.post(&link(&token(&made), action)).by(&jane);
        server.refuses(old, 404, "invitation_not_found").await;
    }
    server.refuses(server.get(&link(&token(&made), "")).anonymous(), 404, "invitation_not_found").await;
    let again = resend().send().await.expect(200);
    assert_eq!(days_left(&again), 7);
    server.post(&link(&token(&again), "/accept")).by(&jane).send().await.expect(200);
    server.refuses(resend(), 404, "invitation_not_found").await;
}

async fn what_is_revoked_is_over(server: Server) {
    server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let made = invite(&server, "jane@example.com", "viewer").send().await.expect(201);
    let revoke = || server.delete(&format!("{PATH}/acme/invitations/{}", made.id()));
    assert_eq!(revoke().send().await.expect(204).body, "");
    assert_eq!(statuses(&server).await, ["revoked"]);
    server.refuses(revoke(), 404, "invitation_not_found").await;
    for action in ["/accept", "/decline"] {
        server.refuses(server.post(&link(&token(&made), action)).by(&jane), 410, "invitation_closed").await;
    }
    invite(&server, "jane@example.com", "viewer").send().await.expect(201);
    assert_eq!(statuses(&server).await, ["pending", "revoked"]);
}

async fn a_list_has_filters(server: Server) {
    server.organization("acme").await;
    for n in 0..5 {
        let made = invite(&server, &format!("u{n}@example.com"), "viewer").send().await.expect(201);
        if n % 2 == 0 {
            server.delete(&format!("{PATH}/acme/invitations/{}", made.id())).send().await.expect(204);
        }
    }
    let path = format!("{PATH}/acme/invitations");
    for (status, expected) in [
        ("pending", vec!["u3@example.com", "u1@example.com"]),
        ("revoked", vec!["u4@example.com", "u2@example.com", "u0@example.com"]),
        ("expired", vec![]),
        ("accepted", vec![]),
        ("declined", vec![]),
    ] {
        let listed = server.get(&format!("{path}?status={status}&include=total")).send().await.expect(200);
        assert_eq!(
            (listed.each("email"), listed.header("x-total-count")),
            (expected.iter().map(|email| (*email).to_owned()).collect(), Some(expected.len().to_string().as_str()),)
        );
    }
    let refused = server.refuses(server.get(&format!("{path}?status=gone&limit=0")), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["?limit", "?status"]);
}

async fn a_workspace_of_another_organization_is_not_found(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    // A workspace of another organization does not exist here.
    let foreign = server.get(&format!("{PATH}/other/workspaces")).send().await.expect(200);
    let body = json!({ "email": "b@example.com", "role": "viewer", "workspace": foreign.json[0]["id"] });
    let refused = server.refuses(server.post(&format!("{PATH}/acme/members/invite")).json(body), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/workspace"]);
    assert_eq!(statuses(&server).await, Vec::<String>::new());
}

async fn what_is_sent_is_checked(server: Server) {
    server.organization("acme").await;
    let path = format!("{PATH}/acme/members/invite");
    for (body, pointers) in [
        (json!({}), vec![""]),
        (json!({ "email": "x", "role": "?" }), vec!["/email", "/role"]),
        (json!({ "email": "a@example.com", "role": "nobody" }), vec!["/role"]),
        (json!({ "email": "a@example.com", "role": "viewer", "expires_in_days": 0 }), vec!["/expires_in_days"]),
        (json!({ "email": "a@example.com", "role": "viewer", "expires_in_days": 31 }), vec!["/expires_in_days"]),
        (json!({ "email": "a@example.com", "role": "viewer", "workspace": "no workspace" }), vec!["/workspace"]),
        (json!({ "email": "a@example.com", "role": "viewer", "workspace": "nowhere" }), vec!["/workspace"]),
        (json!({ "email": "a@example.com", "role": "viewer", "organization": "other" }), vec!["/organization"]),
        (json!({ "email": "a@example.com", "role": "viewer", "organization_id": "x" }), vec!["/organization_id"]),
    ] {
        let refused = server.refuses(server.post(&path).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers, "{refused}");
    }
    let made = invite(&server, "a@example.com", "viewer").send().await.expect(201);
    let resend = server.post(&format!("{PATH}/acme/invitations/{}/resend", made.id()));
    let refused = server.refuses(resend.json(json!({ "expires_in_days": 31 })), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/expires_in_days"]);
}
