//! People to decide on: members, invitations and roles that the tests about them share.

use super::*;
use crate::authorization::{CustomRoleKey, Permission, Permissions};

pub const JANE: UserId = UserId::new(Uuid::from_u128(2));
pub const BOB: UserId = UserId::new(Uuid::from_u128(3));
pub const OFFER: InvitationId = InvitationId::new(Uuid::from_u128(100));

pub const ADMIN: RoleKey = RoleKey::BuiltIn(BuiltInRole::Admin);
pub const DEVELOPER: RoleKey = RoleKey::BuiltIn(BuiltInRole::Developer);
pub const VIEWER: RoleKey = RoleKey::BuiltIn(BuiltInRole::Viewer);

/// An owner's, an admin's … of this organization.
pub fn standing(role: BuiltInRole) -> Standing {
    Standing::Member { permissions: role.permissions(), owner: role == BuiltInRole::Owner }
}

pub fn owner() -> Standing {
    standing(BuiltInRole::Owner)
}

pub fn admin() -> Standing {
    standing(BuiltInRole::Admin)
}

pub fn custom(key: &str) -> CustomRoleKey {
    CustomRoleKey::parse(key).expect("a key")
}

pub fn set(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

pub fn member(by: Standing, command: MemberCommand) -> Command {
    Command::Member { by, command }
}

pub fn invitation(by: Standing, command: InvitationCommand) -> Command {
    Command::Invitation { by, command }
}

pub fn role(by: Standing, command: RoleCommand) -> Command {
    Command::Role { by, command }
}

pub fn added(user: UserId, role: RoleKey) -> Event {
    Event::MemberAdded { user, role }
}

pub fn removed(user: UserId, role: RoleKey) -> Event {
    let reinstatable_until = now() + TimeDelta::days(REINSTATE_DAYS);
    Event::MemberRemoved { user, role, reason: Removal::Removed, reinstatable_until }
}

pub fn email(text: &str) -> Personal<String> {
    Personal::new(Uuid::from_u128(50), text.to_owned())
}

pub fn in_days(days: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(days)
}

/// Jane's, for a week.
pub fn invited(role: RoleKey) -> Event {
    Event::MemberInvited {
        invitation: OFFER,
        email: email("Jane@Example.com"),
        role,
        workspace: None,
        token_hash: "first".into(),
        expires_at: in_days(7),
        invited_by: OWNER,
    }
}

pub fn role_created(key: &str, permissions: &[Permission]) -> Event {
    Event::RoleCreated { key: custom(key), name: "Own".into(), description: None, permissions: set(permissions) }
}

pub fn seats(limit: i64) -> Event {
    let changes = LimitChanges { max_members: Some(Change { from: None, to: Some(limit) }), ..LimitChanges::default() };
    Event::LimitsChanged { changes }
}

pub fn offer(hash: &str, days: i64) -> Offer {
    Offer { token_hash: hash.into(), expires_at: in_days(days) }
}

pub fn answer(email: &str, hash: &str) -> Answer {
    Answer { user: JANE, email: email.into(), token_hash: hash.into() }
}

/// One of every command on people, as the owner gives it.
pub fn every_command() -> Vec<Command> {
    let members = [
        MemberCommand::Add { user: JANE, role: VIEWER },
        MemberCommand::ChangeRole { user: JANE, role: VIEWER },
        MemberCommand::Suspend { user: JANE },
        MemberCommand::Reinstate { user: JANE },
        MemberCommand::Remove { user: JANE },
        MemberCommand::Leave { user: JANE },
        MemberCommand::TransferOwnership { to: JANE, keep_owner: false },
    ];
    let invitations = [
        InvitationCommand::Invite {
            id: OFFER,
            email: email("jane@example.com"),
            invitee: None,
            role: VIEWER,
            workspace: None,
            offer: offer("first", 7),
            invited_by: OWNER,
        },
        InvitationCommand::Resend { id: OFFER, offer: offer("second", 7) },
        InvitationCommand::Revoke { id: OFFER },
        InvitationCommand::Accept { id: OFFER, answer: answer("jane@example.com", "first") },
        InvitationCommand::Decline { id: OFFER, answer: answer("jane@example.com", "first") },
        InvitationCommand::Expire,
    ];
    let key = RoleKey::Custom(custom("own"));
    let roles = [
        RoleCommand::Create {
            key: custom("own"),
            name: "Own".into(),
            description: None,
            permissions: Permissions::default(),
        },
        RoleCommand::Update { key: key.clone(), patch: RolePatch::default() },
        RoleCommand::Delete { key, remap_to: None },
    ];
    let members = members.map(|command| member(owner(), command));
    let invitations = invitations.map(|command| invitation(owner(), command));
    members.into_iter().chain(invitations).chain(roles.map(|command| role(owner(), command))).collect()
}
