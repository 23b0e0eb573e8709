//! What the tests of the folds have in common, and the folds of what has few events.

mod accounts;
mod api_keys;
mod catalog;
mod projects;
mod spaces;
pub mod tables;
mod teams;
mod usage;
mod workspaces;

use aggregates::{
    event::Event,
    ids::{OrganizationId, UserId},
    metadata::Metadata,
    organization::{OrganizationEvent, Plan},
    slug::Slug,
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use self::tables::Tables;
use crate::RecordedEvent;

pub const ID: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
pub const OWNER: UserId = UserId::new(Uuid::from_u128(2));

pub fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// The time of the event at a position: a second apart.
pub fn at(position: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(position)
}

pub fn recorded(position: i64, id: Uuid, event: impl Into<Event>) -> RecordedEvent {
    RecordedEvent {
        position,
        event_id: Uuid::from_u128(7),
        aggregate_id: id,
        sequence: position,
        organization_id: Some(ID),
        recorded_at: at(position),
        event: event.into(),
        metadata: Metadata::system(),
    }
}

pub fn created() -> OrganizationEvent {
    OrganizationEvent::OrganizationCreated {
        name: "Acme Ünited".into(),
        slug: slug("acme"),
        description: Some("Anvils".into()),
        domain: None,
        owner: OWNER,
        plan: Plan::Free,
        is_personal: false,
    }
}

/// Folds events of streams, each in a transaction of its own and with nothing in memory: what an event touches is
/// declared by that event alone.
pub fn folded(events: impl IntoIterator<Item = (Uuid, Event)>) -> Tables {
    let mut tables = Tables::default();
    for (position, (id, event)) in (1..).zip(events) {
        tables.fold(&[recorded(position, id, event)]).expect("folded");
    }
    tables
}
