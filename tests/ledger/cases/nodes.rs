//! One node: what stops it, what does not, and what it remembers.

use std::sync::{Arc, Mutex};

use aggregates::organization::Organization;
use projections::{PROJECTION_SET, row::One};
use tenantry::ledger::{Error, OpenError, open};

use crate::{
    database::Store,
    support::{creation, new_id, touch, until},
};

async fn set_projection_set(store: &Store, version: i64) {
    store.execute("UPDATE ledger SET projection_set = $1", &[version.into()]).await.expect("set");
}

pub async fn an_older_node_stops_writing(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    set_projection_set(&store, PROJECTION_SET + 1).await;
    for append in [touch(id, 1), creation(new_id(), "other")] {
        let answer = node.append(append).await;
        assert!(matches!(answer, Err(Error::Outdated)), "{answer:?}");
    }
    assert_eq!((store.count("events").await, store.count("organizations").await), (1, 1));
    set_projection_set(&store, PROJECTION_SET).await;
    node.append(touch(id, 1)).await.expect("appended");
}

pub async fn an_older_node_does_not_open(store: Store) {
    store.node().await.close().await;
    set_projection_set(&store, PROJECTION_SET + 1).await;
    let error = open(&store.options()).await.map(drop).expect_err("too new");
    assert!(matches!(error, OpenError::Newer { stored, .. } if stored == PROJECTION_SET + 1), "{error}");
    let stored: Vec<One<i64>> = store.fetch("SELECT projection_set FROM ledger").await;
    assert_eq!(stored, [One(PROJECTION_SET + 1)], "it is left as it was");
}

/// A statement that cannot run fails the append that needs it, whole, and the next one is not the worse for it.
pub async fn a_failed_statement_is_not_the_end(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    store.execute("ALTER TABLE organizations RENAME TO hidden", &[]).await.expect("hidden");
    let answer = node.append(touch(id, 1)).await;
    assert!(matches!(answer, Err(Error::Database(_))), "{answer:?}");
    assert_eq!(store.count("events").await, 1);
    store.execute("ALTER TABLE hidden RENAME TO organizations", &[]).await.expect("back");
    node.append(touch(id, 1)).await.expect("appended");
    let versions: Vec<One<i64>> = store.fetch("SELECT version FROM organizations").await;
    assert_eq!((versions, store.count("events").await), (vec![One(2)], 2));
}

pub async fn the_follower_keeps_the_cache_true(store: Store) {
    let mut node = store.node().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    let listener = move |header: &tenantry::ledger::Header| {
        ears.lock().expect("no panic").push((header.stream.id, header.sequence));
    };
    node.follow(vec![Box::new(listener)]);
    let id = node.organization("acme").await;
    assert_eq!(node.ledger.load::<Organization>(id.uuid()).await.expect("loaded").version, 1);
    node.append(touch(id, 1)).await.expect("appended");
    let told = heard.lock().expect("no panic").clone();
    assert!(told.contains(&(id.uuid(), 2)), "the node's own events are heard before they are acknowledged: {told:?}");
    until("the older aggregate is evicted", async || {
        node.ledger.load::<Organization>(id.uuid()).await.expect("loaded").version == 2
    })
    .await;
    until("everything is heard again", async || heard.lock().expect("no panic").len() == 4).await;
    let mut told = heard.lock().expect("no panic").clone();
    told.sort_unstable();
    assert_eq!(told, [(id.uuid(), 1), (id.uuid(), 1), (id.uuid(), 2), (id.uuid(), 2)]);
    assert_eq!(*node.ledger.committed().borrow(), 2);
    node.close().await;
}
