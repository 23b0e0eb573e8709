//! Teams and who is in them.

use aggregates::{
    change::Change,
    ids::{OrganizationId, TeamId, UserId},
    organization::OrganizationEvent,
    team::{TeamChanges, TeamEvent},
};
use uuid::Uuid;

use super::{ID, OWNER, at, created, folded, recorded, slug};
use crate::{
    FoldError,
    teams::{TeamMemberRow, TeamRow},
};

const TEAM: TeamId = TeamId::new(Uuid::from_u128(4));
const JANE: UserId = UserId::new(Uuid::from_u128(5));

fn team_created() -> TeamEvent {
    TeamEvent::TeamCreated { organization: ID, name: "Engineering".into(), description: Some("Backend".into()) }
}

fn added(user: UserId) -> TeamEvent {
    TeamEvent::TeamMemberAdded { organization: ID, user }
}

fn after(events: impl IntoIterator<Item = TeamEvent>) -> super::Tables {
    let events = std::iter::once(team_created()).chain(events);
    folded(events.into_iter().map(|event| (TEAM.uuid(), event.into())))
}

#[test]
fn a_team_is_what_was_said_of_it() {
    let row: TeamRow = after([]).row(&(TEAM,)).expect("a team");
    let expected = TeamRow {
        id: TEAM,
        organization_id: ID,
        name: "Engineering".into(),
        description: Some("Backend".into()),
        version: 1,
        created_at: at(1),
        updated_at: at(1),
    };
    assert_eq!(row, expected);
    let changes = TeamChanges {
        name: Some(Change { from: "Engineering".into(), to: "Platform".into() }),
        description: Some(Change { from: Some("Backend".into()), to: None }),
    };
    let row: TeamRow = after([TeamEvent::TeamUpdated { organization: ID, changes }]).row(&(TEAM,)).expect("a team");
    let changed = TeamRow { name: "Platform".into(), description: None, version: 2, updated_at: at(2), ..expected };
    assert_eq!(row, changed);
}

#[test]
fn who_is_in_is_a_row_and_a_version_of_the_team() {
    let tables = after([added(JANE), added(OWNER), TeamEvent::TeamMemberRemoved { user: JANE }]);
    let row: TeamMemberRow = tables.row(&(TEAM, OWNER)).expect("a member");
    assert_eq!((row.organization_id, row.added_at), (ID, at(3)));
    assert_eq!(tables.row::<TeamMemberRow>(&(TEAM, JANE)), None);
    let team: TeamRow = tables.row(&(TEAM,)).expect("a team");
    assert_eq!((team.version, team.updated_at), (4, at(4)));
}

#[test]
fn a_deleted_team_leaves_nothing() {
    let deleted = TeamEvent::TeamDeleted { organization: ID, name: "Engineering".into(), members: vec![OWNER, JANE] };
    let tables = after([added(JANE), added(OWNER), deleted]);
    assert_eq!(tables.row::<TeamRow>(&(TEAM,)), None);
    for user in [JANE, OWNER] {
        assert_eq!(tables.row::<TeamMemberRow>(&(TEAM, user)), None);
    }
}

#[test]
fn a_purge_takes_the_teams_of_its_organization_along() {
    let mut tables = folded([(ID.uuid(), created().into()), (TEAM.uuid(), team_created().into())]);
    let (elsewhere, other) = (TeamId::new(Uuid::from_u128(6)), OrganizationId::new(Uuid::from_u128(20)));
    let not_ours = TeamEvent::TeamCreated { organization: other, name: "Engineering".into(), description: None };
    let purged = OrganizationEvent::OrganizationPurged { slugs: vec![slug("acme")] };
    let rest = [
        recorded(3, TEAM.uuid(), added(JANE)),
        recorded(4, elsewhere.uuid(), not_ours),
        recorded(5, ID.uuid(), purged),
    ];
    for event in rest {
        tables.fold(&[event]).expect("folded");
    }
    assert_eq!(tables.row::<TeamRow>(&(TEAM,)), None);
    assert_eq!(tables.row::<TeamMemberRow>(&(TEAM, JANE)), None);
    assert!(tables.row::<TeamRow>(&(elsewhere,)).is_some());
}

#[test]
fn what_cannot_be_projected_is_refused() {
    let mut tables = after([added(JANE)]);
    let mut fold = |event: TeamEvent| tables.fold(&[recorded(9, TEAM.uuid(), event)]);
    assert!(matches!(fold(team_created()), Err(FoldError::Present { .. })));
    assert!(matches!(fold(added(JANE)), Err(FoldError::Present { .. })));
    assert!(matches!(fold(TeamEvent::TeamMemberRemoved { user: OWNER }), Err(FoldError::Missing { .. })));
}
