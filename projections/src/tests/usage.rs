//! What keys were used for, hour by hour.

use aggregates::{
    ids::ApiKeyId,
    organization::OrganizationEvent,
    usage::{KeyUse, UsageEvent},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ID, created, recorded, tables::Tables};
use crate::usage::{UsageHourRow, UsageRecordRow};

const KEY: ApiKeyId = ApiKeyId::new(Uuid::from_u128(5));
const OTHER: ApiKeyId = ApiKeyId::new(Uuid::from_u128(6));

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn event(hour: &str, keys: &[(ApiKeyId, i64, i64)]) -> UsageEvent {
    let keys: Vec<_> =
        keys.iter().map(|&(key, requests, verifications)| KeyUse { key, requests, verifications }).collect();
    UsageEvent::UsageRecorded {
        organization: ID,
        hour: time(hour),
        requests: keys.iter().map(|used| used.requests).sum(),
        verifications: keys.iter().map(|used| used.verifications).sum(),
        keys,
    }
}

/// An organization of which this was recorded, from position 2 on; the places in the stream of use begin with 1.
fn after(events: &[UsageEvent]) -> Tables {
    let mut tables = Tables::default();
    tables.fold(&[recorded(1, ID.uuid(), created())]).expect("folded");
    for (event, sequence) in events.iter().zip(1..) {
        let mut recorded = recorded(sequence + 1, ID.uuid(), event.clone());
        recorded.sequence = sequence;
        tables.fold(&[recorded]).expect("folded");
    }
    tables
}

#[test]
fn an_hour_that_is_recorded_twice_adds_up() {
    let hour = "2026-03-31T23:00:00Z";
    let tables = after(&[event(hour, &[(KEY, 10, 1), (OTHER, 2, 0)]), event(hour, &[(KEY, 5, 0)])]);
    let row: UsageHourRow = tables.row(&(ID, time(hour), KEY)).expect("an hour");
    assert_eq!((row.requests, row.verifications, row.day), (15, 1, time("2026-03-31T00:00:00Z")));
    let other: UsageHourRow = tables.row(&(ID, time(hour), OTHER)).expect("an hour");
    assert_eq!((other.requests, other.verifications), (2, 0));
    let records = [1, 2].map(|sequence| tables.row::<UsageRecordRow>(&(ID, sequence)).expect("a record"));
    let numbers = records.map(|row| (row.position, row.hour, row.requests, row.verifications));
    assert_eq!(numbers, [(2, time(hour), 12, 1), (3, time(hour), 5, 0)], "each event is there by itself");
}

#[test]
fn a_purge_takes_the_hours_along() {
    let hour = "2026-04-01T00:00:00Z";
    let mut tables = after(&[event(hour, &[(KEY, 10, 1)])]);
    assert!(tables.row::<UsageHourRow>(&(ID, time(hour), KEY)).is_some());
    let purged = OrganizationEvent::OrganizationPurged { slugs: vec![super::slug("acme")] };
    tables.fold(&[recorded(3, ID.uuid(), purged)]).expect("folded");
    assert!(tables.row::<UsageHourRow>(&(ID, time(hour), KEY)).is_none());
    assert!(tables.row::<UsageRecordRow>(&(ID, 1)).is_none());
}
