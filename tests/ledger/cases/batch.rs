//! Appends that share a transaction do not share their fate.

use projections::FoldError;
use tenantry::ledger::{Appended, Error};
use tokio::task::JoinSet;

use crate::{
    database::Store,
    support::{HeadLock, Node, creation, in_one_batch, new_id, stream, touch, until, within},
};

/// The neighbours are committed, and the ledger is sound and goes on.
async fn others_are_committed(node: &Node, before: usize, answers: [&Result<Appended, Error>; 2]) {
    for answer in answers {
        assert!(answer.is_ok(), "{answer:?}");
    }
    // The plug of the batch and both neighbours.
    assert_eq!(node.events().await.len(), before + 3);
    node.organization("afterwards").await;
}

pub async fn an_unprojectable_append_harms_nobody_else(store: Store) {
    let node = store.node().await;
    let batch = vec![creation(new_id(), "one"), touch(new_id(), 0), creation(new_id(), "two")];
    let answers = in_one_batch(&store, &node, batch).await;
    assert!(matches!(answers[1], Err(Error::Unprojectable(FoldError::Missing { .. }))), "{:?}", answers[1]);
    others_are_committed(&node, 0, [&answers[0], &answers[2]]).await;
}

pub async fn a_conflicting_append_harms_nobody_else(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let batch = vec![creation(new_id(), "one"), touch(id, 4), touch(id, 1)];
    let answers = in_one_batch(&store, &node, batch).await;
    assert!(matches!(answers[1], Err(Error::Conflict(s)) if s == stream(id)), "{:?}", answers[1]);
    others_are_committed(&node, 1, [&answers[0], &answers[2]]).await;
}

/// A stream that is taken for new and is not: in a batch only the database can tell.
pub async fn an_append_that_the_database_refuses_harms_nobody_else(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.close().await;
    let node = store.node().await;
    let batch = vec![creation(new_id(), "one"), creation(id, "again"), creation(new_id(), "two")];
    let answers = in_one_batch(&store, &node, batch).await;
    assert!(matches!(answers[1], Err(Error::Conflict(s)) if s == stream(id)), "{:?}", answers[1]);
    others_are_committed(&node, 1, [&answers[0], &answers[2]]).await;
}

/// What a refused append took for new must not be remembered as such.
pub async fn a_stream_wrongly_taken_for_new_stays_usable(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.organization("taken").await;
    node.close().await;
    let node = store.node().await;
    let batch = vec![creation(id, "taken"), touch(id, 1), creation(new_id(), "two")];
    let answers = in_one_batch(&store, &node, batch).await;
    assert!(matches!(answers[0], Err(Error::Conflict(_) | Error::Taken { .. })), "{:?}", answers[0]);
    others_are_committed(&node, 2, [&answers[1], &answers[2]]).await;
    node.append(touch(id, 2)).await.expect("the organization is there");

    let batch = vec![creation(id, "taken"), creation(new_id(), "three")];
    let answers = in_one_batch(&store, &node, batch).await;
    assert!(answers[0].is_err() && answers[1].is_ok(), "{answers:?}");
    node.append(touch(id, 3)).await.expect("the organization is there still");
}

pub async fn a_full_queue_says_so_and_writes_nothing(store: Store) {
    let node = store.node().await;
    let lock = HeadLock::take(&store).await;
    // The queue, what the writer may have taken out of it already, and some more.
    let sent = node.ledger.queue().1 + 256 + 44;
    let mut waiting = JoinSet::new();
    for n in 0..sent {
        let ledger = node.ledger.clone();
        waiting.spawn(async move { ledger.append(creation(new_id(), &format!("o-{n}"))).await.map(drop) });
    }
    let first = within("somebody is turned away", waiting.join_next()).await.expect("an answer").expect("no panic");
    assert!(matches!(first, Err(Error::Busy)), "nobody else is answered before the head is free: {first:?}");
    until("all have been sent", async || node.ledger.queue().0 == node.ledger.queue().1).await;
    lock.release().await;
    let (mut done, mut busy) = (0, 1);
    while let Some(answer) = within("everybody is answered", waiting.join_next()).await {
        match answer.expect("no panic") {
            Ok(()) => done += 1,
            Err(Error::Busy) => busy += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(done + busy, sent);
    assert_eq!(node.events().await.len(), done, "who was turned away has written nothing");
    node.organization("afterwards").await;
}
