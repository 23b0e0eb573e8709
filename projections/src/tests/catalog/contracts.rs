//! Contracts and how many are active.

use aggregates::{
    catalog::contract::{ContractChanges, ContractEvent as Event, ContractStatus},
    change::Change,
    ids::{ContractId, ProductId},
};
use chrono::TimeDelta;
use uuid::Uuid;

use super::{super::at, DATA, ORDERS, Tables, after, counters};
use crate::catalog::contracts::ContractRow;

const DAILY: ContractId = ContractId::new(Uuid::from_u128(5));
const SALES: ProductId = ProductId::new(Uuid::from_u128(6));

/// The tables of a space with a contract to which this happened.
fn contract_after(events: impl IntoIterator<Item = Event>) -> Tables {
    let made = Event::ContractCreated {
        space: DATA,
        name: "Daily orders".into(),
        description: Some("Once a day".into()),
        producer: ORDERS,
        consumer: SALES,
        expires_at: Some(at(100)),
    };
    after([made].into_iter().chain(events).map(|event| (DAILY.uuid(), event.into())))
}

fn row(tables: &Tables) -> ContractRow {
    tables.row(&(DAILY,)).expect("a contract")
}

#[test]
fn a_contract_is_what_was_said_of_it() {
    let expected = ContractRow {
        id: DAILY,
        space_id: DATA,
        name: "Daily orders".into(),
        description: Some("Once a day".into()),
        producer_id: ORDERS,
        consumer_id: SALES,
        status: ContractStatus::Draft,
        expires_at: Some(at(100)),
        archived_at: None,
        version: 1,
        created_at: at(2),
        updated_at: at(2),
    };
    let tables = contract_after([]);
    assert_eq!((row(&tables), counters(&tables).active_contracts), (expected.clone(), 0));
    let changes = ContractChanges {
        name: Some(Change { from: "Daily orders".into(), to: "Orders".into() }),
        description: Some(Change { from: Some("Once a day".into()), to: None }),
        expires_at: Some(Change { from: Some(at(100)), to: None }),
    };
    let changed = ContractRow {
        name: "Orders".into(),
        description: None,
        expires_at: None,
        version: 2,
        updated_at: at(3),
        ..expected
    };
    assert_eq!(row(&contract_after([Event::ContractUpdated { space: DATA, changes }])), changed);
}

#[test]
fn a_space_counts_what_is_recorded_as_active_and_not_archived() {
    let space = DATA;
    let (activated, archived) =
        (Event::ContractActivated { space }, |active| Event::ContractArchived { space, active });
    for (events, status, is_archived, active) in [
        (vec![], ContractStatus::Draft, false, 0),
        (vec![archived(false)], ContractStatus::Draft, true, 0),
        (vec![activated.clone()], ContractStatus::Active, false, 1),
        (vec![activated.clone(), archived(true)], ContractStatus::Active, true, 0),
        (vec![activated.clone(), Event::ContractExpired { space }], ContractStatus::Expired, false, 0),
        (vec![activated, Event::ContractDeprecated { space }, archived(false)], ContractStatus::Deprecated, true, 0),
    ] {
        let tables = contract_after(events);
        let found = row(&tables);
        assert_eq!((found.status, found.archived_at.is_some()), (status, is_archived));
        assert_eq!(counters(&tables).active_contracts, active, "{status:?}");
    }
}

#[test]
fn an_active_contract_is_expired_from_its_time_on() {
    let active = row(&contract_after([Event::ContractActivated { space: DATA }]));
    let before = at(100) - TimeDelta::milliseconds(1);
    assert_eq!([before, at(100)].map(|now| active.status_at(now)), [ContractStatus::Active, ContractStatus::Expired]);
    assert_eq!(row(&contract_after([])).status_at(at(200)), ContractStatus::Draft);
}
