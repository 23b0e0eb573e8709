//! What can be asked of an organization. Every text in a command has been checked by the types it is made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{LimitsPatch, Plan};
use crate::{
    authorization::{CustomRoleKey, Permissions, RoleKey, Standing},
    email::Email,
    ids::{InvitationId, OrganizationId, UserId, WorkspaceId},
    personal::Personal,
    slug::Slug,
};

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfilePatch {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub domain: Option<Option<String>>,
    pub billing_email: Option<Option<Email>>,
    pub settings: SettingsPatch,
    /// Pairs to set; a pair without a value is removed.
    pub metadata: Option<BTreeMap<String, Option<String>>>,
    pub jwt_expiry_secs: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsPatch {
    pub timezone: Option<Option<String>>,
    pub locale: Option<Option<String>>,
    pub logo_url: Option<Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganizationCommand {
    Create {
        name: String,
        slug: Slug,
        description: Option<String>,
        domain: Option<String>,
        owner: UserId,
        plan: Plan,
        is_personal: bool,
    },
    /// The id is whose personal data a billing address is.
    Update {
        id: OrganizationId,
        patch: ProfilePatch,
    },
    ChangePlan {
        plan: Plan,
    },
    /// Takes a slug, and gives up the named old ones.
    ChangeSlug {
        slug: Slug,
        release: Vec<Slug>,
    },
    /// Above what the plan includes only with `above_plan`.
    ChangeLimits {
        patch: LimitsPatch,
        above_plan: bool,
    },
    Suspend {
        reason: Option<String>,
    },
    Reactivate,
    Delete,
    Restore,
    /// Before the end of the time to restore only with `early`.
    Purge {
        early: bool,
    },
    /// A command on members, by an asker of this standing: nobody gives or takes what they do not have.
    Member {
        by: Standing,
        command: MemberCommand,
    },
    Invitation {
        by: Standing,
        command: InvitationCommand,
    },
    Role {
        by: Standing,
        command: RoleCommand,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberCommand {
    Add {
        user: UserId,
        role: RoleKey,
    },
    ChangeRole {
        user: UserId,
        role: RoleKey,
    },
    Suspend {
        user: UserId,
    },
    /// Ends a suspension, or brings a removed member back with the role they had.
    Reinstate {
        user: UserId,
    },
    Remove {
        user: UserId,
    },
    /// A member leaves.
    Leave {
        user: UserId,
    },
    /// Makes a member the primary owner. The previous one becomes an admin, unless they stay an owner.
    TransferOwnership {
        to: UserId,
        keep_owner: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationCommand {
    Invite {
        id: InvitationId,
        email: Personal<String>,
        /// The account that has this address already.
        invitee: Option<UserId>,
        role: RoleKey,
        workspace: Option<WorkspaceId>,
        offer: Offer,
        invited_by: UserId,
    },
    Resend {
        id: InvitationId,
        offer: Offer,
    },
    Revoke {
        id: InvitationId,
    },
    Accept {
        id: InvitationId,
        answer: Answer,
    },
    Decline {
        id: InvitationId,
        answer: Answer,
    },
    /// Records that the time of invitations has passed.
    Expire,
}

/// What makes an invitation valid, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// SHA-256 of the token, in hexadecimal digits.
    pub token_hash: String,
    pub expires_at: DateTime<Utc>,
}

/// Who answers an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub user: UserId,
    /// The address of the account, folded.
    pub email: String,
    /// SHA-256 of the token that was shown.
    pub token_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleCommand {
    Create {
        key: CustomRoleKey,
        name: String,
        description: Option<String>,
        permissions: Permissions,
    },
    Update {
        key: RoleKey,
        patch: RolePatch,
    },
    /// Its holders get another role; without one, nobody may have it.
    Delete {
        key: RoleKey,
        remap_to: Option<RoleKey>,
    },
}

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RolePatch {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub permissions: Option<Permissions>,
}
