//! People on several nodes over one PostgreSQL.

use serde_json::json;

use super::{access, is_good, login, metric, refresh, refresh_token};
use crate::support::{Engine, Person, Server, at_once, eventually, people::PASSWORD};

fn two() -> [Server; 2] {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    [first, second]
}

/// Whether a node that has seen this position refuses the token. Before that it may accept it.
async fn refused_once_seen(node: &Server, position: i64, person: &Person) {
    let position = f64::from(u32::try_from(position).expect("a small position"));
    eventually("the other node has seen it", async || metric(node, "tenantry_follower_position").await >= position)
        .await;
    assert!(!is_good(node, &person.access_token).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_up_on_one_node_is_known_to_the_other_at_once() {
    let nodes = two();
    for n in 0..20 {
        let (one, other) = (&nodes[n % 2], &nodes[(n + 1) % 2]);
        let person = one.person(&format!("user-{n}@example.com")).await;
        assert!(is_good(other, &person.access_token).await);
        other.login(&person.email).send().await.expect(200);
        let tokens = refresh(other, &person.refresh_token).send().await.expect(200);
        assert!(is_good(one, &access(&tokens)).await);
        let path = format!("/api/v1/organizations/{}", person.organization);
        other.patch(&path).by(&person).json(json!({ "name": "Mine" })).send().await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_signed_out_on_one_node_is_refused_on_the_other() {
    let nodes = two();
    for n in 0..6 {
        let (one, other) = (&nodes[n % 2], &nodes[(n + 1) % 2]);
        let person = one.person(&format!("user-{n}@example.com")).await;
        // Both nodes remember the person.
        assert!(is_good(one, &person.access_token).await && is_good(other, &person.access_token).await);
        let done = match n / 2 {
            0 => one.post("/api/v1/auth/logout").by(&person).send().await.expect(204),
            1 => one.post(&format!("/api/v1/users/{}/disable", person.id)).send().await.expect(200),
            _ => {
                let body = json!({ "current_password": PASSWORD, "new_password": "an entirely new password" });
                one.post("/api/v1/me/password").by(&person).json(body).send().await.expect(204)
            }
        };
        assert!(!is_good(one, &person.access_token).await);
        // A write asks the database whatever is remembered.
        let write = other.post("/api/v1/organizations").by(&person).json(json!({ "name": "x" })).send().await;
        assert!(write.status == 401 || n / 2 != 1, "{write}");
        refused_once_seen(other, done.position(), &person).await;
        refresh(other, &person.refresh_token).send().await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_is_good_once_on_all_nodes_together() {
    let nodes = two();
    for round in 0..5 {
        let person = nodes[0].person(&format!("user-{round}@example.com")).await;
        let replies = at_once((0..20).map(|n| refresh(&nodes[n % 2], &person.refresh_token).send())).await;
        let (good, bad): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
        assert!(good.len() <= 1, "{good:?}");
        assert!(bad.iter().all(|reply| reply.status == 401 && reply["code"] == "invalid_token"), "{bad:?}");
        for tokens in good {
            for node in &nodes {
                refresh(node, &refresh_token(tokens)).send().await.expect(401);
            }
        }
        let head = nodes[0].head().await;
        refused_once_seen(&nodes[0], head, &person).await;
        refused_once_seen(&nodes[1], head, &person).await;
    }
    nodes[0].deployment().ledger().await.assert_gapless().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_signs_up_once_on_all_nodes_together() {
    let nodes = two();
    let sign_up = |n: usize| super::sign_up(&nodes[n % 2], "jane@example.com", PASSWORD).send();
    let replies = at_once((0..20).map(sign_up)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply["code"] == "email_taken").count(), 19);
    let keyed = |n: usize| super::sign_up(&nodes[n % 2], "joe@example.com", PASSWORD).key("k").send();
    let replies = at_once((0..20).map(keyed)).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply["user"] == replies[0]["user"]));
    assert_eq!(replies.iter().filter(|reply| reply["tokens"].is_object()).count(), 1);
}

/// Of two superadmins who take it from each other, one is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_superadmins_who_revoke_each_other_leave_one() {
    let nodes = two();
    let admins = [nodes[0].person("a@example.com").await, nodes[0].person("b@example.com").await];
    let act = |node: usize, by: usize, action: &str| {
        let path = format!("/api/v1/users/{}/{action}", admins[1 - by].id);
        nodes[node].post(&path).by(&admins[by]).send()
    };
    let all = nodes[0].post(&format!("/api/v1/users/{}/revoke-superadmin", admins[0].id));
    all.send().await.expect(200);
    for round in 0..20 {
        for admin in &admins {
            let grant = nodes[0].post(&format!("/api/v1/users/{}/grant-superadmin", admin.id));
            let position = grant.send().await.expect(200).position();
            let position = f64::from(u32::try_from(position).expect("a small position"));
            let seen = async || metric(&nodes[1], "tenantry_follower_position").await >= position;
            eventually("the other node has seen it", seen).await;
        }
        // On one node, and on two.
        let replies = at_once([act(0, 0, "revoke-superadmin"), act(round % 2, 1, "revoke-superadmin")]).await;
        let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{replies:?}");
        let superadmins = nodes[1].deployment().ledger().await;
        let count = superadmins.number("SELECT count(*) FROM users WHERE is_superadmin AND email IS NOT NULL").await;
        superadmins.close().await;
        assert_eq!(count, 2, "the first superadmin and one of the two");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_disabled_signs_in_on_no_node() {
    let nodes = two();
    let jane = nodes[0].person("jane@example.com").await;
    nodes[1].login("jane@example.com").send().await.expect(200);
    nodes[0].post(&format!("/api/v1/users/{}/disable", jane.id)).send().await.expect(200);
    nodes[1].refuses(login(&nodes[1], "jane@example.com", PASSWORD), 401, "invalid_credentials").await;
    nodes[0].post(&format!("/api/v1/users/{}/enable", jane.id)).send().await.expect(200);
    let tokens = nodes[1].login("jane@example.com").send().await.expect(200);
    assert!(is_good(&nodes[0], &access(&tokens)).await);
    assert!(!is_good(&nodes[0], &jane.access_token).await);
}
