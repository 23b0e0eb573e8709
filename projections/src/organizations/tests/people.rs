//! Members, invitations and roles, and the counters that follow them.

use aggregates::{
    authorization::{BuiltInRole, CustomRoleKey, Permission, Permissions},
    change::Change,
    ids::InvitationId,
    organization::{Removal, RoleChanges},
};

use super::*;
use crate::{
    invitations::{InvitationRow, InvitationStatus},
    roles::{RoleRow, row_key},
};

const JANE: UserId = UserId::new(Uuid::from_u128(5));
const INVITATION: InvitationId = InvitationId::new(Uuid::from_u128(6));

fn role(role: BuiltInRole) -> RoleKey {
    RoleKey::BuiltIn(role)
}

fn auditor() -> CustomRoleKey {
    CustomRoleKey::parse("auditor").expect("a key")
}

fn added() -> Organization {
    Organization::MemberAdded { user: JANE, role: role(BuiltInRole::Member) }
}

fn removed() -> Organization {
    let role = role(BuiltInRole::Member);
    Organization::MemberRemoved { user: JANE, role, reason: Removal::Removed, reinstatable_until: at(99) }
}

fn reinstated() -> Organization {
    Organization::MemberReinstated { user: JANE, role: role(BuiltInRole::Member) }
}

fn suspended() -> Organization {
    Organization::MemberSuspended { user: JANE }
}

fn invited(role: RoleKey) -> Organization {
    Organization::MemberInvited {
        invitation: INVITATION,
        email: Personal::new(Uuid::from_u128(6), "new@example.com".to_owned()),
        role,
        workspace: Some(WORKSPACE),
        token_hash: "a".into(),
        expires_at: at(50),
        invited_by: OWNER,
    }
}

fn resent() -> Organization {
    Organization::InvitationResent { invitation: INVITATION, token_hash: "b".into(), expires_at: at(90) }
}

/// Active members and taken seats.
fn counted(tables: &Tables) -> (i64, i64) {
    let counters: OrganizationCountersRow = tables.row(&(ID,)).expect("counters");
    (counters.users, counters.seats)
}

fn member(tables: &Tables, user: UserId) -> Option<MembershipRow> {
    tables.row(&(ID, user))
}

#[test]
fn members_are_counted_while_active_and_have_a_seat_while_they_belong() {
    for (events, expected) in [
        (vec![added()], (2, 2)),
        (vec![added(), suspended()], (1, 2)),
        (vec![added(), suspended(), reinstated()], (2, 2)),
        (vec![added(), removed()], (1, 1)),
        (vec![added(), suspended(), removed()], (1, 1)),
        (vec![added(), removed(), reinstated()], (2, 2)),
    ] {
        let tables = after(events.clone());
        assert_eq!(counted(&tables), expected, "{events:?}");
        assert_eq!(organization(&tables).version, 1, "a new member is not a new version of the organization");
    }
}

#[test]
fn a_membership_follows_what_happens_to_it() {
    let row = member(&after([added()]), JANE).expect("a membership");
    assert_eq!((row.role, row.status, row.version), (role(BuiltInRole::Member), MembershipStatus::Active, 1));
    let (from, to) = (role(BuiltInRole::Member), role(BuiltInRole::Admin));
    let promoted = Organization::MemberRoleChanged { user: JANE, from, to: to.clone() };
    let row = member(&after([added(), promoted, suspended()]), JANE).expect("a membership");
    assert_eq!((row.role, row.status, row.version), (to, MembershipStatus::Suspended, 3));
    assert_eq!(row.joined_at, at(2));
    assert_eq!(member(&after([added(), removed()]), JANE), None);
    let back = member(&after([added(), removed(), reinstated()]), JANE).expect("a membership");
    assert_eq!((back.status, back.joined_at), (MembershipStatus::Active, at(4)));
}

#[test]
fn ownership_moves_with_or_without_the_role() {
    for (keep_owner, left) in [(false, BuiltInRole::Admin), (true, BuiltInRole::Owner)] {
        let tables = after([added(), Organization::OwnershipTransferred { from: OWNER, to: JANE, keep_owner }]);
        let role_of = |user| member(&tables, user).map(|row| row.role);
        assert_eq!((role_of(OWNER), role_of(JANE)), (Some(role(left)), Some(RoleKey::OWNER)));
        assert_eq!((organization(&tables).owner_id, organization(&tables).version), (JANE, 2));
    }
    let changed = Organization::PrimaryOwnerChanged { from: OWNER, to: JANE };
    assert_eq!(organization(&after([added(), changed])).owner_id, JANE);
}

#[test]
fn a_pending_invitation_has_a_seat_and_no_other_has() {
    let invitation = INVITATION;
    for (answer, status, seats) in [
        (Organization::InvitationRevoked { invitation }, InvitationStatus::Revoked, 1),
        (Organization::InvitationDeclined { invitation }, InvitationStatus::Declined, 1),
        (Organization::InvitationExpired { invitation }, InvitationStatus::Expired, 1),
        (Organization::InvitationAccepted { invitation, user: JANE }, InvitationStatus::Accepted, 1),
        (resent(), InvitationStatus::Pending, 2),
    ] {
        let tables = after([invited(role(BuiltInRole::Viewer)), answer]);
        let row: InvitationRow = tables.row(&(INVITATION,)).expect("an invitation");
        assert_eq!((row.status, row.version, counted(&tables)), (status, 2, (1, seats)));
    }
    let again = after([invited(role(BuiltInRole::Viewer)), Organization::InvitationExpired { invitation }, resent()]);
    assert_eq!(counted(&again), (1, 2), "sent again, it takes a seat again");
    let row: InvitationRow = again.row(&(INVITATION,)).expect("an invitation");
    assert_eq!((row.token_hash.as_str(), row.expires_at, row.status), ("b", at(90), InvitationStatus::Pending));
    assert_eq!((row.email.as_deref(), row.workspace_id), (Some("new@example.com"), Some(WORKSPACE)));
    assert_eq!(row.status_at(at(90)), InvitationStatus::Expired, "whether that was recorded or not");
}

#[test]
fn a_role_is_made_changed_and_replaced_where_somebody_has_it() {
    let permissions: Permissions = [Permission::AuditRead].into_iter().collect();
    let custom = || RoleKey::Custom(auditor());
    let made = Organization::RoleCreated { key: auditor(), name: "Auditor".into(), description: None, permissions };
    let given = Organization::MemberAdded { user: JANE, role: custom() };
    let more: Permissions = [Permission::AuditRead, Permission::UsageRead].into_iter().collect();
    let changes = RoleChanges {
        name: Some(Change { from: "Auditor".into(), to: "Reviewer".into() }),
        description: None,
        permissions: Some(Change { from: permissions, to: more }),
    };
    let tables = after([made.clone(), Organization::RoleUpdated { key: auditor(), changes }]);
    let row: RoleRow = tables.row(&row_key(ID, &auditor())).expect("a role");
    assert_eq!((row.name.as_str(), row.permissions.0, row.version), ("Reviewer", more, 2));

    let remap_to = Some(role(BuiltInRole::Viewer));
    let deleted =
        Organization::RoleDeleted { key: auditor(), remap_to, members: vec![JANE], invitations: vec![INVITATION] };
    let tables = after([made, given, invited(custom()), deleted]);
    assert_eq!(tables.row::<RoleRow>(&row_key(ID, &auditor())), None);
    assert_eq!(member(&tables, JANE).map(|row| row.role), Some(role(BuiltInRole::Viewer)));
    let invitation: InvitationRow = tables.row(&(INVITATION,)).expect("an invitation");
    assert_eq!(invitation.role, role(BuiltInRole::Viewer));
}
