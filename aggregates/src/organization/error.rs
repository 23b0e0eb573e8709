//! Why an organization refuses a command.

use thiserror::Error;

use super::LimitProblem;
use crate::authorization::{Permissions, RoleKey};

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
    #[error("{} of the limits are not valid", .0.len())]
    Limits(Vec<LimitProblem>),
    #[error("There is no such member")]
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
    #[error("There is no such invitation")]
    InvitationNotFound,
    #[error("This address has a pending invitation already")]
    InvitationExists,
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
