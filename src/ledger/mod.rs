//! The ledger: one gapless, totally ordered sequence of events, and everything that is written with them.
//!
//! ```text
//! append ── seal ── queue ── writer task ── one transaction: lock head, check, position, fold rows, insert ── answer
//! load   ── cache ── stock cqrs-es repository ── open ── upcast ── apply
//! ```

mod append;
mod beside;
mod cache;
mod error;
mod evaluate;
mod exclusive;
mod follow;
mod inspect;
mod lean;
mod open;
mod outcome;
mod prefetch;
mod read;
mod seal;
pub mod secret;
mod session;
mod turns;
mod writer;

use std::sync::Arc;

use aggregates::claim::Claim;
use projections::row::One;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

pub use self::{
    append::{Append, Appended, Condition, Counter, Guard, NewEvent, Render, Reply, StoredReply, StreamId},
    beside::{
        HeartbeatWrite, Idempotency, PasswordWrite, RefreshWrite, ReplyWrite, SideWrite, UsageChunk, UsageCount,
        UsageWrite,
    },
    cache::Loaded,
    error::Error,
    follow::{Freshness, Header, Listener, Listeners},
    inspect::{Inspected, inspect},
    open::{Follower, OpenError, Opened, Options, open},
    read::EventReader,
    session::{Head, LockedHead, lock_head},
    turns::{Subject, Turn, Turns},
};
use crate::database::Database;

/// A handle to the ledger. Clones share one writer task.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    reader: Database,
    sealer: Arc<seal::Sealer>,
    claims: secret::ClaimKey,
    aggregates: cache::AggregateCache,
    turns: Turns,
    queue: mpsc::Sender<writer::Job>,
    exclusive: mpsc::Sender<exclusive::Work>,
    committed: watch::Receiver<i64>,
    freshness: Freshness,
}

impl Ledger {
    /// Appends what one request decided, all of it or nothing, and answers when it is durable and readable.
    pub async fn append(&self, append: Append) -> Result<Appended, Error> {
        let prepared = self.inner.sealer.prepare(&self.inner.reader, &self.inner.claims, append).await?;
        let (answer, answered) = tokio::sync::oneshot::channel();
        let job = writer::Job::new(prepared, answer);
        self.inner.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::Stopping,
        })?;
        answered.await.map_err(|_| Error::OutcomeUnknown)?
    }

    /// Who holds a claim.
    pub async fn holder(&self, claim: &Claim) -> Result<Option<Uuid>, Error> {
        let value = self.inner.claims.stored_value(claim);
        let sql = "SELECT holder FROM claims WHERE kind = $1 AND value = $2";
        let holder =
            self.inner.reader.fetch_optional(sql, &[claim.kind.as_str().into(), value.as_str().into()]).await?;
        Ok(holder.map(|One(holder)| holder))
    }

    /// What hides claimed values that are personal.
    pub fn claim_key(&self) -> secret::ClaimKey {
        self.inner.claims.clone()
    }

    /// The turns that commands take on the streams they write.
    pub fn turns(&self) -> &Turns {
        &self.inner.turns
    }

    /// The last position that this node committed or saw.
    pub fn committed(&self) -> watch::Receiver<i64> {
        self.inner.committed.clone()
    }

    /// How current this node's caches are.
    pub fn freshness(&self) -> &Freshness {
        &self.inner.freshness
    }

    /// Whether the writer takes appends: its task runs and its queue is open.
    pub fn is_open(&self) -> bool {
        !self.inner.queue.is_closed()
    }

    /// Appends that wait, and how many may.
    pub fn queue(&self) -> (usize, usize) {
        let most = self.inner.queue.max_capacity();
        (most - self.inner.queue.capacity(), most)
    }
}
