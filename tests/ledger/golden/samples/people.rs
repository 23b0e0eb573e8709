//! Members, invitations, roles, accounts and sessions.

use aggregates::{
    authorization::{BuiltInRole, CustomRoleKey, Permission, Permissions, RoleKey},
    change::Change,
    ids::{InvitationId, OrganizationId, UserId, WorkspaceId},
    organization::{OrganizationEvent as Organization, Removal, RoleChanges},
    personal::Personal,
    session::{Ending, Method, SessionEvent},
    user::{Origin, PasswordChange, UserChanges, UserEvent},
};

use super::{id, time};

/// SHA-256 of nothing.
const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn jane() -> UserId {
    UserId::new(id(2))
}

fn of_jane(text: &str) -> Personal<String> {
    Personal::new(id(2), text.to_owned())
}

fn auditor() -> CustomRoleKey {
    CustomRoleKey::parse("auditor").expect("a key")
}

fn member() -> RoleKey {
    RoleKey::BuiltIn(BuiltInRole::Member)
}

pub fn organization() -> Vec<Organization> {
    let (user, role, successor) = (jane(), member(), UserId::new(id(3)));
    let mut events = vec![
        Organization::MemberAdded { user, role: RoleKey::Custom(auditor()) },
        Organization::MemberRoleChanged { user, from: role.clone(), to: RoleKey::Custom(auditor()) },
        Organization::MemberSuspended { user },
        Organization::MemberReinstated { user, role: role.clone() },
        Organization::MemberRemoved { user, role, reason: Removal::Left, reinstatable_until: time() },
        Organization::OwnershipTransferred { from: user, to: successor, keep_owner: true },
        Organization::PrimaryOwnerChanged { from: user, to: successor },
    ];
    events.extend(invitations());
    events.extend(roles());
    events
}

fn invitations() -> Vec<Organization> {
    let invitation = InvitationId::new(id(5));
    let token_hash = HASH.to_owned();
    vec![
        Organization::MemberInvited {
            invitation,
            email: Personal::new(id(5), "John@acme.example".to_owned()),
            role: member(),
            workspace: Some(WorkspaceId::new(id(6))),
            token_hash: token_hash.clone(),
            expires_at: time(),
            invited_by: jane(),
        },
        Organization::InvitationResent { invitation, token_hash, expires_at: time() },
        Organization::InvitationRevoked { invitation },
        Organization::InvitationDeclined { invitation },
        Organization::InvitationExpired { invitation },
        Organization::InvitationAccepted { invitation, user: UserId::new(id(3)) },
    ]
}

fn roles() -> Vec<Organization> {
    let read: Permissions = [Permission::AuditRead, Permission::UsageRead].into_iter().collect();
    let more = read.union([Permission::MembersRead].into_iter().collect());
    let changes = RoleChanges {
        name: Some(Change { from: "Auditor".into(), to: "Reviewer".into() }),
        description: Some(Change { from: Some("Reads what happened".into()), to: None }),
        permissions: Some(Change { from: read, to: more }),
    };
    vec![
        Organization::RoleCreated {
            key: auditor(),
            name: "Auditor".into(),
            description: Some("Reads what happened".into()),
            permissions: read,
        },
        Organization::RoleUpdated { key: auditor(), changes },
        Organization::RoleDeleted {
            key: auditor(),
            remap_to: Some(member()),
            members: vec![jane()],
            invitations: vec![InvitationId::new(id(5))],
        },
    ]
}

pub fn user() -> Vec<UserEvent> {
    let name = |text: Option<&str>| text.map(of_jane);
    let changes = UserChanges {
        name: Some(Change { from: name(Some("Jane Doe")), to: name(None) }),
        organization: Some(Change { from: None, to: Some("Acme Corp".into()) }),
    };
    vec![
        UserEvent::UserRegistered {
            email: of_jane("Jane@acme.example"),
            name: name(Some("Jane Doe")),
            origin: Origin::Invitation,
            organization: None,
        },
        UserEvent::ActivationIssued { token_hash: HASH.to_owned(), expires_at: time() },
        UserEvent::UserActivated { name: name(Some("Jane Doe")) },
        UserEvent::PasswordResetIssued { token_hash: HASH.to_owned(), expires_at: time() },
        UserEvent::PasswordChanged { reason: PasswordChange::Reset },
        UserEvent::UserUpdated { changes },
        UserEvent::EmailChanged { from: of_jane("Jane@acme.example"), to: of_jane("jane@doe.example") },
        UserEvent::PrimaryOrganizationChosen { organization: OrganizationId::new(id(1)) },
        UserEvent::UserDisabled {},
        UserEvent::UserEnabled {},
        UserEvent::SuperadminGranted {},
        UserEvent::SuperadminRevoked {},
    ]
}

pub fn session() -> Vec<SessionEvent> {
    let organization = OrganizationId::new(id(1));
    vec![
        SessionEvent::SessionStarted {
            user: jane(),
            method: Method::Password,
            organization: Some(organization),
            epoch: 3,
            client_address: Some(of_jane("192.0.2.7")),
            user_agent: Some(of_jane("curl/8.5.0")),
        },
        SessionEvent::SessionSwitched { organization },
        SessionEvent::SessionEnded { reason: Ending::SignedOut },
    ]
}
