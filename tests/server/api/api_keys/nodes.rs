//! Keys on two nodes over one PostgreSQL.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{KEYS, Made, SELF, code, owned, path, personal, verify};
use crate::support::{Engine, Person, Request, Server, at_once};

/// The promise, and what the clock of a busy machine may add.
const KNOWN_WITHIN: Duration = Duration::from_millis(1500);

async fn two() -> ([Server; 2], Person) {
    let first = Server::start(Engine::Postgres);
    let jane = super::acme(&first).await;
    let second = first.another_node();
    ([first, second], jane)
}

/// Waits until requests like this are refused, and says for how long they were not.
async fn refused_after(begun: Instant, request: Request, status: u16) -> Duration {
    loop {
        let asked = begun.elapsed();
        let reply = request.clone().send().await;
        if reply.status == status {
            return asked;
        }
        assert_eq!(reply.status, 200, "{reply}");
        assert!(begun.elapsed() < KNOWN_WITHIN, "it is still accepted after {:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_made_on_one_node_works_on_the_other_at_once() {
    let (nodes, jane) = two().await;
    for n in 0..40 {
        let (here, there) = (&nodes[n % 2], &nodes[(n + 1) % 2]);
        let made = match n % 3 {
            0 => owned(here, "acme", &["org:acme:teams:*"]).await,
            1 => personal(here, &jane, &["*:*"]).await,
            _ => personal(here, &jane, &["org:acme:teams:*"]).await,
        };
        made.reads(there, "acme").send().await.expect(200);
        assert_eq!(code(verify(there, &made.key)).await, "VALID");
        let name = json!({ "name": format!("Team {n}") });
        there.post(&super::teams("acme")).bearer(&made.key).json(name).send().await.expect(201);
        // And what it is given there counts here.
        let rotate = there.post(&format!("{}/rotate", path(&made.id))).json(json!({}));
        let rotate = if n % 3 == 0 { rotate } else { rotate.by(&jane) };
        let rotated = Made::from(rotate.send().await.expect(200));
        rotated.reads(there, "acme").send().await.expect(200);
        there.get(SELF).bearer(&made.key).send().await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_is_refused_at_once_here_and_soon_there() {
    let (nodes, jane) = two().await;
    let mut longest = Duration::ZERO;
    for n in 0..24 {
        let (here, there) = (&nodes[n % 2], &nodes[(n + 1) % 2]);
        let made = personal(here, &jane, &["*:*"]).await;
        // Both remember it.
        for node in [here, there, there] {
            made.reads(node, "acme").send().await.expect(200);
        }
        let act = |action: &str| here.post(&format!("{}/{action}", path(&made.id))).by(&jane).json(json!({}));
        let end = match n % 4 {
            0 => act("revoke"),
            1 => act("disable"),
            2 => act("rotate"),
            _ => here.post(&format!("{KEYS}/revoke-self")).bearer(&made.key),
        };
        let ended = end.send().await;
        assert!([200, 204].contains(&ended.status), "{ended}");
        let begun = Instant::now();
        here.get(SELF).bearer(&made.key).send().await.expect(401);
        assert_ne!(code(verify(here, &made.key)).await, "VALID");
        // A write asks the ledger whatever is remembered.
        let write = there.post(&super::teams("acme")).bearer(&made.key).json(json!({ "name": format!("late {n}") }));
        write.send().await.expect(401);
        longest = longest.max(refused_after(begun, there.get(SELF).bearer(&made.key), 401).await);
        assert_ne!(code(verify(there, &made.key)).await, "VALID");
    }
    assert!(longest < KNOWN_WITHIN, "{longest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_to_owners_and_organizations_is_known_soon_too() {
    let (nodes, jane) = two().await;
    let key = personal(&nodes[0], &jane, &["org:acme:teams:*"]).await;
    let organization = owned(&nodes[0], "acme", &["*:*"]).await;
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    let acme = "/api/v1/organizations/acme";
    let user = format!("/api/v1/users/{}", jane.id);
    for (n, (stop, resume, made, status)) in [
        (format!("{user}/disable"), format!("{user}/enable"), &key, 401),
        (format!("{member}/suspend"), format!("{member}/reinstate"), &key, 403),
        (format!("{acme}/suspend"), format!("{acme}/reactivate"), &key, 403),
        (format!("{acme}/suspend"), format!("{acme}/reactivate"), &organization, 403),
    ]
    .into_iter()
    .enumerate()
    {
        for round in 0..3 {
            let (here, there) = (&nodes[(n + round) % 2], &nodes[(n + round + 1) % 2]);
            for node in [here, there] {
                made.reads(node, "acme").send().await.expect(200);
                assert_eq!(code(verify(node, &made.key)).await, "VALID");
            }
            here.post(&stop).json(json!({})).send().await.expect(200);
            let begun = Instant::now();
            assert_ne!(code(verify(here, &made.key)).await, "VALID");
            made.reads(here, "acme").send().await.expect(status);
            refused_after(begun, made.reads(there, "acme"), status).await;
            while code(verify(there, &made.key)).await == "VALID" {
                assert!(begun.elapsed() < KNOWN_WITHIN, "{stop}: {:?}", begun.elapsed());
            }
            // In the other direction as well.
            here.post(&resume).json(json!({})).send().await.expect(200);
            let begun = Instant::now();
            made.reads(here, "acme").send().await.expect(200);
            while made.reads(there, "acme").send().await.status != 200
                || code(verify(there, &made.key)).await != "VALID"
            {
                assert!(begun.elapsed() < KNOWN_WITHIN, "{resume}: {:?}", begun.elapsed());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revocations_on_both_nodes_are_one() {
    let (nodes, jane) = two().await;
    for _ in 0..5 {
        let made = personal(&nodes[0], &jane, &["*:*"]).await;
        let head = nodes[0].head().await;
        let revoke =
            |n: usize| nodes[n % 2].post(&format!("{}/revoke", path(&made.id))).by(&jane).json(json!({})).send();
        for reply in at_once((0..50).map(revoke)).await {
            assert_eq!(reply.expect(200)["status"], "revoked");
        }
        assert_eq!(super::events_after(&nodes[0], head).await, [("ApiKeyRevoked".to_owned(), head + 1)]);
    }
}

/// Whatever comes first, no key of somebody who was removed gives anything there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_survives_the_removal_of_its_owner() {
    let (nodes, jane) = two().await;
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    let ending = json!({ "organization": "acme", "on_creator_leave": "revoke" });
    let mut kept = 0;
    for round in 0..30 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let before = personal(here, &jane, &["org:acme:teams:read"]).await;
        let make = |n: usize| {
            let node = if n.is_multiple_of(2) { here } else { there };
            let more = if n % 4 < 2 { json!({}) } else { ending.clone() };
            super::create_with(node, &["org:acme:teams:read"], more).by(&jane)
        };
        let grow = there.patch(&path(&before.id)).by(&jane).json(json!({ "scopes": ["org:acme:teams:*"] }));
        let mut requests: Vec<_> = (0..4).map(make).chain([grow]).collect();
        requests.insert(round % 5, here.delete(&member));
        let replies = at_once(requests.into_iter().map(Request::send)).await;
        assert!(replies.iter().any(|reply| reply.status == 204), "{replies:?}");
        let made: Vec<Made> = replies.into_iter().filter(|reply| reply.status == 201).map(Made::from).collect();
        kept += made.len();
        for key in made.iter().chain([&before]) {
            for node in &nodes {
                let shown = node.get(&path(&key.id)).send().await.expect(200);
                assert_eq!(
                    (&shown["status"], &shown["revocation_reason"]),
                    (&json!("revoked"), &json!("affiliation_changed")),
                    "{shown}"
                );
            }
        }
        // Not even when the member comes back.
        let back = here.post(&format!("{member}/reinstate")).send().await;
        assert!([200, 201].contains(&back.status), "{back}");
        for key in made.iter().chain([&before]) {
            here.get(SELF).bearer(&key.key).send().await.expect(401);
            let begun = Instant::now();
            refused_after(begun, there.get(SELF).bearer(&key.key), 401).await;
        }
    }
    assert!(kept > 0, "some keys were made before the removal");
    let deployment = nodes[0].deployment();
    deployment.ledger().await.assert_gapless().await;
    deployment.assert_projections_verify();
    let list = nodes[1].get(&format!("{KEYS}?organization=acme&status=active")).send().await.expect(200);
    assert_eq!(list.json, Value::Array(vec![]));
}
