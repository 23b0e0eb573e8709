//! Why an append was not committed. Each append has its own outcome; its neighbours in a batch are not concerned.

use aggregates::{claim::ClaimKind, event::DecodeError};
use projections::FoldError;
use thiserror::Error;

use super::{Counter, StreamId};
use crate::database::{self, Fault};

#[derive(Debug, Error)]
pub enum Error {
    /// The stream has moved on since it was loaded.
    #[error("{0} has changed in the meantime")]
    Conflict(StreamId),
    /// Something that the decision rested on has happened otherwise since.
    #[error("{event_type} in {stream} came before this decision")]
    Overtaken { stream: StreamId, event_type: String },
    #[error("this {} is taken", kind.as_str())]
    Taken { kind: ClaimKind, value: String },
    #[error("the limit of {limit} is reached")]
    LimitReached { counter: Counter, limit: i64, current: i64 },
    #[error("the version is {current}, not {expected}")]
    VersionMismatch { expected: i64, current: i64 },
    #[error("nothing is there yet that If-Match could be about: this creates it")]
    NothingToMatch,
    #[error("this operation has no version that If-Match could be compared with")]
    Unversioned,
    #[error("the row to be checked is not there")]
    NoRow,
    #[error("the refresh token was used before")]
    RefreshUsed,
    #[error("the idempotency key was used for another request")]
    IdempotencyMismatch,
    #[error("the events cannot be projected")]
    Unprojectable(#[from] FoldError),
    #[error("the reply cannot be made: {0}")]
    Unrenderable(String),
    #[error("a stored event cannot be read")]
    Unreadable(#[from] DecodeError),
    #[error("a stored event cannot be read: {0}")]
    Broken(String),
    /// Nothing was written.
    #[error("too many appends are waiting")]
    Busy,
    /// Nothing was written.
    #[error("this node is stopping")]
    Stopping,
    /// Nothing was written.
    #[error("the read model is kept by a newer version; this node no longer writes")]
    Outdated,
    /// Nothing was written.
    #[error("the database is away")]
    Away(#[source] database::Error),
    /// Nothing was written.
    #[error("the database has no room left")]
    Full(#[source] database::Error),
    /// The connection was lost while the transaction committed, and it is not known yet whether it did.
    #[error("the outcome is not known")]
    OutcomeUnknown,
    #[error("the database refused a statement")]
    Database(#[source] database::Error),
}

impl From<database::Error> for Error {
    fn from(error: database::Error) -> Self {
        match error.fault() {
            Fault::Statement => Self::Database(error),
            Fault::Full => Self::Full(error),
            Fault::Away => Self::Away(error),
        }
    }
}
