//! What can happen to an organization.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{LimitChanges, Plan, Settings};
use crate::{
    authorization::{CustomRoleKey, Permissions, RoleKey},
    change::Change,
    event_types::event_types,
    ids::{InvitationId, UserId, WorkspaceId},
    personal::Personal,
    slug::Slug,
};

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProfileChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_email: Option<Change<Option<Personal<String>>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Change<Settings>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Change<BTreeMap<String, String>>>,
    /// Lifetime of access tokens that are bound to this organization, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_expiry_secs: Option<Change<i64>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrganizationEvent {
    /// Names the owner, who thereby becomes a member.
    OrganizationCreated {
        name: String,
        slug: Slug,
        description: Option<String>,
        domain: Option<String>,
        owner: UserId,
        plan: Plan,
        is_personal: bool,
    },
    OrganizationUpdated {
        changes: Box<ProfileChanges>,
    },
    PlanChanged {
        from: Plan,
        to: Plan,
    },
    /// The old slug stays claimed and keeps resolving.
    OrganizationSlugChanged {
        from: Slug,
        to: Slug,
    },
    /// An old slug is given up; others may claim it.
    OrganizationSlugReleased {
        slug: Slug,
    },
    LimitsChanged {
        changes: LimitChanges,
    },
    OrganizationSuspended {
        reason: Option<String>,
    },
    OrganizationReactivated {},
    OrganizationDeleted {
        purge_after: DateTime<Utc>,
    },
    OrganizationRestored {},
    /// Gives up every slug, the current one first.
    OrganizationPurged {
        slugs: Vec<Slug>,
    },
    MemberAdded {
        user: UserId,
        role: RoleKey,
    },
    MemberRoleChanged {
        user: UserId,
        from: RoleKey,
        to: RoleKey,
    },
    MemberSuspended {
        user: UserId,
    },
    /// Active again, after a suspension or a removal.
    MemberReinstated {
        user: UserId,
        role: RoleKey,
    },
    MemberRemoved {
        user: UserId,
        role: RoleKey,
        reason: Removal,
        /// Until then they can be reinstated with this role.
        reinstatable_until: DateTime<Utc>,
    },
    OwnershipTransferred {
        from: UserId,
        to: UserId,
        keep_owner: bool,
    },
    /// The primary owner is no longer an owner, and another owner takes that place.
    PrimaryOwnerChanged {
        from: UserId,
        to: UserId,
    },
    MemberInvited {
        invitation: InvitationId,
        email: Personal<String>,
        role: RoleKey,
        workspace: Option<WorkspaceId>,
        /// SHA-256 of the token, in hexadecimal digits.
        token_hash: String,
        expires_at: DateTime<Utc>,
        invited_by: UserId,
    },
    /// The previous token no longer works.
    InvitationResent {
        invitation: InvitationId,
        token_hash: String,
        expires_at: DateTime<Utc>,
    },
    InvitationRevoked {
        invitation: InvitationId,
    },
    InvitationDeclined {
        invitation: InvitationId,
    },
    InvitationExpired {
        invitation: InvitationId,
    },
    /// The membership is an event of its own.
    InvitationAccepted {
        invitation: InvitationId,
        user: UserId,
    },
    RoleCreated {
        key: CustomRoleKey,
        name: String,
        description: Option<String>,
        permissions: Permissions,
    },
    RoleUpdated {
        key: CustomRoleKey,
        changes: RoleChanges,
    },
    /// Names all who had it: they have the other role now.
    RoleDeleted {
        key: CustomRoleKey,
        remap_to: Option<RoleKey>,
        members: Vec<UserId>,
        invitations: Vec<InvitationId>,
    },
}

/// How a membership ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    Removed,
    Left,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoleChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Change<Permissions>>,
}

/// Events that can take away what a member was allowed to do. A decision on an organization that was only read holds
/// when none of these has happened since.
pub const REVOCATIONS: &[&str] = &[
    "MemberRoleChanged",
    "MemberSuspended",
    "MemberRemoved",
    "OwnershipTransferred",
    "RoleUpdated",
    "RoleDeleted",
    "OrganizationSuspended",
    "OrganizationDeleted",
    "OrganizationPurged",
];

event_types! {
    OrganizationEvent {
        OrganizationCreated = "OrganizationCreated",
        OrganizationUpdated = "OrganizationUpdated",
        PlanChanged = "PlanChanged",
        OrganizationSlugChanged = "OrganizationSlugChanged",
        OrganizationSlugReleased = "OrganizationSlugReleased",
        LimitsChanged = "LimitsChanged",
        OrganizationSuspended = "OrganizationSuspended",
        OrganizationReactivated = "OrganizationReactivated",
        OrganizationDeleted = "OrganizationDeleted",
        OrganizationRestored = "OrganizationRestored",
        OrganizationPurged = "OrganizationPurged",
        MemberAdded = "MemberAdded",
        MemberRoleChanged = "MemberRoleChanged",
        MemberSuspended = "MemberSuspended",
        MemberReinstated = "MemberReinstated",
        MemberRemoved = "MemberRemoved",
        OwnershipTransferred = "OwnershipTransferred",
        PrimaryOwnerChanged = "PrimaryOwnerChanged",
        MemberInvited = "MemberInvited",
        InvitationResent = "InvitationResent",
        InvitationRevoked = "InvitationRevoked",
        InvitationDeclined = "InvitationDeclined",
        InvitationExpired = "InvitationExpired",
        InvitationAccepted = "InvitationAccepted",
        RoleCreated = "RoleCreated",
        RoleUpdated = "RoleUpdated",
        RoleDeleted = "RoleDeleted",
    }
}
