//! Projects and how many there are.

use aggregates::{
    change::Change,
    ids::{ProjectId, WorkspaceId},
    organization::OrganizationEvent,
    project::{ProjectChanges, ProjectEvent},
};
use uuid::Uuid;

use super::{ID, at, created, folded, slug};
use crate::{organizations::OrganizationCountersRow, projects::ProjectRow};

const SITE: ProjectId = ProjectId::new(Uuid::from_u128(3));
const SHOP: ProjectId = ProjectId::new(Uuid::from_u128(4));
const LAB: WorkspaceId = WorkspaceId::new(Uuid::from_u128(5));
const PLANT: WorkspaceId = WorkspaceId::new(Uuid::from_u128(6));

fn made(text: &str, workspace: Option<WorkspaceId>) -> ProjectEvent {
    let description = workspace.map(|_| "Where it is sold".to_owned());
    ProjectEvent::ProjectCreated { organization: ID, name: "Shop".into(), slug: slug(text), description, workspace }
}

/// The tables of an organization with two projects, to the second of which this happened.
fn after(events: impl IntoIterator<Item = ProjectEvent>) -> super::Tables {
    let first = [
        (ID.uuid(), created().into()),
        (SITE.uuid(), made("site", None).into()),
        (SHOP.uuid(), made("shop", Some(LAB)).into()),
    ];
    folded(first.into_iter().chain(events.into_iter().map(|event| (SHOP.uuid(), event.into()))))
}

fn count(tables: &super::Tables) -> i64 {
    tables.row::<OrganizationCountersRow>(&(ID,)).expect("counters").projects
}

#[test]
fn a_project_is_what_was_said_of_it() {
    let tables = after([]);
    let shop: ProjectRow = tables.row(&(SHOP,)).expect("a project");
    let expected = ProjectRow {
        id: SHOP,
        organization_id: ID,
        workspace_id: Some(LAB),
        name: "Shop".into(),
        slug: "shop".into(),
        description: Some("Where it is sold".into()),
        archived_at: None,
        version: 1,
        created_at: at(3),
        updated_at: at(3),
    };
    assert_eq!((shop, count(&tables)), (expected.clone(), 2));
    let site: ProjectRow = tables.row(&(SITE,)).expect("a project");
    assert_eq!((site.workspace_id, site.description), (None, None));

    let changes = ProjectChanges {
        name: Some(Change { from: "Shop".into(), to: "Store".into() }),
        slug: Some(Change { from: slug("shop"), to: slug("store") }),
        description: Some(Change { from: expected.description.clone(), to: None }),
        workspace: Some(Change { from: Some(LAB), to: Some(PLANT) }),
    };
    let out = ProjectChanges { workspace: Some(Change { from: Some(PLANT), to: None }), ..ProjectChanges::default() };
    let [changed, out] = [changes, out].map(|changes| ProjectEvent::ProjectUpdated { organization: ID, changes });
    let store = ProjectRow {
        name: "Store".into(),
        slug: "store".into(),
        description: None,
        workspace_id: Some(PLANT),
        version: 2,
        updated_at: at(4),
        ..expected
    };
    let tables = after([changed.clone()]);
    assert_eq!((tables.row(&(SHOP,)), count(&tables)), (Some(store.clone()), 2));
    let nowhere = ProjectRow { workspace_id: None, version: 3, updated_at: at(5), ..store };
    assert_eq!(after([changed, out]).row(&(SHOP,)), Some(nowhere));
}

#[test]
fn an_archived_project_stays_and_is_no_longer_counted() {
    let tables = after([ProjectEvent::ProjectArchived { organization: ID }]);
    let shop: ProjectRow = tables.row(&(SHOP,)).expect("a project");
    assert_eq!((shop.archived_at, shop.version, shop.slug.as_str()), (Some(at(4)), 2, "shop"));
    assert_eq!(count(&tables), 1);
}

#[test]
fn a_purge_takes_projects_along() {
    let purged = OrganizationEvent::OrganizationPurged { slugs: vec![slug("acme")] };
    let first = [(ID.uuid(), created().into()), (SITE.uuid(), made("site", None).into())];
    let tables = folded(first.into_iter().chain([(ID.uuid(), purged.into())]));
    assert_eq!(tables.row::<ProjectRow>(&(SITE,)), None);
}
