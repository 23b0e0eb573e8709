//! Why an organization refuses a command.

use serde_json::Value;
use thiserror::Error;

use super::LimitProblem;
use crate::{
    authorization::{Permissions, RoleKey},
    refusal::{RefusedField, refusal},
};

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrganizationError {
    #[error("Organization not found")]
    NotFound,
    #[error("This organization exists already")]
    AlreadyExists,
    #[error("This organization is suspended")]
    Suspended,
    #[error("This organization is not suspended")]
    NotSuspended,
    #[error("This organization is deleted")]
    Deleted,
    #[error("This organization is not deleted")]
    NotDeleted,
    #[error("The time to restore this organization has passed")]
    RestoreWindowPassed,
    #[error("This organization can still be restored")]
    StillRestorable,
    #[error("{0} is not an old slug of this organization")]
    NotAnOldSlug(String),
    #[error("at most {0} old slugs can be kept; release some")]
    TooManySlugs(usize),
    #[error("at most {0} pairs of metadata")]
    TooMuchMetadata(usize),
    #[error("{}", listed(.0))]
    Limits(Vec<LimitProblem>),
    #[error("Member not found")]
    MemberNotFound,
    #[error("This user is a member already")]
    AlreadyMember,
    #[error("This member is suspended already")]
    MemberSuspended,
    #[error("This member is not suspended and was not removed in the last 90 days")]
    NotReinstatable,
    #[error("An organization needs an active owner, and this is the last one")]
    LastOwner,
    #[error("This needs permissions that you do not have yourself")]
    Exceeds(Permissions),
    #[error("Only an owner may give or take ownership")]
    OwnersOnly,
    #[error("All {limit} seats are taken")]
    SeatsTaken { limit: i64, current: i64 },
    #[error("Invitation not found")]
    InvitationNotFound,
    #[error("This address has a pending invitation already")]
    InvitationExists,
    /// The aggregate has forgotten it, and no longer tells it from one that never was.
    #[error("This invitation was accepted, declined or revoked")]
    InvitationClosed,
    #[error("This invitation has expired")]
    InvitationExpired,
    #[error("This invitation is for another address")]
    NotTheInvitee,
    #[error("There is no role {0}")]
    RoleNotFound(RoleKey),
    #[error("The role {0} exists already")]
    RoleExists(RoleKey),
    #[error("The built-in role {0} cannot be changed or deleted")]
    BuiltInRole(RoleKey),
    #[error("{members} members and {invitations} invitations have this role; name another role for them in remap_to")]
    RoleInUse { members: usize, invitations: usize },
    #[error("A role cannot be replaced by itself")]
    RemapToItself,
    #[error("an organization has at most {0} roles of its own")]
    TooManyRoles(usize),
}

refusal! {
    OrganizationError {
        Self::NotFound => "organization_not_found",
        Self::AlreadyExists | Self::RoleExists(_) => "already_exists",
        Self::Suspended => "already_suspended",
        Self::NotSuspended => "not_suspended",
        Self::Deleted => "organization_deleted",
        Self::NotDeleted => "not_deleted",
        Self::RestoreWindowPassed => "restore_window_passed",
        Self::StillRestorable => "still_restorable",
        Self::NotAnOldSlug(_) => "slug_not_held",
        Self::TooManySlugs(_) => "invalid" at "/slug",
        Self::TooMuchMetadata(_) => "invalid" at "/metadata",
        // Beyond the plan is a matter of rights as soon as nothing else is wrong.
        Self::Limits(problems) if problems.iter().all(|problem| problem.above_plan) => "superadmin_only",
        Self::Limits(_) => "invalid",
        Self::MemberNotFound => "member_not_found",
        Self::AlreadyMember => "already_member",
        Self::MemberSuspended => "member_suspended",
        Self::NotReinstatable => "not_reinstatable",
        Self::LastOwner => "last_owner",
        Self::Exceeds(_) => "exceeds_own_permissions",
        Self::OwnersOnly => "owners_only",
        Self::SeatsTaken { .. } => "member_limit_reached",
        Self::InvitationNotFound => "invitation_not_found",
        Self::InvitationExists => "invitation_exists",
        Self::InvitationClosed => "invitation_closed",
        Self::InvitationExpired => "invitation_expired",
        Self::NotTheInvitee => "not_the_invitee",
        Self::RoleNotFound(_) => "role_not_found",
        Self::BuiltInRole(_) => "built_in_role",
        Self::RoleInUse { .. } => "role_in_use",
        Self::RemapToItself => "invalid" at "?remap_to",
        Self::TooManyRoles(_) => "role_limit_reached",
    }
    {
        fn fields(&self) -> Vec<RefusedField> {
            match self {
                Self::Limits(problems) => problems.iter().map(LimitProblem::refused).collect(),
                _ => self.pointer().map(|pointer| RefusedField::new(pointer, self)).into_iter().collect(),
            }
        }

        fn members(&self) -> Vec<(&'static str, Value)> {
            match self {
                Self::Exceeds(permissions) => vec![("permissions", Vec::from(*permissions).into())],
                Self::SeatsTaken { limit, current } => vec![("limit", (*limit).into()), ("current", (*current).into())],
                Self::RoleInUse { members, invitations } => {
                    vec![("members", (*members).into()), ("invitations", (*invitations).into())]
                }
                _ => vec![],
            }
        }
    }
}

/// The detail of each, with its field.
fn listed(problems: &[LimitProblem]) -> String {
    problems.iter().map(LimitProblem::to_string).collect::<Vec<_>>().join("; ")
}
