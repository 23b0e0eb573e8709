//! What keys are used for: counted once whatever happens, and recorded once whoever does it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use aggregates::{
    authorization::Asker,
    event::Event,
    ids::{ApiKeyId, OrganizationId},
    metadata::Metadata,
    organization::OrganizationEvent,
    usage::{KeyUse, UsageEvent, hour_of},
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use futures::future::join_all;
use projections::row::One;
use tenantry::{
    commands::{Commands, Write, usage::RecordUsage},
    identity::{Meter, Used, meter},
    ledger::{Append, Error, NewEvent, StoredReply, StreamId, UsageChunk, UsageCount, UsageWrite},
    readmodel::ReadModel,
};
use uuid::Uuid;

use crate::{
    database::Store,
    support::{Node, api_key, append, change, fold, in_one_batch, until, within},
};

const KEY: ApiKeyId = ApiKeyId::new(Uuid::from_u128(7));
const OTHER: ApiKeyId = ApiKeyId::new(Uuid::from_u128(8));

/// An hour that is over.
fn hour() -> DateTime<Utc> {
    hour_of(Utc::now() - TimeDelta::hours(5))
}

fn count(organization: OrganizationId, key: ApiKeyId, requests: i64, verifications: i64) -> UsageCount {
    UsageCount { organization, hour: hour(), key, requests, verifications }
}

fn chunk(node: u128, chunk: i64, counts: &[UsageCount]) -> Arc<UsageChunk> {
    Arc::new(UsageChunk { node: Uuid::from_u128(node), chunk, counts: counts.to_vec(), uses: vec![] })
}

fn adding(chunk: &Arc<UsageChunk>) -> Append {
    Append { side_writes: vec![UsageWrite::Add(Arc::clone(chunk)).into()], ..append() }
}

/// Keys in the buffer with their requests and verifications.
async fn buffered(store: &Store) -> Vec<(ApiKeyId, i64, i64)> {
    let sql = "SELECT api_key_id, requests, verifications FROM usage_buffer ORDER BY organization_id, hour, api_key_id";
    let rows: Vec<(One<ApiKeyId>, One<i64>, One<i64>)> = store.fetch(sql).await;
    rows.into_iter().map(|(One(key), One(requests), One(verifications))| (key, requests, verifications)).collect()
}

/// The recorded events of use: keys, requests, verifications.
async fn records(node: &Node) -> Vec<(Vec<KeyUse>, i64, i64)> {
    let events = node.events().await.into_iter();
    let recorded = events.filter_map(|recorded| match recorded.event {
        Event::Usage(UsageEvent::UsageRecorded { keys, requests, verifications, .. }) => {
            Some((keys, requests, verifications))
        }
        _ => None,
    });
    recorded.collect()
}

async fn record(node: &Node, organization: OrganizationId) -> Result<(), tenantry::commands::Error> {
    let commands = Commands::new(node.ledger.clone(), ReadModel::new(node.reader.clone()));
    let write = Write::new(Asker::System, Metadata::system());
    let nothing = |(): &()| StoredReply { status: 204, headers: vec![], body: None };
    let command = RecordUsage { organization, hour: hour() };
    within("it is recorded", commands.run(&write, &command, nothing)).await.map(drop)
}

pub async fn a_chunk_that_is_sent_again_is_counted_once(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let first = chunk(1, 1, &[count(id, KEY, 3, 1), count(id, OTHER, 1, 0)]);
    for _ in 0..3 {
        node.ledger.add_usage(&first).await.expect("added");
    }
    assert_eq!(buffered(&store).await, [(KEY, 3, 1), (OTHER, 1, 0)]);
    let answers = in_one_batch(&store, &node, vec![adding(&first), adding(&first)]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    node.ledger.add_usage(&chunk(1, 2, &[count(id, KEY, 10, 0)])).await.expect("added");
    node.ledger.add_usage(&first).await.expect("an old one is known too");
    let twice = chunk(1, 3, &[count(id, OTHER, 0, 5)]);
    in_one_batch(&store, &node, vec![adding(&twice), adding(&twice)]).await;
    assert_eq!(buffered(&store).await, [(KEY, 13, 1), (OTHER, 1, 5)]);
    let numbers: Vec<One<i64>> = store.fetch("SELECT chunk FROM usage_chunks").await;
    assert_eq!(numbers, [One(3)]);
}

pub async fn chunks_of_many_nodes_add_up(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let chunks: Vec<_> = (1..=20).map(|n| chunk(n, 1, &[count(id, KEY, 1, 0), count(id, OTHER, 0, 2)])).collect();
    let answers = in_one_batch(&store, &node, chunks.iter().map(adding).collect()).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(buffered(&store).await, [(KEY, 20, 0), (OTHER, 0, 40)]);
    let mut nodes = vec![node];
    if store.is_shared() {
        nodes.push(store.node().await);
    }
    let more: Vec<_> = (21..=40).map(|n| chunk(n, 1, &[count(id, KEY, 1, 0)])).collect();
    let sent = more.iter().zip(nodes.iter().cycle()).map(|(chunk, node)| node.ledger.add_usage(chunk));
    for answer in join_all(sent).await {
        answer.expect("added");
    }
    assert_eq!(buffered(&store).await, [(KEY, 40, 0), (OTHER, 0, 40)]);
    assert_eq!(store.count("usage_chunks").await, 40);
}

/// A process that is long gone is forgotten when the next one begins to count.
pub async fn nodes_are_forgotten_after_a_week(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    for n in 1..=3 {
        node.ledger.add_usage(&chunk(n, 1, &[count(id, KEY, 1, 0)])).await.expect("added");
    }
    let (older, younger) = (Utc::now() - TimeDelta::days(7) - TimeDelta::minutes(1), Utc::now() - TimeDelta::days(6));
    for (n, heard) in [(1, older), (2, younger)] {
        let args = [(&heard).into(), (&Uuid::from_u128(n)).into()];
        store.execute("UPDATE usage_chunks SET heard_at = $1 WHERE node = $2", &args).await.expect("aged");
    }
    node.ledger.add_usage(&chunk(3, 2, &[count(id, KEY, 1, 0)])).await.expect("added");
    assert_eq!(store.count("usage_chunks").await, 3, "only a start looks");
    node.ledger.add_usage(&chunk(4, 1, &[count(id, KEY, 1, 0)])).await.expect("added");
    let nodes: Vec<One<Uuid>> = store.fetch("SELECT node FROM usage_chunks ORDER BY node").await;
    assert_eq!(nodes, [2, 3, 4].map(|n| One(Uuid::from_u128(n))));
    assert_eq!(buffered(&store).await, [(KEY, 5, 0)]);
}

pub async fn the_latest_use_of_a_key_is_remembered(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.append(api_key(id, KEY)).await.expect("made");
    let now = Utc::now().trunc_subsecs(3);
    let used = |chunk, ago: &[i64]| {
        let uses = ago.iter().map(|seconds| (KEY, now - TimeDelta::seconds(*seconds))).collect();
        Arc::new(UsageChunk { node: Uuid::from_u128(1), chunk, counts: vec![], uses })
    };
    for (n, ago, latest) in [(1, vec![60, 30, 40], 30), (2, vec![50], 30), (3, vec![10], 10)] {
        node.ledger.add_usage(&used(n, &ago)).await.expect("added");
        let uses: Vec<One<DateTime<Utc>>> = store.fetch("SELECT last_used_at FROM api_key_uses").await;
        assert_eq!(uses, [One(now - TimeDelta::seconds(latest))], "{ago:?}");
    }
    assert!(buffered(&store).await.is_empty());
}

/// An append that records what the buffer had of these, as another node may have decided it.
fn recording(id: OrganizationId, version: i64, key: ApiKeyId, requests: i64) -> Append {
    let stream = StreamId { aggregate_type: "usage", id: id.uuid() };
    let event = UsageEvent::UsageRecorded {
        organization: id,
        hour: hour(),
        keys: vec![KeyUse { key, requests, verifications: 0 }],
        requests,
        verifications: 0,
    };
    Append {
        events: vec![NewEvent { stream, organization_id: Some(id), event: event.into() }],
        expected: vec![(stream, version)],
        side_writes: vec![UsageWrite::Record { organization: id, hour: hour(), requests, verifications: 0 }.into()],
        ..append()
    }
}

pub async fn what_a_batch_adds_is_not_cleared_by_it(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    for (n, added_first) in [(1, true), (2, false)] {
        node.ledger.add_usage(&chunk(1, n, &[count(id, KEY, 5, 0)])).await.expect("added");
        let before = buffered(&store).await[0].1;
        let add = adding(&chunk(2, n, &[count(id, KEY, 2, 0)]));
        let clear = recording(id, n - 1, KEY, before);
        let batch = if added_first { vec![add, clear] } else { vec![clear, add] };
        let answers = in_one_batch(&store, &node, batch).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(buffered(&store).await, [(KEY, 2, 0)], "what was recorded is gone, what was added is there");
    }
    let sums: Vec<_> = records(&node).await.into_iter().map(|(_, requests, _)| requests).collect();
    assert_eq!(sums, [5, 7], "two were left over from the first");
}

pub async fn a_record_of_what_is_not_in_the_buffer_is_refused(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.ledger.add_usage(&chunk(1, 1, &[count(id, KEY, 5, 0)])).await.expect("added");
    for requests in [4, 6] {
        let answer = node.append(recording(id, 0, KEY, requests)).await;
        assert!(matches!(answer, Err(Error::Overtaken { .. })), "{answer:?}");
    }
    // The second finds the hour cleared by the first.
    let answers = in_one_batch(&store, &node, vec![recording(id, 0, KEY, 5), recording(id, 1, KEY, 5)]).await;
    assert!(answers[0].is_ok(), "{answers:?}");
    assert!(matches!(answers[1], Err(Error::Overtaken { .. })), "{answers:?}");
    assert_eq!((records(&node).await.len(), buffered(&store).await.len()), (1, 0));
}

pub async fn an_hour_is_recorded_by_one_of_many(store: Store) {
    let nodes = store.nodes().await;
    let id = nodes[0].organization("acme").await;
    nodes[0].ledger.add_usage(&chunk(1, 1, &[count(id, OTHER, 1, 2), count(id, KEY, 3, 0)])).await.expect("added");
    let all = (0..8).map(|n| record(&nodes[n % nodes.len()], id));
    for answer in join_all(all).await {
        answer.expect("recorded, by this one or another");
    }
    let used = |key, requests, verifications| KeyUse { key, requests, verifications };
    assert_eq!(records(&nodes[0]).await, [(vec![used(KEY, 3, 0), used(OTHER, 1, 2)], 4, 2)]);
    assert!(buffered(&store).await.is_empty());
    // What comes late is recorded by an event more, and the hour adds up.
    nodes[0].ledger.add_usage(&chunk(1, 2, &[count(id, KEY, 10, 1)])).await.expect("added");
    for node in &nodes {
        record(node, id).await.expect("recorded");
    }
    assert_eq!(records(&nodes[0]).await[1..], [(vec![used(KEY, 10, 1)], 10, 1)]);
    let hours: Vec<(One<ApiKeyId>, One<i64>, One<i64>)> =
        store.fetch("SELECT api_key_id, requests, verifications FROM usage_hours ORDER BY api_key_id").await;
    assert_eq!(hours, [(One(KEY), One(13), One(1)), (One(OTHER), One(1), One(2))]);
    let positions: Vec<(One<i64>, One<i64>)> = store.fetch("SELECT position, requests FROM usage_records").await;
    assert_eq!(positions, [(One(2), One(4)), (One(3), One(10))]);
    fold(&nodes[0].events().await).expect("a sound ledger");
}

/// Nodes that count while others record: every use is in the ledger or in the buffer, once.
pub async fn counting_and_recording_at_once_loses_nothing(store: Store) {
    let nodes = store.nodes().await;
    let id = nodes[0].organization("acme").await;
    let count_on = async |node: &Node, of: u128| {
        for n in 1..=50 {
            let chunk = chunk(of, n, &[count(id, KEY, 1, 0), count(id, OTHER, 0, 1)]);
            node.ledger.add_usage(&chunk).await.expect("added");
            node.ledger.add_usage(&chunk).await.expect("sent again");
        }
    };
    let record_on = async |node: &Node| {
        for _ in 0..30 {
            match record(node, id).await {
                Ok(()) | Err(tenantry::commands::Error::Ledger(Error::Overtaken { .. } | Error::Conflict(_))) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let [first, last] = [&nodes[0], &nodes[nodes.len() - 1]];
    futures::join!(count_on(first, 1), count_on(last, 2), record_on(first), record_on(last));
    record(first, id).await.expect("recorded");
    assert!(buffered(&store).await.is_empty());
    let records = records(first).await;
    let sums = records.iter().fold((0, 0), |(a, b), (_, requests, verifications)| (a + requests, b + verifications));
    assert_eq!(sums, (100, 100), "{} events", records.len());
    assert!(records.len() > 1, "it was recorded while it was counted");
}

pub async fn use_of_a_purged_organization_is_forgotten(store: Store) {
    let node = store.node().await;
    let (id, other) = (node.organization("acme").await, node.organization("other").await);
    let counts = [count(id, KEY, 1, 0), count(other, OTHER, 1, 0)];
    node.ledger.add_usage(&chunk(1, 1, &counts)).await.expect("added");
    let purged = OrganizationEvent::OrganizationPurged { slugs: vec![crate::support::slug("acme")] };
    let purge = change(id, 1, [purged]);
    let forget = UsageWrite::Forget { organization: id };
    node.append(Append { side_writes: vec![forget.into()], ..purge }).await.expect("purged");
    assert_eq!(buffered(&store).await, [(OTHER, 1, 0)]);
    // What was on its way goes when it is due.
    node.ledger.add_usage(&chunk(1, 2, &counts)).await.expect("added");
    assert_eq!(buffered(&store).await.len(), 2);
    record(&node, id).await.expect("forgotten");
    assert_eq!((buffered(&store).await, records(&node).await.len()), (vec![(OTHER, 2, 0)], 0));
}

/// Nor when its keys were used last, whenever that is told.
pub async fn uses_of_a_purged_organization_are_forgotten(store: Store) {
    let node = store.node().await;
    let (id, other) = (node.organization("acme").await, node.organization("other").await);
    node.append(api_key(id, KEY)).await.expect("made");
    node.append(api_key(other, OTHER)).await.expect("made");
    let used = |chunk| {
        let uses = vec![(KEY, Utc::now()), (OTHER, Utc::now())];
        let counts = vec![count(id, KEY, 1, 0), count(other, OTHER, 1, 0)];
        Arc::new(UsageChunk { node: Uuid::from_u128(1), chunk, counts, uses })
    };
    let left = async || {
        let uses: Vec<One<ApiKeyId>> = store.fetch("SELECT api_key_id FROM api_key_uses ORDER BY api_key_id").await;
        let counts = buffered(&store).await.into_iter().map(|(key, ..)| key).collect::<Vec<_>>();
        (uses.into_iter().map(|One(key)| key).collect::<Vec<_>>(), counts)
    };
    node.ledger.add_usage(&used(1)).await.expect("added");
    assert_eq!(left().await, (vec![KEY, OTHER], vec![KEY, OTHER]));
    // What the same batch adds goes too, whichever comes first.
    let purged = OrganizationEvent::OrganizationPurged { slugs: vec![crate::support::slug("acme")] };
    let forget = UsageWrite::Forget { organization: id };
    let purge = Append { side_writes: vec![forget.into()], ..change(id, 1, [purged]) };
    let answers = in_one_batch(&store, &node, vec![adding(&used(2)), purge, adding(&used(3))]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(left().await, (vec![OTHER], vec![OTHER]));
    // And what another node was late with.
    node.ledger.add_usage(&used(4)).await.expect("added");
    assert_eq!(left().await.0, [OTHER]);
    record(&node, id).await.expect("forgotten");
    assert_eq!(left().await, (vec![OTHER], vec![OTHER]));
}

/// A stream of use begins under an id that has rows already.
pub async fn the_first_record_of_an_organization_finds_its_rows(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.close().await;
    let node = store.node().await;
    node.ledger.add_usage(&chunk(1, 1, &[count(id, KEY, 5, 0)])).await.expect("added");
    let workspace = crate::support::workspace(id, "lab");
    let answers = in_one_batch(&store, &node, vec![recording(id, 0, KEY, 5), workspace]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let counted: Vec<One<i64>> = store.fetch("SELECT max(workspaces) FROM organization_counters").await;
    assert_eq!(counted, [One(1)]);
}

/// What a meter counts is in the database a moment later, and the rest when it stops.
pub async fn what_is_counted_arrives_by_itself(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    for key in [KEY, OTHER] {
        node.append(api_key(id, key)).await.expect("made");
    }
    let meter = Meter::default();
    let flushing = meter::start(meter.clone(), node.ledger.clone());
    let at = hour() + TimeDelta::minutes(5);
    for n in 0..100 {
        meter.count(KEY, Some(id), if n % 4 == 0 { Used::Verification } else { Used::Request }, at);
        meter.count(OTHER, None, Used::Request, at);
    }
    until("it has arrived", async || buffered(&store).await == [(KEY, 75, 25)]).await;
    assert_eq!(store.count("api_key_uses").await, 2);

    // While the database refuses, counts pile up; afterwards they are there once.
    store.execute("ALTER TABLE usage_buffer RENAME TO hidden", &[]).await.expect("hidden");
    meter.count(KEY, Some(id), Used::Request, at);
    let hidden = Instant::now();
    until("it was tried, which is done every half second", async || hidden.elapsed() > Duration::from_millis(1200))
        .await;
    meter.count(KEY, Some(id), Used::Request, at);
    store.execute("ALTER TABLE hidden RENAME TO usage_buffer", &[]).await.expect("back");
    until("both have arrived", async || buffered(&store).await == [(KEY, 77, 25)]).await;

    meter.count(KEY, Some(id), Used::Request, at);
    within("it stops", flushing.stop()).await;
    assert_eq!(buffered(&store).await, [(KEY, 78, 25)], "what was counted last is written at the end");
    node.close().await;
}
