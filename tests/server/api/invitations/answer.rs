//! `POST /invitations/{token}/accept` and `/decline`.

use serde_json::json;

use super::{PATH, invite, link, statuses, token};
use crate::support::{Engine, Server, at_once};

both!(
    accepting_makes_a_member,
    only_the_invitee_answers,
    declining_is_an_answer,
    of_fifty_who_accept_at_once_one_does,
    a_replaced_role_is_what_is_accepted,
);

async fn accepting_makes_a_member(server: Server) {
    let acme = server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let made = invite(&server, "JANE@example.com", "developer").send().await.expect(201);
    let head = server.head().await;
    let accept = || server.post(&link(&token(&made), "/accept")).by(&jane);
    let accepted = accept().key("k").send().await.expect(200);
    assert_eq!(accepted.keys(), ["joined_at", "organization_id", "role", "status", "user"]);
    assert_eq!(accepted["organization_id"], acme.id());
    assert_eq!(accepted["user"], json!({ "id": jane.id, "email": "jane@example.com", "name": "Jane" }));
    assert_eq!((&accepted["role"]["key"], &accepted["status"]), (&json!("developer"), &json!("active")));
    assert_eq!(accepted.position(), head + 2);
    assert_eq!(statuses(&server).await, ["accepted"]);
    let seen = server.get(&format!("{PATH}/acme")).by(&jane).send().await.expect(200);
    assert_eq!((&seen["role"], &seen["user_count"]), (&json!("developer"), &json!(2)));
    server.refuses(accept(), 410, "invitation_closed").await;
    assert!(accept().key("k").send().await.expect(200).is_replayed());
    let decline = server.post(&link(&token(&made), "/decline")).by(&jane);
    server.refuses(decline, 410, "invitation_closed").await;
    // It is not a way back in.
    server.delete(&format!("{PATH}/acme/members/{}", jane.id)).send().await.expect(204);
    server.refuses(accept(), 410, "invitation_closed").await;
    server.deployment().assert_projections_verify();
}

async fn only_the_invitee_answers(server: Server) {
    server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let bob = server.person("bob@example.com").await;
    let made = invite(&server, "jane@example.com", "viewer").send().await.expect(201);
    for action in ["/accept", "/decline"] {
        let path = link(&token(&made), action);
        server.refuses(server.post(&path).by(&bob), 403, "not_the_invitee").await;
        server.refuses(server.post(&path), 403, "not_the_invitee").await;
        let body = server.post(&path).by(&jane).json(json!({ "organization": "other" }));
        assert_eq!(server.refuses(body, 422, "invalid").await.pointers(), ["/organization"]);
        let tried = server.post(&format!("{path}?dry_run=true")).by(&jane).send().await.expect(200);
        assert!(!tried["events"].as_array().expect("events").is_empty());
    }
    assert_eq!(statuses(&server).await, ["pending"]);
}

async fn declining_is_an_answer(server: Server) {
    server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let made = invite(&server, "jane@example.com", "viewer").send().await.expect(201);
    let decline = || server.post(&link(&token(&made), "/decline")).by(&jane);
    assert_eq!(decline().send().await.expect(204).body, "");
    assert_eq!(statuses(&server).await, ["declined"]);
    server.refuses(decline(), 410, "invitation_closed").await;
    server.refuses(server.post(&link(&token(&made), "/accept")).by(&jane), 410, "invitation_closed").await;
    server.refuses(server.get(&format!("{PATH}/acme")).by(&jane), 403, "not_a_member").await;
    invite(&server, "jane@example.com", "viewer").send().await.expect(201);
}

async fn of_fifty_who_accept_at_once_one_does(server: Server) {
    server.organization("acme").await;
    accept_at_once(&[&server]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_who_accept_at_once_on_two_nodes_one_does() {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    first.organization("acme").await;
    accept_at_once(&[&first, &second]).await;
}

async fn accept_at_once(nodes: &[&Server]) {
    let jane = nodes[0].person("jane@example.com").await;
    let made = invite(nodes[0], "jane@example.com", "viewer").send().await.expect(201);
    let head = nodes[0].head().await;
    let path = link(&token(&made), "/accept");
    let accept = |n: usize| nodes[n % nodes.len()].post(&path).by(&jane).send();
    let replies = at_once((0..50).map(accept)).await;
    let accepted = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(accepted, 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!((reply.status, &reply["code"]), (410, &json!("invitation_closed")), "{reply}");
    }
    assert_eq!(nodes[0].head().await, head + 2, "accepted and added, once");
    assert_eq!(nodes[0].get(&format!("{PATH}/acme")).send().await["user_count"], 2);
}

async fn a_replaced_role_is_what_is_accepted(server: Server) {
    server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let own = json!({ "key": "own", "name": "Own", "permissions": ["*"] });
    server.post(&format!("{PATH}/acme/roles")).json(own).send().await.expect(201);
    let made = invite(&server, "jane@example.com", "own").send().await.expect(201);
    let delete = |query: &str| server.delete(&format!("{PATH}/acme/roles/own{query}"));
    let refused = server.refuses(delete(""), 409, "role_in_use").await;
    assert_eq!((&refused["members"], &refused["invitations"]), (&json!(0), &json!(1)));
    delete("?remap_to=viewer").send().await.expect(204);
    let accepted = server.post(&link(&token(&made), "/accept")).by(&jane).send().await.expect(200);
    assert_eq!(accepted["role"]["key"], "viewer");
}
