//! Commands on people by anybody, and what must be true after each of them.

use std::collections::BTreeSet;

use super::*;
use crate::{
    authorization::{Permission, Permissions},
    organization::tests::people::{ADMIN, DEVELOPER, VIEWER, custom, email, invitation, member, role},
};

pub fn users() -> impl Strategy<Value = UserId> {
    (1..6_u128).prop_map(|n| UserId::new(Uuid::from_u128(n)))
}

fn address(user: UserId) -> String {
    format!("u{}@example.com", user.uuid().as_u128())
}

fn invitations() -> impl Strategy<Value = InvitationId> {
    (0..6_u128).prop_map(numbered)
}

fn numbered(n: u128) -> InvitationId {
    InvitationId::new(Uuid::from_u128(1000 + n))
}

fn keys() -> impl Strategy<Value = RoleKey> {
    let own = (0..3_usize).prop_map(|n| RoleKey::Custom(custom(&format!("own-{n}"))));
    prop_oneof![2 => Just(RoleKey::OWNER), 3 => select(vec![ADMIN, DEVELOPER, VIEWER]), 2 => own]
}

fn permissions() -> impl Strategy<Value = Permissions> {
    collection::vec(select(Permission::ALL), 0..4).prop_map(|some| some.into_iter().collect())
}

/// Who gives them and when is put in later.
pub fn commands() -> impl Strategy<Value = Command> {
    let nobody = Standing::Outsider;
    let change = |(user, role)| MemberCommand::ChangeRole { user, role };
    let transfer = |(to, keep_owner)| MemberCommand::TransferOwnership { to, keep_owner };
    let members = prop_oneof![
        4 => (users(), keys()).prop_map(|(user, role)| MemberCommand::Add { user, role }),
        4 => (users(), keys()).prop_map(change),
        2 => users().prop_map(|user| MemberCommand::Suspend { user }),
        3 => users().prop_map(|user| MemberCommand::Reinstate { user }),
        2 => users().prop_map(|user| MemberCommand::Remove { user }),
        1 => users().prop_map(|user| MemberCommand::Leave { user }),
        2 => (users(), any::<bool>()).prop_map(transfer),
    ];
    let offer = || Offer { token_hash: "token".into(), expires_at: now() };
    let invite = move |(user, role)| InvitationCommand::Invite {
        id: numbered(0),
        email: email(&address(user)),
        invitee: Some(user),
        role,
        workspace: None,
        offer: offer(),
        invited_by: OWNER,
    };
    let answer = |user| Answer { user, email: address(user), token_hash: "token".into() };
    let accept = move |(id, user)| InvitationCommand::Accept { id, answer: answer(user) };
    let decline = move |(id, user)| InvitationCommand::Decline { id, answer: answer(user) };
    let offers = prop_oneof![
        4 => (users(), keys()).prop_map(invite),
        1 => invitations().prop_map(move |id| InvitationCommand::Resend { id, offer: offer() }),
        1 => invitations().prop_map(|id| InvitationCommand::Revoke { id }),
        6 => (invitations(), users()).prop_map(accept),
        1 => (invitations(), users()).prop_map(decline),
        1 => Just(InvitationCommand::Expire),
    ];
    let create = |(n, permissions): (usize, _)| RoleCommand::Create {
        key: custom(&format!("own-{n}")),
        name: "Own".into(),
        description: None,
        permissions,
    };
    let update = |(key, permissions)| {
        let patch = RolePatch { permissions: Some(permissions), ..RolePatch::default() };
        RoleCommand::Update { key, patch }
    };
    let roles = prop_oneof![
        3 => (0..3_usize, permissions()).prop_map(create),
        2 => (keys(), permissions()).prop_map(update),
        2 => (keys(), option::of(keys())).prop_map(|(key, remap_to)| RoleCommand::Delete { key, remap_to }),
    ];
    let limit = (1..8_i64).prop_map(|n| LimitsPatch { max_members: Some(Some(n)), ..LimitsPatch::default() });
    prop_oneof![
        8 => members.prop_map(move |command| member(nobody, command)),
        8 => offers.prop_map(move |command| invitation(nobody, command)),
        4 => roles.prop_map(move |command| role(nobody, command)),
        1 => limit.prop_map(|patch| Command::ChangeLimits { patch, above_plan: false }),
    ]
}

/// The command as the command layer makes it: by its giver, with their standing of now, and with new ids.
pub fn given_by(actor: UserId, command: Command, organization: &Organization, history: &[Event]) -> Command {
    let by = organization.standing(actor);
    let invited = history.iter().filter(|event| matches!(event, Event::MemberInvited { .. })).count();
    match command {
        Command::Member { command: MemberCommand::Leave { .. }, .. } => {
            member(by, MemberCommand::Leave { user: actor })
        }
        Command::Member { command, .. } => member(by, command),
        Command::Invitation { mut command, .. } => {
            if let InvitationCommand::Invite { id, offer, .. } = &mut command {
                *id = numbered(u128::try_from(invited).expect("a count"));
                offer.expires_at = now() + TimeDelta::days(i64::try_from(invited).expect("a count") * 3);
            }
            if let InvitationCommand::Resend { offer, .. } = &mut command {
                offer.expires_at = now() + TimeDelta::days(90);
            }
            invitation(by, command)
        }
        Command::Role { command, .. } => role(by, command),
        other => other,
    }
}

pub fn check(command: &Command, before: &Organization, after: &Organization, events: &[Event], now: DateTime<Utc>) {
    if after.status().is_none() {
        return;
    }
    check_no_more_than_the_giver(command, before, after);
    check_seats(command, after, events, now);
    let live = || after.invitations.values().filter(|invitation| invitation.is_live(now));
    let addresses: BTreeSet<_> = live().filter_map(|invitation| invitation.email.get()).collect();
    assert_eq!(addresses.len(), live().count(), "an address has one live invitation at a time");
    for (user, member) in &after.members {
        assert!(after.permissions(&member.role).is_some(), "{user} has a role that exists");
        assert!(!after.former.contains_key(user), "{user} belongs, and need not come back");
    }
}

/// A user who has more than before has nothing more than the giver had.
fn check_no_more_than_the_giver(command: &Command, before: &Organization, after: &Organization) {
    let by = match command {
        // What is accepted was given by the inviter.
        Command::Invitation { command: InvitationCommand::Accept { .. }, .. } => return,
        Command::Member { by, .. } | Command::Invitation { by, .. } | Command::Role { by, .. } => *by,
        _ => return,
    };
    for user in after.members.keys() {
        let gained = after.standing(*user).permissions().without(before.standing(*user).permissions());
        assert!(by.permissions().covers(gained), "{command:?} gives {user} {gained:?}");
        let became_owner = after.standing(*user).owns() && !before.standing(*user).owns();
        assert!(by.owns() || !became_owner, "{command:?} makes {user} an owner");
    }
}

fn check_seats(command: &Command, after: &Organization, events: &[Event], now: DateTime<Utc>) {
    let grows = matches!(
        command,
        Command::Member { command: MemberCommand::Add { .. }, .. }
            | Command::Invitation { command: InvitationCommand::Invite { .. }, .. }
    );
    if grows && !events.is_empty() {
        let live = after.invitations.values().filter(|invitation| invitation.is_live(now)).count();
        let limit = after.limits().expect("limits").max_members;
        assert!(after.members.len() + live <= usize::try_from(limit).expect("a count"), "{command:?}");
    }
}
