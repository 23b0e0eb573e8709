//! Products and how many there are.

use aggregates::{
    catalog::product::{ProductChanges, ProductEvent},
    change::Change,
    organization::OrganizationEvent,
    space::SpaceEvent,
};

use super::{
    super::{ID, at, created, folded, slug},
    DATA, ORDERS, OWNER, Tables, after, counters,
};
use crate::{catalog::products::ProductRow, spaces::SpaceCountersRow};

fn made() -> ProductEvent {
    ProductEvent::ProductCreated {
        space: DATA,
        name: "Orders ÜBER all".into(),
        slug: slug("orders"),
        description: Some("What was sold".into()),
    }
}

/// The tables of a space with a product to which this happened.
fn product_after(events: impl IntoIterator<Item = ProductEvent>) -> Tables {
    after([made()].into_iter().chain(events).map(|event| (ORDERS.uuid(), event.into())))
}

#[test]
fn a_product_is_what_was_said_of_it() {
    let expected = ProductRow {
        id: ORDERS,
        space_id: DATA,
        name: "Orders ÜBER all".into(),
        slug: "orders".into(),
        description: Some("What was sold".into()),
        archived_at: None,
        search_text: "orders über all orders".into(),
        quality_weight: 0,
        quality_points: 0,
        version: 1,
        created_at: at(2),
        updated_at: at(2),
    };
    let tables = product_after([]);
    assert_eq!((tables.row(&(ORDERS,)), counters(&tables).products), (Some(expected.clone()), 1));

    let changes = ProductChanges {
        name: Some(Change { from: expected.name.clone(), to: "Sales".into() }),
        slug: Some(Change { from: slug("orders"), to: slug("turnover") }),
        description: Some(Change { from: expected.description.clone(), to: None }),
    };
    let changed = ProductRow {
        name: "Sales".into(),
        slug: "turnover".into(),
        description: None,
        search_text: "sales turnover".into(),
        version: 2,
        updated_at: at(3),
        ..expected
    };
    let tables = product_after([ProductEvent::ProductUpdated { space: DATA, changes }]);
    assert_eq!((tables.row(&(ORDERS,)), counters(&tables).products), (Some(changed), 1));
}

#[test]
fn an_archived_product_stays_and_is_no_longer_counted() {
    let tables = product_after([ProductEvent::ProductArchived { space: DATA }]);
    let orders: ProductRow = tables.row(&(ORDERS,)).expect("a product");
    assert_eq!((orders.archived_at, orders.version, orders.slug.as_str()), (Some(at(3)), 2, "orders"));
    assert_eq!(counters(&tables).products, 0);
}

#[test]
fn a_purge_of_the_space_takes_products_along() {
    let space = SpaceEvent::SpaceCreated {
        organization: Some(ID),
        name: "Data".into(),
        slug: slug("data"),
        description: None,
        admin: OWNER,
    };
    let gone = OrganizationEvent::OrganizationPurged { slugs: vec![] };
    let tables = folded([
        (ID.uuid(), created().into()),
        (DATA.uuid(), space.into()),
        (ORDERS.uuid(), made().into()),
        (DATA.uuid(), SpaceEvent::SpacePurged { organization: ID, slug: slug("data") }.into()),
        (ID.uuid(), gone.into()),
    ]);
    assert_eq!(tables.row::<ProductRow>(&(ORDERS,)), None);
    assert_eq!(tables.row::<SpaceCountersRow>(&(DATA,)), None);
}
