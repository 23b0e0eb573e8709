//! Why an organization refuses a command.

use thiserror::Error;

use super::LimitProblem;

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
    #[error("{} of the limits are not possible", .0.len())]
    Limits(Vec<LimitProblem>),
}
