//! What is kept in spaces.

mod contracts;
mod issues;
mod products;
mod quality;

use aggregates::{
    event::Event,
    ids::{ProductId, SpaceId},
    space::SpaceEvent,
};
use uuid::Uuid;

use super::{OWNER, Tables, folded, slug};
use crate::spaces::SpaceCountersRow;

const DATA: SpaceId = SpaceId::new(Uuid::from_u128(3));
const ORDERS: ProductId = ProductId::new(Uuid::from_u128(4));

/// The tables of a space in which this happened.
fn after(events: impl IntoIterator<Item = (Uuid, Event)>) -> Tables {
    let made = SpaceEvent::SpaceCreated {
        organization: None,
        name: "Data".into(),
        slug: slug("data"),
        description: None,
        admin: OWNER,
    };
    folded([(DATA.uuid(), made.into())].into_iter().chain(events))
}

fn counters(tables: &Tables) -> SpaceCountersRow {
    tables.row(&(DATA,)).expect("counters")
}
