//! Why a command was refused.

use aggregates::{authorization::Denied, refusal::Refusal, space::SpaceError};
use thiserror::Error;

use crate::{database, ledger, readmodel};

#[derive(Debug, Error)]
pub enum Error {
    /// An aggregate, the decision on who may do what, or the command itself said no.
    #[error("{0}")]
    Refused(Box<dyn Refusal>),
    /// The asker's account was disabled, or their key no longer works: the answer is that to credentials which never worked.
    #[error("Not authenticated")]
    SignedOut,
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    #[error("the read model cannot be read")]
    Read(#[from] database::Error),
}

impl Error {
    /// The refusal, if it is one of these.
    pub fn refusal<R: Refusal>(&self) -> Option<&R> {
        let Self::Refused(refusal) = self else { return None };
        let error: &dyn std::error::Error = &**refusal;
        error.downcast_ref()
    }

    /// Whether something was decided that newer state might change.
    pub(super) fn is_decision(&self) -> bool {
        !matches!(self, Self::Ledger(_) | Self::Read(_))
    }
}

impl<R: Refusal> From<R> for Error {
    fn from(refusal: R) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<readmodel::Error> for Error {
    fn from(error: readmodel::Error) -> Self {
        match error {
            readmodel::Error::Denied(denied) => denied.into(),
            readmodel::Error::NotFound => Denied::NotFound.into(),
            readmodel::Error::SpaceNotFound => SpaceError::NotFound.into(),
            readmodel::Error::Database(error) => Self::Read(error),
        }
    }
}
