//! Many want the same: one gets it.

use std::collections::HashSet;

use aggregates::claim::{Claim, ClaimKind};
use tenantry::ledger::{Appended, Error};

use crate::{
    database::Store,
    support::{creation, idempotency, in_parallel, new_id, stream, suspension, touch, with_key},
};

const MANY: usize = 20;

pub async fn one_of_many_appends_at_one_version_succeeds(store: Store) {
    let nodes = store.nodes().await;
    let id = nodes[0].organization("acme").await;
    let answers = in_parallel(&nodes, (0..MANY).map(|_| touch(id, 1)).collect()).await;
    let conflicts = answers.iter().filter(|answer| matches!(answer, Err(Error::Conflict(s)) if *s == stream(id)));
    assert_eq!(conflicts.count(), MANY - 1);
    assert_eq!(answers.iter().flatten().count(), 1);
    assert_eq!(nodes[0].events().await.len(), 2);
}

pub async fn one_of_many_claims_of_a_slug_succeeds(store: Store) {
    let nodes = store.nodes().await;
    let ids: Vec<_> = (0..MANY).map(|_| new_id()).collect();
    let answers = in_parallel(&nodes, ids.iter().map(|id| creation(*id, "acme")).collect()).await;
    let taken = answers.iter().filter(
        |answer| matches!(answer, Err(Error::Taken { kind: ClaimKind::OrganizationSlug, value }) if value == "acme"),
    );
    assert_eq!(taken.count(), MANY - 1);
    let winner = ids.iter().zip(&answers).find(|(_, answer)| answer.is_ok()).map(|(id, _)| id.uuid());
    let holder = nodes[0].ledger.holder(&Claim::organization_slug("acme")).await.expect("an answer");
    assert!(winner.is_some());
    assert_eq!(holder, winner);
    assert_eq!(
        (nodes[0].events().await.len(), store.count("claims").await, store.count("organizations").await),
        (1, 1, 1)
    );
}

pub async fn one_key_has_one_effect(store: Store) {
    let nodes = store.nodes().await;
    // As a repeated request would: every try with ids of its own.
    let tries = (0..MANY).map(|_| with_key(creation(new_id(), "acme"), "k-1", "body")).collect();
    let answers: Vec<Appended> =
        in_parallel(&nodes, tries).await.into_iter().map(|answer| answer.expect("an answer")).collect();
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert!(answers.iter().all(|answer| answer.reply == answers[0].reply && answer.position == answers[0].position));
    let events = nodes[0].events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(answers[0].reply.body, Some(events[0].event_id.to_string()));
    for node in &nodes {
        let replay = node.ledger.replay(&idempotency("k-1", "body")).await.expect("an answer").expect("a reply");
        assert_eq!((replay.reply, replay.position, replay.replayed), (answers[0].reply.clone(), 1, true));
    }
}

pub async fn a_key_is_good_for_one_request(store: Store) {
    let nodes = store.nodes().await;
    nodes[0].append(with_key(creation(new_id(), "acme"), "k-1", "body")).await.expect("created");
    for node in &nodes {
        let other = node.append(with_key(creation(new_id(), "other"), "k-1", "another body")).await;
        assert!(matches!(other, Err(Error::IdempotencyMismatch)), "{other:?}");
        let replay = node.ledger.replay(&idempotency("k-1", "another body")).await;
        assert!(matches!(replay, Err(Error::IdempotencyMismatch)), "{replay:?}");
    }
    nodes[0].append(with_key(creation(new_id(), "other"), "k-2", "another body")).await.expect("another key");
    assert_eq!(nodes[0].events().await.len(), 2);
}

pub async fn a_refused_request_leaves_its_key_free(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let refused = node.append(with_key(suspension(id, 7), "k-1", "body")).await;
    assert!(matches!(refused, Err(Error::Conflict(_))));
    assert!(node.ledger.replay(&idempotency("k-1", "body")).await.expect("an answer").is_none());
    let done = node.append(with_key(suspension(id, 1), "k-1", "body")).await.expect("appended");
    let again = node.append(with_key(suspension(id, 2), "k-1", "body")).await.expect("answered");
    assert_eq!((done.replayed, again.replayed), (false, true));
    let ids: HashSet<_> = [done.reply.body, again.reply.body].into();
    assert_eq!(ids.len(), 1);
}
