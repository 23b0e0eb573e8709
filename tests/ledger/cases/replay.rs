//! Folding a whole ledger again.

use aggregates::{
    ids::ApiKeyId,
    usage::{KeyUse, UsageEvent},
};
use chrono::DateTime;
use tenantry::{
    ledger::{Append, NewEvent, StreamId},
    replay::{Memory, rebuild_within},
};
use uuid::Uuid;

use crate::{
    database::Store,
    support::{append, touch, within},
};

/// Rows are long out of memory when something new happens to what they are about: a change, or the beginning of a stream
/// that shares its id.
pub async fn a_ledger_larger_than_memory_is_rebuilt(store: Store) {
    let node = store.node().await;
    let mut organizations = Vec::new();
    for n in 0..30 {
        organizations.push(node.organization(&format!("org-{n}")).await);
    }
    for id in &organizations {
        let keys = vec![KeyUse { key: ApiKeyId::new(Uuid::now_v7()), requests: 3, verifications: 1 }];
        let hour = DateTime::from_timestamp(1_790_000_400, 0).expect("an hour");
        let used = UsageEvent::UsageRecorded { organization: *id, hour, keys, requests: 3, verifications: 1 };
        let stream = StreamId { aggregate_type: "usage", id: id.uuid() };
        let first_use = Append {
            events: vec![NewEvent { stream, organization_id: Some(*id), event: used.into() }],
            expected: vec![(stream, 0)],
            ..append()
        };
        node.append(first_use).await.expect("recorded");
        node.append(touch(*id, 1)).await.expect("changed");
    }
    let before = derived(&store).await;
    let memory = Memory { page: 8, changed: 4, kept: 2 };
    let rebuild = rebuild_within(&node.ledger, store.location(), memory, &|_| {});
    let rebuilt = within("it is rebuilt", rebuild).await.expect("rebuilt");
    assert_eq!((rebuilt.position, rebuilt.generation), (90, 1));
    assert_eq!(derived(&store).await, before);
}

/// Every row of some tables, in the order of their texts.
async fn derived(store: &Store) -> Vec<Vec<String>> {
    let mut tables = Vec::new();
    for table in ["organizations", "organization_counters", "memberships", "usage_hours", "usage_records", "claims"] {
        let mut rows: Vec<_> = store.dump(table).await.lines().map(str::to_owned).collect();
        assert!(!rows.is_empty(), "{table} has no rows, so this test shows nothing");
        rows.sort_unstable();
        tables.push(rows);
    }
    tables
}
