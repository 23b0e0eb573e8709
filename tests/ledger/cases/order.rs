//! One order without holes, in positions, times and versions.

use std::collections::HashSet;

use aggregates::organization::{Organization, Status};
use chrono::{DateTime, TimeDelta, Utc};
use tenantry::ledger::Error;

use crate::{
    database::Store,
    support::{Seed, change, creation, new_id, stream, touch, within},
};

/// A reader that goes from position to position while others append sees every event once, in order.
pub async fn overlapping_appends_are_never_skipped(store: Store) {
    const WRITERS: usize = 12;
    const EACH: usize = 12;
    let nodes = store.nodes().await;
    let reader = nodes[0].ledger.events();
    let reading = tokio::spawn(async move {
        let (mut seen, mut position) = (Vec::new(), 0);
        while seen.len() < WRITERS * EACH {
            let events = reader.after(position, 5).await.expect("no hole");
            position = events.last().map_or(position, |event| event.position);
            seen.extend(events.into_iter().map(|event| (event.position, event.event_id)));
            tokio::task::yield_now().await;
        }
        seen
    });
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let ledger = nodes[writer % nodes.len()].ledger.clone();
            tokio::spawn(async move {
                for n in 0..EACH {
                    ledger.append(creation(new_id(), &format!("w{writer}-{n}"))).await.expect("appended");
                }
            })
        })
        .collect();
    for writer in writers {
        within("a writer ends", writer).await.expect("no panic");
    }
    let seen = within("the reader has seen everything", reading).await.expect("no panic");
    let positions: Vec<_> = seen.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, (1..).take(WRITERS * EACH).collect::<Vec<i64>>());
    assert_eq!(seen.iter().map(|(_, id)| id).collect::<HashSet<_>>().len(), WRITERS * EACH);
    for (recorded, (_, id)) in nodes[0].events().await.iter().zip(&seen) {
        assert_eq!(recorded.event_id, *id, "what was read is what is stored");
    }
}

/// A clock that goes back does not take the ledger with it.
pub async fn time_never_goes_back(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let future = DateTime::from_timestamp_millis((Utc::now() + TimeDelta::days(1)).timestamp_millis()).expect("a time");
    Seed { recorded_at: future, ..Seed::suspension(2, id, 2) }.plant(&store).await;
    for version in 2..5 {
        node.append(touch(id, version)).await.expect("appended");
    }
    let times: Vec<_> = node.events().await.iter().map(|event| event.recorded_at).collect();
    assert!(times.is_sorted());
    assert_eq!(times[1..], [future; 4]);
}

pub async fn versions_go_beyond_32_bits(store: Store) {
    const FAR: i64 = 3_000_000_000;
    let node = store.node().await;
    let id = node.organization("acme").await;
    Seed::suspension(2, id, FAR).plant(&store).await;
    let loaded = node.ledger.load::<Organization>(id.uuid()).await.expect("loaded");
    assert_eq!((loaded.version, loaded.aggregate.status()), (FAR, Some(Status::Suspended)));

    let reactivated = aggregates::organization::OrganizationEvent::OrganizationReactivated {};
    node.append(change(id, FAR, [reactivated])).await.expect("appended");
    assert!(matches!(node.append(touch(id, FAR)).await, Err(Error::Conflict(_))), "the version has moved on");
    node.append(touch(id, FAR + 1)).await.expect("appended");

    node.ledger.evict(stream(id));
    let loaded = node.ledger.load::<Organization>(id.uuid()).await.expect("loaded");
    assert_eq!((loaded.version, loaded.aggregate.status()), (FAR + 2, Some(Status::Active)));
    let sequences: Vec<_> = node.events().await.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, [1, FAR, FAR + 1, FAR + 2]);
}

pub async fn a_hole_in_the_positions_is_found(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.append(touch(id, 1)).await.expect("appended");
    Seed::suspension(4, id, 3).plant(&store).await;
    let reader = node.ledger.events();
    assert_eq!(reader.after(0, 2).await.expect("sound so far").len(), 2);
    for position in [0, 2] {
        let error = reader.after(position, 100).await.expect_err("a hole");
        assert!(matches!(&error, Error::Broken(why) if why.contains("position 3 is missing")), "{error}");
    }
}

/// A hole must not look like the end of the ledger either.
pub async fn a_hole_as_wide_as_the_page_is_found(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    Seed::suspension(12, id, 2).plant(&store).await;
    let error = node.ledger.events().after(1, 5).await.expect_err("a hole");
    assert!(matches!(&error, Error::Broken(why) if why.contains("position 2 is missing")), "{error}");
}
