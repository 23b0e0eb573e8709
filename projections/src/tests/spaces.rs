//! Spaces, who is in them, and how many an organization has.

use aggregates::{
    authorization::SpaceRole,
    change::Change,
    ids::{SpaceId, UserId},
    organization::OrganizationEvent,
    space::{SpaceChanges, SpaceEvent as Event},
};
use uuid::Uuid;

use super::{ID, OWNER, Tables, at, created, folded, slug};
use crate::{
    organizations::OrganizationCountersRow,
    spaces::{SpaceMemberRow, SpaceRow},
};

const DATA: SpaceId = SpaceId::new(Uuid::from_u128(3));
const BOB: UserId = UserId::new(Uuid::from_u128(4));

/// The tables of an organization and a space of nobody else's, to which this happened.
fn after(events: impl IntoIterator<Item = Event>) -> Tables {
    let made = Event::SpaceCreated {
        organization: None,
        name: "Data".into(),
        slug: slug("data"),
        description: Some("Numbers".into()),
        admin: OWNER,
    };
    let first = [(ID.uuid(), created().into()), (DATA.uuid(), made.into())];
    folded(first.into_iter().chain(events.into_iter().map(|event| (DATA.uuid(), event.into()))))
}

fn count(tables: &Tables) -> i64 {
    tables.row::<OrganizationCountersRow>(&(ID,)).expect("counters").spaces
}

fn role(tables: &Tables, user: UserId) -> Option<SpaceRole> {
    tables.row::<SpaceMemberRow>(&(DATA, user)).map(|row| row.role)
}

#[test]
fn a_space_is_what_was_said_of_it() {
    let expected = SpaceRow {
        id: DATA,
        organization_id: None,
        name: "Data".into(),
        slug: "data".into(),
        description: Some("Numbers".into()),
        archived_at: None,
        version: 1,
        created_at: at(2),
        updated_at: at(2),
    };
    let tables = after([]);
    assert_eq!(tables.row::<SpaceRow>(&(DATA,)), Some(expected.clone()));
    assert_eq!((role(&tables, OWNER), count(&tables)), (Some(SpaceRole::Admin), 0));
    let changes = SpaceChanges {
        name: Some(Change { from: "Data".into(), to: "Facts".into() }),
        slug: Some(Change { from: slug("data"), to: slug("facts") }),
        description: Some(Change { from: Some("Numbers".into()), to: None }),
    };
    let changed = SpaceRow {
        name: "Facts".into(),
        slug: "facts".into(),
        description: None,
        version: 2,
        updated_at: at(3),
        ..expected
    };
    assert_eq!(after([Event::SpaceUpdated { changes }]).row::<SpaceRow>(&(DATA,)), Some(changed));
}

#[test]
fn members_come_change_and_go() {
    let added = Event::SpaceMemberAdded { user: BOB, role: SpaceRole::Viewer };
    let tables = after([added.clone()]);
    assert_eq!(role(&tables, BOB), Some(SpaceRole::Viewer));
    assert_eq!(tables.row::<SpaceRow>(&(DATA,)).map(|row| row.version), Some(2));
    let promoted = Event::SpaceMemberRoleChanged { user: BOB, from: SpaceRole::Viewer, to: SpaceRole::Admin };
    assert_eq!(role(&after([added.clone(), promoted]), BOB), Some(SpaceRole::Admin));
    assert_eq!(role(&after([added, Event::SpaceMemberRemoved { user: BOB }]), BOB), None);
}

#[test]
fn an_organization_counts_the_spaces_that_are_in_use() {
    let attached = |archived| Event::SpaceAttached { organization: ID, archived };
    let detached = |archived| Event::SpaceDetached { organization: ID, archived };
    let archived = |organization| Event::SpaceArchived { organization };
    let counts = |events: Vec<Event>| {
        let tables = after(events);
        (tables.row::<SpaceRow>(&(DATA,)).and_then(|row| row.organization_id), count(&tables))
    };
    assert_eq!(counts(vec![attached(false)]), (Some(ID), 1));
    assert_eq!(counts(vec![attached(false), detached(false)]), (None, 0));
    assert_eq!(counts(vec![attached(false), archived(Some(ID))]), (Some(ID), 0));
    assert_eq!(counts(vec![attached(false), archived(Some(ID)), detached(true)]), (None, 0));
    assert_eq!(counts(vec![archived(None), attached(true)]), (Some(ID), 0));
}

#[test]
fn a_purge_leaves_nothing_of_a_space() {
    let attached = Event::SpaceAttached { organization: ID, archived: false };
    let purged = Event::SpacePurged { organization: ID, slug: slug("data") };
    let made = Event::SpaceCreated {
        organization: Some(ID),
        name: "Data".into(),
        slug: slug("data"),
        description: None,
        admin: OWNER,
    };
    let tables = after([attached, purged.clone()]);
    assert_eq!((tables.row::<SpaceRow>(&(DATA,)), role(&tables, OWNER)), (None, None));
    // Its organization may be gone before it.
    let gone = OrganizationEvent::OrganizationPurged { slugs: vec![] };
    let tables = folded([
        (ID.uuid(), created().into()),
        (DATA.uuid(), made.into()),
        (ID.uuid(), gone.into()),
        (DATA.uuid(), purged.into()),
    ]);
    assert_eq!(tables.row::<SpaceRow>(&(DATA,)), None);
}
