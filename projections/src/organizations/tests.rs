//! The life of an organization in its rows, as a database would keep them.

mod counted;
mod people;
mod properties;

use aggregates::{
    change::Change,
    ids::WorkspaceId,
    organization::{LimitChanges, Limits, OrganizationEvent as Organization},
    slug::Slug,
    user::{Origin, UserEvent},
    workspace::WorkspaceEvent,
};
use uuid::Uuid;

use super::*;
use crate::{
    tests::{ID, OWNER, at, created, recorded, slug, tables::Tables},
    users::UserRow,
    workspaces::WorkspaceRow,
};

const WORKSPACE: WorkspaceId = WorkspaceId::new(Uuid::from_u128(3));

/// Folds events of one organization, each in a transaction of its own.
fn after(events: impl IntoIterator<Item = Organization>) -> Tables {
    let mut tables = Tables::default();
    for (position, event) in (1..).zip(std::iter::once(created()).chain(events)) {
        tables.fold(&[recorded(position, ID.uuid(), event)]).expect("folded");
    }
    tables
}

fn organization(tables: &Tables) -> OrganizationRow {
    tables.row(&(ID,)).expect("the organization's row")
}

#[test]
fn creation_makes_the_row_its_counters_and_the_owners_membership() {
    let tables = after([]);
    let row = organization(&tables);
    assert_eq!(
        (row.name.as_str(), row.slug.as_str(), row.description.as_deref()),
        ("Acme Ünited", "acme", Some("Anvils"))
    );
    assert_eq!((row.status, row.plan, row.owner_id, row.version), (Status::Active, Plan::Free, OWNER, 1));
    assert_eq!((row.search_text.as_str(), row.jwt_expiry_secs), ("acme ünited acme", DEFAULT_JWT_EXPIRY_SECS));
    assert_eq!((row.created_at, row.updated_at, row.purge_after), (at(1), at(1), None));
    assert_eq!(row.limits(), Plan::Free.limits());
    let counters: OrganizationCountersRow = tables.row(&(ID,)).expect("counters");
    assert_eq!(
        (counters.users, counters.seats, counters.workspaces, counters.projects, counters.spaces),
        (1, 1, 0, 0, 0)
    );
    let membership: MembershipRow = tables.row(&(ID, OWNER)).expect("a membership");
    assert_eq!((membership.role, membership.status), (RoleKey::OWNER, MembershipStatus::Active));
    assert_eq!(membership.joined_at, at(1));
}

#[test]
fn an_update_changes_what_it_names() {
    let changes = ProfileChanges {
        name: Some(Change { from: "Acme Ünited".into(), to: "ZENITH".into() }),
        billing_email: Some(Change { from: None, to: Some(Personal::new(ID.uuid(), "b@acme.example".to_owned())) }),
        metadata: Some(Change { from: BTreeMap::new(), to: BTreeMap::from([("k".into(), "v".into())]) }),
        jwt_expiry_secs: Some(Change { from: 3600, to: 60 }),
        ..ProfileChanges::default()
    };
    let before = organization(&after([]));
    let row = organization(&after([Organization::OrganizationUpdated { changes: Box::new(changes) }]));
    let expected = OrganizationRow {
        name: "ZENITH".into(),
        search_text: "zenith acme".into(),
        billing_email: Some("b@acme.example".into()),
        metadata: Json(BTreeMap::from([("k".into(), "v".into())])),
        jwt_expiry_secs: 60,
        version: 2,
        updated_at: at(2),
        ..before
    };
    assert_eq!(row, expected);
}

#[test]
fn a_new_slug_is_searched_for_and_an_old_one_only_changes_the_version() {
    let moved = Organization::OrganizationSlugChanged { from: slug("acme"), to: slug("zenith") };
    let released = Organization::OrganizationSlugReleased { slug: slug("acme") };
    let row = organization(&after([moved, released]));
    assert_eq!((row.slug.as_str(), row.search_text.as_str(), row.version), ("zenith", "acme ünited zenith", 3));
}

#[test]
fn own_limits_stand_over_the_plans() {
    let own = LimitChanges { max_spaces: Some(Change { from: None, to: Some(3) }), ..LimitChanges::default() };
    let back = LimitChanges { max_spaces: Some(Change { from: Some(3), to: None }), ..LimitChanges::default() };
    let to_pro = Organization::PlanChanged { from: Plan::Free, to: Plan::Pro };
    let own = Organization::LimitsChanged { changes: own };
    let row = organization(&after([own.clone(), to_pro.clone()]));
    assert_eq!(row.limits(), Limits { max_spaces: 3, ..Plan::Pro.limits() });
    let row = organization(&after([own, to_pro, Organization::LimitsChanged { changes: back }]));
    assert_eq!(row.limits(), Plan::Pro.limits());
}

#[test]
fn the_status_is_that_of_suspension_and_deletion_together() {
    let suspended = || Organization::OrganizationSuspended { reason: None };
    let deleted = || Organization::OrganizationDeleted { purge_after: at(99) };
    let row = organization(&after([suspended()]));
    assert_eq!((row.status, row.suspended, row.purge_after), (Status::Suspended, true, None));
    let row = organization(&after([suspended(), deleted()]));
    assert_eq!((row.status, row.suspended, row.purge_after), (Status::Deleted, true, Some(at(99))));
    let row = organization(&after([suspended(), deleted(), Organization::OrganizationRestored {}]));
    assert_eq!((row.status, row.purge_after), (Status::Suspended, None));
    let row = organization(&after([suspended(), Organization::OrganizationReactivated {}]));
    assert_eq!((row.status, row.suspended), (Status::Active, false));
}

#[test]
fn workspaces_are_counted_and_go_with_the_purge() {
    let mut tables = after([]);
    let workspace = WorkspaceEvent::WorkspaceCreated {
        organization: ID,
        name: "Default".into(),
        slug: Slug::default_workspace(),
        description: None,
        is_default: true,
    };
    let registered = UserEvent::UserRegistered {
        email: Personal::new(OWNER.uuid(), "Jane@acme.example".to_owned()),
        name: None,
        origin: Origin::Invitation,
        organization: None,
    };
    let other = OrganizationId::new(Uuid::from_u128(20));
    tables
        .fold(&[
            recorded(2, WORKSPACE.uuid(), workspace),
            recorded(3, OWNER.uuid(), registered),
            recorded(4, OWNER.uuid(), UserEvent::SuperadminGranted {}),
            recorded(5, other.uuid(), created()),
        ])
        .expect("folded");
    let counters: OrganizationCountersRow = tables.row(&(ID,)).expect("counters");
    assert_eq!(counters.workspaces, 1);
    let row: WorkspaceRow = tables.row(&(WORKSPACE,)).expect("a workspace");
    assert_eq!((row.organization_id, row.slug.as_str(), row.is_default), (ID, "default", true));
    let user: UserRow = tables.row(&(OWNER,)).expect("a user");
    assert_eq!((user.email.as_deref(), user.activated), (Some("Jane@acme.example"), false));
    assert_eq!((user.is_superadmin, user.version), (true, 2));

    let purged = Organization::OrganizationPurged { slugs: vec![slug("acme")] };
    tables.fold(&[recorded(6, ID.uuid(), purged)]).expect("folded");
    assert_eq!(tables.row::<OrganizationRow>(&(ID,)), None);
    assert_eq!(tables.row::<OrganizationCountersRow>(&(ID,)), None);
    assert_eq!(tables.row::<MembershipRow>(&(ID, OWNER)), None);
    assert_eq!(tables.row::<WorkspaceRow>(&(WORKSPACE,)), None);
    assert!(tables.row::<OrganizationRow>(&(other,)).is_some(), "others are not concerned");
    assert!(tables.row::<MembershipRow>(&(other, OWNER)).is_some());
    assert!(tables.row::<UserRow>(&(OWNER,)).is_some(), "a person is not among what an organization owns");
}

#[test]
fn what_cannot_be_projected_is_refused() {
    let restored = Organization::OrganizationRestored {};
    let mut tables = Tables::default();
    assert!(matches!(tables.fold(&[recorded(1, ID.uuid(), restored)]), Err(FoldError::Missing { .. })));
    tables.fold(&[recorded(1, ID.uuid(), created())]).expect("folded");
    assert!(matches!(tables.fold(&[recorded(2, ID.uuid(), created())]), Err(FoldError::Present { .. })));
    let stray = WorkspaceEvent::WorkspaceCreated {
        organization: OrganizationId::new(Uuid::from_u128(20)),
        name: "Default".into(),
        slug: Slug::default_workspace(),
        description: None,
        is_default: true,
    };
    assert!(matches!(tables.fold(&[recorded(2, WORKSPACE.uuid(), stray)]), Err(FoldError::Missing { .. })));
}
