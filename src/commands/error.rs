//! Why a command was refused.

use aggregates::{
    api_key::ApiKeyError, authorization::Denied, ids::OrganizationId, organization::OrganizationError,
    project::ProjectError, session::SessionError, team::TeamError, usage::UsageError, user::UserError,
    workspace::WorkspaceError,
};
use thiserror::Error;

use crate::{database, ledger, readmodel};

#[derive(Debug, Error)]
pub enum Error {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("Organization not found")]
    OrganizationNotFound,
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    #[error(transparent)]
    User(#[from] UserError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Team(#[from] TeamError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    ApiKey(#[from] ApiKeyError),
    /// A scope names an organization that the key's owner does not belong to.
    #[error("names an organization that does not exist or that the owner of the key does not belong to")]
    ScopeUnknown(OrganizationId),
    #[error("{current} of at most {limit} API keys exist already")]
    TooManyKeys { limit: i64, current: i64 },
    /// An organization's key works there alone.
    #[error("an organization's key can only have scopes there")]
    ScopeElsewhere,
    /// The creator is not a member, so their leaving could never end the key.
    #[error("must be keep: the creator of the key is not a member of the organization")]
    CreatorNotMember,
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The asker's account was disabled.
    #[error("Not authenticated")]
    SignedOut,
    /// There is always a superadmin: nobody can end their own status.
    #[error("Superadmins cannot do this to their own account")]
    OwnAccount,
    /// Accepted, declined or revoked: the aggregate has forgotten it, and can no longer tell it from one that never
    /// existed.
    #[error("This invitation was accepted, declined or revoked")]
    InvitationClosed,
    /// Creating organizations is reserved to superadmins here.
    #[error("Only a superadmin may create organizations")]
    CreationReserved,
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    #[error("the read model cannot be read")]
    Read(#[from] database::Error),
}

impl Error {
    /// Whether an aggregate or the decision function refused, which newer state might change.
    pub(super) fn is_decision(&self) -> bool {
        !matches!(self, Self::Ledger(_) | Self::Read(_) | Self::CreationReserved)
    }
}

impl From<readmodel::Error> for Error {
    fn from(error: readmodel::Error) -> Self {
        match error {
            readmodel::Error::Denied(denied) => Self::Denied(denied),
            readmodel::Error::NotFound => Self::OrganizationNotFound,
            readmodel::Error::Database(error) => Self::Read(error),
        }
    }
}
