//! What stands in the table, and who can read it.

use aggregates::{
    event::{DecodeError, upcasters},
    organization::{Organization, OrganizationEvent},
};
use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use postgres_es::PostgresEventRepository;
use serde_json::json;
use sqlite_es::SqliteEventRepository;
use tenantry::{
    database::Database,
    ledger::{Error, StreamId, open},
};
use uuid::Uuid;

use crate::{
    database::Store,
    support::{Node, Seed, change, slug_change, slug_release, suspension, touch},
};

pub async fn events_cannot_be_changed(store: Store) {
    let node = store.node().await;
    node.organization("acme").await;
    let before = store.dump("events").await;
    for statement in store.tampering() {
        let error = store.execute(statement, &[]).await.expect_err(statement);
        let why = tenantry::database::chain(&error);
        assert!(why.contains("append-only"), "{statement}: {why}");
        assert_eq!(store.dump("events").await, before, "{statement}");
    }
}

pub async fn a_poisoned_row_is_an_error(store: Store) {
    let node = store.node().await;
    let (poisoned, sound) = (node.organization("poisoned").await, node.organization("sound").await);
    let payload = json!({"OrganizationSuspended": {"reason": 7}});
    Seed { payload, ..Seed::suspension(3, poisoned, 2) }.plant(&store).await;
    node.append(touch(sound, 1)).await.expect("appended behind it");

    let loaded = node.ledger.load::<Organization>(poisoned.uuid()).await.map(drop);
    assert!(matches!(loaded, Err(Error::Unreadable(DecodeError::Payload(_)))), "{loaded:?}");
    let reader = node.ledger.events();
    assert_eq!(reader.after(0, 2).await.expect("sound so far").len(), 2);
    for position in [0, 2] {
        let read = reader.after(position, 100).await.map(drop);
        assert!(matches!(read, Err(Error::Unreadable(DecodeError::Payload(_)))), "{read:?}");
    }
    assert_eq!(reader.after(3, 100).await.expect("sound after it").len(), 1);
    assert_eq!(node.ledger.load::<Organization>(sound.uuid()).await.expect("another stream").version, 2);
}

pub async fn an_unknown_aggregate_type_is_an_error(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let alien = StreamId { aggregate_type: "alien", id: Uuid::now_v7() };
    Seed { stream: alien, ..Seed::suspension(2, id, 1) }.plant(&store).await;
    let read = node.ledger.events().after(0, 100).await.map(drop);
    assert!(matches!(&read, Err(Error::Unreadable(DecodeError::AggregateType(t))) if t == "alien"), "{read:?}");
}

pub async fn durability_is_read_back(store: Store) {
    let node = store.node().await;
    let weakened = store.weaken_durability().await;
    node.close().await;
    let opened = open(&store.options()).await.expect("opens, and says what is weak");
    let named = |setting: &&&str| opened.weaknesses.iter().any(|weakness| weakness.contains(**setting));
    assert_eq!(weakened.iter().filter(named).count(), weakened.len(), "{:?}", opened.weaknesses);
    assert_eq!(opened.weaknesses.len(), weakened.len(), "{:?}", opened.weaknesses);
}

/// The table is that of cqrs-es: its own repositories read it. What they cannot do is read sealed fields.
pub async fn stock_repositories_read_the_ledger(store: Store) {
    let node = store.node().await;
    let (id, other) = (node.organization("acme").await, node.organization("other").await);
    node.append(change(id, 1, [slug_change("acme", "b"), slug_release("acme")])).await.expect("appended");
    node.append(touch(other, 1)).await.expect("appended");
    node.append(suspension(id, 3)).await.expect("appended");

    let expected: Vec<_> = node.events().await.into_iter().filter(|event| event.aggregate_id == id.uuid()).collect();
    let read = match &node.reader {
        Database::Postgres(pool) => read_with(PostgresEventRepository::new(pool.clone()), id.uuid()).await,
        Database::Sqlite(pool) => read_with(SqliteEventRepository::new(pool.clone()), id.uuid()).await,
    };
    assert_eq!(read.len(), 4);
    for (stored, recorded) in read.iter().zip(&expected) {
        assert_eq!(stored.aggregate_type, "organization");
        assert_eq!(stored.aggregate_id, id.to_string());
        assert_eq!(i64::try_from(stored.sequence), Ok(recorded.sequence));
        assert_eq!(
            (&stored.event_type, &stored.event_version),
            (&recorded.event.event_type(), &recorded.event.event_version())
        );
        let event: OrganizationEvent = serde_json::from_value(stored.payload.clone()).expect("its payload");
        assert_eq!(recorded.event, event.into());
        assert_eq!(stored.metadata, json!({"actor_type": "system"}));
    }
    streams_whole_ledger(&node, id.uuid()).await;
}

async fn read_with(repository: impl PersistedEventRepository, id: Uuid) -> Vec<SerializedEvent> {
    let id = id.to_string();
    let all = repository.get_events::<Organization>(&id).await.expect("events");
    let last = repository.get_last_events::<Organization>(&id, 2).await.expect("events");
    assert_eq!(last.iter().map(|event| event.sequence).collect::<Vec<_>>(), [3, 4]);
    // What replays of cqrs-es are made of: decoded through the upcasters, metadata as a flat map.
    let mut stream = repository.stream_events::<Organization>(&id).await.expect("a stream");
    for stored in &all {
        let envelope = stream.next::<Organization>(&upcasters()).await.expect("an event").expect("readable");
        assert_eq!((envelope.sequence, &envelope.aggregate_id), (stored.sequence, &stored.aggregate_id));
        assert_eq!(envelope.metadata["actor_type"], "system");
    }
    assert!(stream.next::<Organization>(&upcasters()).await.is_none());
    all
}

/// `stream_all_events` of postgres-es 0.5 passes two arguments to a query with one, so PostgreSQL refuses it for every
/// table; with SQLite it works.
async fn streams_whole_ledger(node: &Node, id: Uuid) {
    let Database::Sqlite(pool) = &node.reader else { return };
    let repository = SqliteEventRepository::new(pool.clone());
    let mut stream = repository.stream_all_events::<Organization>().await.expect("a stream");
    let mut sequences = Vec::new();
    while let Some(envelope) = stream.next::<Organization>(&upcasters()).await {
        let envelope = envelope.expect("readable");
        if envelope.aggregate_id == id.to_string() {
            sequences.push(envelope.sequence);
        }
    }
    assert_eq!(sequences, [1, 2, 3, 4]);
}
