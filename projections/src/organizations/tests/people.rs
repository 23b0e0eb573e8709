//! Members, invitations and roles, and what is counted of them.

use aggregates::{
    authorization::{BuiltInRole, CustomRoleKey, Permission, Permissions, Standing},
    ids::InvitationId,
    organization::{
        Answer, InvitationCommand, MemberCommand, Offer, Organization as Aggregated, OrganizationCommand as Command,
        Removal, RoleChanges, RoleCommand,
    },
};
use cqrs_es::Aggregate;
use proptest::{collection, option, prelude::*, sample::select};

use super::{properties::handle, *};
use crate::{
    invitations::{InvitationRow, InvitationStatus},
    roles::RoleRow,
};

const JANE: UserId = UserId::new(Uuid::from_u128(31));
const OFFER: InvitationId = InvitationId::new(Uuid::from_u128(41));
const VIEWER: RoleKey = RoleKey::BuiltIn(BuiltInRole::Viewer);
const ADMIN: RoleKey = RoleKey::BuiltIn(BuiltInRole::Admin);

fn own() -> CustomRoleKey {
    CustomRoleKey::parse("own").expect("a key")
}

fn added(user: UserId, role: RoleKey) -> Organization {
    Organization::MemberAdded { user, role }
}

fn removed(user: UserId) -> Organization {
    Organization::MemberRemoved { user, role: VIEWER, reason: Removal::Removed, reinstatable_until: at(90) }
}

fn invited() -> Organization {
    Organization::MemberInvited {
        invitation: OFFER,
        email: Personal::new(JANE.uuid(), "Jane@example.com".to_owned()),
        role: RoleKey::Custom(own()),
        workspace: Some(WORKSPACE),
        token_hash: "first".into(),
        expires_at: at(50),
        invited_by: OWNER,
    }
}

fn role_created() -> Organization {
    let permissions = std::iter::once(Permission::TeamsRead).collect();
    Organization::RoleCreated { key: own(), name: "Own".into(), description: None, permissions }
}

/// Users and seats.
fn counted(tables: &Tables) -> (i64, i64) {
    let counters: OrganizationCountersRow = tables.row(&(ID,)).expect("counters");
    (counters.users, counters.seats)
}

fn member(tables: &Tables, user: UserId) -> Option<(RoleKey, MembershipStatus, i64)> {
    tables.row::<MembershipRow>(&(ID, user)).map(|row| (row.role, row.status, row.version))
}

fn offer(tables: &Tables) -> InvitationRow {
    tables.row(&(OFFER,)).expect("an invitation")
}

#[test]
fn members_are_counted_active_and_all() {
    let history = [
        (added(JANE, VIEWER), (2, 2)),
        (Organization::MemberRoleChanged { user: JANE, from: VIEWER, to: ADMIN }, (2, 2)),
        (Organization::MemberSuspended { user: JANE }, (1, 2)),
        (Organization::MemberReinstated { user: JANE, role: ADMIN }, (2, 2)),
        (removed(JANE), (1, 1)),
        (Organization::MemberReinstated { user: JANE, role: VIEWER }, (2, 2)),
        (Organization::MemberSuspended { user: JANE }, (1, 2)),
        (removed(JANE), (1, 1)),
    ];
    for n in 0..=history.len() {
        let expected = n.checked_sub(1).map_or((1, 1), |last| history[last].1);
        let tables = after(history[..n].iter().map(|(event, _)| event.clone()));
        assert_eq!(counted(&tables), expected, "after {n}");
        assert_eq!(organization(&tables).version, 1, "a member is no change of the organization's own row");
    }
    let so_far = |n: usize| after(history[..n].iter().map(|(event, _)| event.clone()));
    assert_eq!(member(&so_far(1), JANE), Some((VIEWER, MembershipStatus::Active, 1)));
    assert_eq!(member(&so_far(3), JANE), Some((ADMIN, MembershipStatus::Suspended, 3)));
    assert_eq!(member(&so_far(4), JANE), Some((ADMIN, MembershipStatus::Active, 4)));
    assert_eq!(member(&so_far(5), JANE), None);
    assert_eq!(member(&so_far(6), JANE), Some((VIEWER, MembershipStatus::Active, 1)));
}

#[test]
fn an_invitation_has_a_seat_as_long_as_it_is_pending() {
    let tables = after([invited()]);
    let row = offer(&tables);
    assert_eq!((row.email.as_deref(), row.workspace_id), (Some("Jane@example.com"), Some(WORKSPACE)));
    assert_eq!((row.status_at(at(49)), row.status_at(at(50))), (InvitationStatus::Pending, InvitationStatus::Expired));
    assert_eq!(counted(&tables), (1, 2));
    let invitation = OFFER;
    let expired = || Organization::InvitationExpired { invitation };
    for (event, status) in [
        (expired(), InvitationStatus::Expired),
        (Organization::InvitationRevoked { invitation }, InvitationStatus::Revoked),
        (Organization::InvitationDeclined { invitation }, InvitationStatus::Declined),
        (Organization::InvitationAccepted { invitation, user: JANE }, InvitationStatus::Accepted),
    ] {
        for history in [vec![invited(), event.clone()], vec![invited(), expired(), event]] {
            let tables = after(history);
            assert_eq!((counted(&tables), offer(&tables).status), ((1, 1), status));
        }
    }
    let resent = Organization::InvitationResent { invitation, token_hash: "second".into(), expires_at: at(60) };
    for history in [vec![invited(), resent.clone()], vec![invited(), expired(), resent]] {
        let tables = after(history);
        let row = offer(&tables);
        assert_eq!((counted(&tables), row.status, row.expires_at), ((1, 2), InvitationStatus::Pending, at(60)));
        assert_eq!(row.token_hash, "second");
    }
    let accepted = [invited(), Organization::InvitationAccepted { invitation, user: JANE }, added(JANE, VIEWER)];
    assert_eq!(counted(&after(accepted)), (2, 2));
}

#[test]
fn a_transfer_changes_both_and_names_the_owner() {
    for keep_owner in [false, true] {
        let transferred = Organization::OwnershipTransferred { from: OWNER, to: JANE, keep_owner };
        let tables = after([added(JANE, VIEWER), transferred]);
        let row = organization(&tables);
        assert_eq!((row.owner_id, row.version), (JANE, 2));
        assert_eq!(member(&tables, JANE), Some((RoleKey::OWNER, MembershipStatus::Active, 2)));
        let former = if keep_owner {
            (RoleKey::OWNER, MembershipStatus::Active, 1)
        } else {
            (ADMIN, MembershipStatus::Active, 2)
        };
        assert_eq!(member(&tables, OWNER), Some(former));
    }
}

#[test]
fn a_deleted_role_is_replaced_where_it_was_held_or_offered() {
    let key = RoleKey::Custom(own());
    let changes = RoleChanges {
        description: Some(Change { from: None, to: Some("Theirs".into()) }),
        permissions: Some(Change {
            from: std::iter::once(Permission::TeamsRead).collect(),
            to: Permissions::default(),
        }),
        ..RoleChanges::default()
    };
    let updated = Organization::RoleUpdated { key: own(), changes };
    let tables = after([role_created(), updated.clone()]);
    let row: RoleRow = tables.row(&(ID, key.clone())).expect("a role");
    assert_eq!((row.name.as_str(), row.description.as_deref(), row.version), ("Own", Some("Theirs"), 2));
    assert_eq!(row.permissions.0, Permissions::default());
    let deleted =
        Organization::RoleDeleted { key: own(), remap_to: Some(VIEWER), members: vec![JANE], invitations: vec![OFFER] };
    let tables = after([role_created(), updated, added(JANE, key.clone()), invited(), deleted]);
    assert_eq!(tables.row::<RoleRow>(&(ID, key)), None);
    assert_eq!(member(&tables, JANE), Some((VIEWER, MembershipStatus::Active, 2)));
    assert_eq!((offer(&tables).role, offer(&tables).version), (VIEWER, 2));
}

const PEOPLE: u128 = 5;

fn person(n: u128) -> UserId {
    if n == 0 { OWNER } else { UserId::new(Uuid::from_u128(60 + n)) }
}

fn commands() -> impl Strategy<Value = Command> {
    let users = || (0..PEOPLE).prop_map(person);
    let roles = || select(vec![RoleKey::OWNER, ADMIN, VIEWER, RoleKey::Custom(own())]);
    let address = |user: UserId| format!("{user}@example.com");
    let offers = || (0..4_u128).prop_map(|n| InvitationId::new(Uuid::from_u128(80 + n)));
    let answer = move |user| Answer { user, email: address(user), token_hash: "token".into() };
    let members = prop_oneof![
        (users(), roles()).prop_map(|(user, role)| MemberCommand::Add { user, role }),
        (users(), roles()).prop_map(|(user, role)| MemberCommand::ChangeRole { user, role }),
        users().prop_map(|user| MemberCommand::Suspend { user }),
        users().prop_map(|user| MemberCommand::Reinstate { user }),
        users().prop_map(|user| MemberCommand::Remove { user }),
        (users(), any::<bool>()).prop_map(|(to, keep_owner)| MemberCommand::TransferOwnership { to, keep_owner }),
    ];
    let expires_at = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(1);
    let offer = move || Offer { token_hash: "token".into(), expires_at };
    let invite = move |(id, user, role)| InvitationCommand::Invite {
        id,
        email: Personal::new(id.uuid(), address(user)),
        invitee: Some(user),
        role,
        workspace: None,
        offer: offer(),
        invited_by: OWNER,
    };
    let invitations = prop_oneof![
        2 => (offers(), users(), roles()).prop_map(invite),
        1 => offers().prop_map(move |id| InvitationCommand::Resend { id, offer: offer() }),
        1 => offers().prop_map(|id| InvitationCommand::Revoke { id }),
        3 => (offers(), users()).prop_map(move |(id, user)| InvitationCommand::Accept { id, answer: answer(user) }),
        1 => (offers(), users()).prop_map(move |(id, user)| InvitationCommand::Decline { id, answer: answer(user) }),
    ];
    let create = || RoleCommand::Create {
        key: own(),
        name: "Own".into(),
        description: None,
        permissions: Permissions::default(),
    };
    let delete = |remap_to| RoleCommand::Delete { key: RoleKey::Custom(own()), remap_to };
    let own_roles = prop_oneof![Just(()).prop_map(move |()| create()), option::of(roles()).prop_map(delete)];
    let by = Standing::Superadmin;
    prop_oneof![
        4 => members.prop_map(move |command| Command::Member { by, command }),
        4 => invitations.prop_map(move |command| Command::Invitation { by, command }),
        1 => own_roles.prop_map(move |command| Command::Role { by, command }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_counted_is_what_there_is(commands in collection::vec(commands(), 0..60)) {
        let mut aggregate = Aggregated::default();
        aggregate.apply(created());
        let mut tables = after([]);
        let mut position = 1;
        let mut offers = std::collections::BTreeSet::new();
        for command in commands {
            // An id is made once.
            if let Command::Invitation { command: InvitationCommand::Invite { id, .. }, .. } = &command
                && offers.contains(id)
            {
                continue;
            }
            for event in handle(&mut aggregate, command).unwrap_or_default() {
                if let Organization::MemberInvited { invitation, .. } = &event {
                    offers.insert(*invitation);
                }
                position += 1;
                tables.fold(&[recorded(position, ID.uuid(), event)]).expect("folded");
            }
            let (mut users, mut seats) = (0, 0);
            for user in (0..PEOPLE).map(person) {
                let row: Option<MembershipRow> = tables.row(&(ID, user));
                prop_assert_eq!(row.as_ref().map(|row| &row.role), aggregate.role(user));
                let Some(row) = row else { continue };
                seats += 1;
                users += i64::from(row.status == MembershipStatus::Active);
                let role: Option<RoleRow> = tables.row(&(ID, row.role.clone()));
                prop_assert_eq!(row.standing(role.as_ref()), aggregate.standing(user), "both sides decide alike");
            }
            for offer in &offers {
                let row: InvitationRow = tables.row(&(*offer,)).expect("an invitation");
                seats += i64::from(row.status == InvitationStatus::Pending);
            }
            prop_assert_eq!(counted(&tables), (users, seats));
            prop_assert_eq!(Some(organization(&tables).owner_id), aggregate.owner());
        }
    }
}
