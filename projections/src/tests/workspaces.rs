//! Workspaces and how many there are.

use aggregates::{
    change::Change,
    ids::WorkspaceId,
    slug::Slug,
    workspace::{WorkspaceChanges, WorkspaceEvent},
};
use uuid::Uuid;

use super::{ID, at, created, folded, slug};
use crate::{organizations::OrganizationCountersRow, workspaces::WorkspaceRow};

const DEFAULT: WorkspaceId = WorkspaceId::new(Uuid::from_u128(3));
const LAB: WorkspaceId = WorkspaceId::new(Uuid::from_u128(4));

fn made(slug: Slug, is_default: bool) -> WorkspaceEvent {
    let description = (!is_default).then(|| "Where it is made".to_owned());
    WorkspaceEvent::WorkspaceCreated { organization: ID, name: "Lab".into(), slug, description, is_default }
}

/// The tables of an organization with its default workspace and another one, to which this happened.
fn after(events: impl IntoIterator<Item = WorkspaceEvent>) -> super::Tables {
    let first = [
        (ID.uuid(), created().into()),
        (DEFAULT.uuid(), made(Slug::default_workspace(), true).into()),
        (LAB.uuid(), made(slug("lab"), false).into()),
    ];
    folded(first.into_iter().chain(events.into_iter().map(|event| (LAB.uuid(), event.into()))))
}

fn count(tables: &super::Tables) -> i64 {
    tables.row::<OrganizationCountersRow>(&(ID,)).expect("counters").workspaces
}

#[test]
fn a_workspace_is_what_was_said_of_it() {
    let tables = after([]);
    let lab: WorkspaceRow = tables.row(&(LAB,)).expect("a workspace");
    let expected = WorkspaceRow {
        id: LAB,
        organization_id: ID,
        name: "Lab".into(),
        slug: "lab".into(),
        description: Some("Where it is made".into()),
        is_default: false,
        archived_at: None,
        version: 1,
        created_at: at(3),
        updated_at: at(3),
    };
    assert_eq!((lab, count(&tables)), (expected.clone(), 2));
    assert!(tables.row::<WorkspaceRow>(&(DEFAULT,)).is_some_and(|row| row.is_default));

    let changes = WorkspaceChanges {
        name: Some(Change { from: "Lab".into(), to: "Plant".into() }),
        slug: Some(Change { from: slug("lab"), to: slug("plant") }),
        description: Some(Change { from: expected.description.clone(), to: None }),
    };
    let tables = after([WorkspaceEvent::WorkspaceUpdated { organization: ID, changes }]);
    let changed = WorkspaceRow {
        name: "Plant".into(),
        slug: "plant".into(),
        description: None,
        version: 2,
        updated_at: at(4),
        ..expected
    };
    assert_eq!((tables.row(&(LAB,)), count(&tables)), (Some(changed), 2));
}

#[test]
fn an_archived_workspace_stays_and_is_no_longer_counted() {
    let tables = after([WorkspaceEvent::WorkspaceArchived { organization: ID }]);
    let lab: WorkspaceRow = tables.row(&(LAB,)).expect("a workspace");
    assert_eq!((lab.archived_at, lab.version, lab.slug.as_str()), (Some(at(4)), 2, "lab"));
    assert_eq!(count(&tables), 1);
}
