//! The minutes in which some node said that it was there.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use futures::future::join_all;
use projections::row::One;
use tenantry::ledger::{Append, HeartbeatWrite};

use crate::{
    database::Store,
    support::{append, in_one_batch},
};

/// A minute that has begun.
fn minute() -> DateTime<Utc> {
    let now = Utc::now().trunc_subsecs(0);
    now - TimeDelta::seconds(now.timestamp().rem_euclid(60))
}

fn saying(at: DateTime<Utc>) -> Append {
    Append { side_writes: vec![HeartbeatWrite::at(at).into()], ..append() }
}

/// The minutes that are kept.
async fn kept(store: &Store) -> Vec<DateTime<Utc>> {
    let rows: Vec<One<DateTime<Utc>>> = store.fetch("SELECT minute FROM heartbeats ORDER BY minute").await;
    rows.into_iter().map(|One(minute)| minute).collect()
}

pub async fn a_minute_is_kept_once(store: Store) {
    let node = store.node().await;
    let (minute, next) = (minute(), minute() + TimeDelta::minutes(1));
    for seconds in [0, 1, 30, 59] {
        node.ledger.add_heartbeat(minute + TimeDelta::seconds(seconds)).await.expect("said");
        assert_eq!(kept(&store).await, [minute], "{seconds}");
    }
    node.ledger.add_heartbeat(minute + TimeDelta::milliseconds(59_999)).await.expect("said");
    assert_eq!(kept(&store).await, [minute]);
    node.ledger.add_heartbeat(next).await.expect("said");
    assert_eq!(kept(&store).await, [minute, next]);
    assert_eq!(node.events().await.len(), 0, "it is no event");
}

pub async fn heartbeats_of_one_batch_are_kept_each_once(store: Store) {
    let node = store.node().await;
    let (minute, before) = (minute(), minute() - TimeDelta::minutes(1));
    for _ in 0..2 {
        let appends = [minute, before, minute + TimeDelta::seconds(1), before].map(saying);
        let answers = in_one_batch(&store, &node, appends.into()).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(kept(&store).await, [before, minute]);
    }
}

pub async fn nodes_share_their_minutes(store: Store) {
    let nodes = store.nodes().await;
    let minute = minute();
    let said = nodes.iter().cycle().take(20).map(|node| node.ledger.add_heartbeat(minute));
    for answer in join_all(said).await {
        answer.expect("said");
    }
    assert_eq!(kept(&store).await, [minute]);
}

pub async fn minutes_are_forgotten_after_31_days(store: Store) {
    let node = store.node().await;
    let minute = minute();
    let (older, younger) = (minute - TimeDelta::days(31), minute - TimeDelta::days(31) + TimeDelta::minutes(5));
    let old = [older - TimeDelta::days(300), older - TimeDelta::minutes(1), younger];
    for at in &old {
        store.execute("INSERT INTO heartbeats (minute) VALUES ($1)", &[at.into()]).await.expect("planted");
    }
    // What concerns another table forgets nothing.
    node.organization("acme").await;
    assert_eq!(kept(&store).await, old);
    node.ledger.add_heartbeat(minute).await.expect("said");
    assert_eq!(kept(&store).await, [younger, minute]);
}
