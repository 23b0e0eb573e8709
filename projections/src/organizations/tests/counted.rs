//! Whatever is decided about people, what is counted is what there is.

use std::collections::BTreeSet;

use aggregates::{
    authorization::{BuiltInRole, CustomRoleKey, Permissions, Standing},
    ids::InvitationId,
    organization::{
        Answer, InvitationCommand, MemberCommand, Offer, Organization as Aggregated, OrganizationCommand as Command,
        RoleCommand,
    },
};
use chrono::TimeDelta;
use cqrs_es::Aggregate;
use proptest::{collection, option, prelude::*, sample::select};

use super::{properties::handle, *};
use crate::{
    invitations::{InvitationRow, InvitationStatus},
    roles::RoleRow,
};

const VIEWER: RoleKey = RoleKey::BuiltIn(BuiltInRole::Viewer);
const ADMIN: RoleKey = RoleKey::BuiltIn(BuiltInRole::Admin);

fn own() -> CustomRoleKey {
    CustomRoleKey::parse("own").expect("a key")
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
    let expires_at = DateTime::UNIX_EPOCH + TimeDelta::days(1);
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
        let mut offers = BTreeSet::new();
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
            let counters: OrganizationCountersRow = tables.row(&(ID,)).expect("counters");
            prop_assert_eq!((counters.users, counters.seats), (users, seats));
            prop_assert_eq!(Some(organization(&tables).owner_id), aggregate.owner());
        }
    }
}
