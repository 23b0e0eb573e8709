//! What one request wants to have written: events, what they rest on, and what goes with them.

use std::fmt;

use aggregates::{
    event::Event,
    ids::{OrganizationId, UserId},
    metadata::Metadata,
};
use projections::{RecordedEvent, RowKeys, Rows};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Error, SideWrite};

/// One aggregate's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    pub aggregate_type: &'static str,
    pub id: Uuid,
}

impl fmt::Display for StreamId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.aggregate_type, self.id)
    }
}

#[derive(Debug, Clone)]
pub struct NewEvent {
    pub stream: StreamId,
    pub organization_id: Option<OrganizationId>,
    pub event: Event,
}

/// The unit of atomicity: all of it is committed, or none.
pub struct Append {
    pub metadata: Metadata,
    /// In the order in which they happened. Those of one stream follow its expected version.
    pub events: Vec<NewEvent>,
    /// The version that each written stream had when it was decided on; 0 for a new one.
    pub expected: Vec<(StreamId, i64)>,
    pub conditions: Vec<Condition>,
    pub guards: Vec<Guard>,
    pub side_writes: Vec<SideWrite>,
    pub reply: Reply,
    /// Decides and renders under the lock, and writes nothing.
    pub dry_run: bool,
}

impl Append {
    /// Nothing but a write beside the ledger, by the system.
    pub(super) fn beside(write: impl Into<SideWrite>) -> Self {
        let render = |_: &Rows, _: &[RecordedEvent]| Ok(StoredReply { status: 204, headers: vec![], body: None });
        Self {
            metadata: Metadata::system(),
            events: vec![],
            expected: vec![],
            conditions: vec![],
            guards: vec![],
            side_writes: vec![write.into()],
            reply: Reply { keys: RowKeys::default(), render: Box::new(render) },
            dry_run: false,
        }
    }
}

/// A stream that was read to decide, whether it is written too or not. Events of these types after this version refuse
/// the append; others do not, and neither do the append's own.
#[derive(Debug, Clone)]
pub struct Condition {
    pub stream: StreamId,
    pub after: i64,
    pub event_types: &'static [&'static str],
}

/// What is counted for an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    Seats,
    Workspaces,
    Spaces,
}

impl Counter {
    pub const ALL: &'static [Self] = &[Self::Seats, Self::Workspaces, Self::Spaces];

    /// The code of the problem when the limit of what is counted is reached.
    pub const fn limit_reached(self) -> &'static str {
        match self {
            Self::Seats => "member_limit_reached",
            Self::Workspaces => "workspace_limit_reached",
            Self::Spaces => "space_limit_reached",
        }
    }
}

/// Checked on what is there before the append, under the lock.
pub enum Guard {
    /// The counter is below the limit.
    Below { organization: OrganizationId, counter: Counter, limit: i64 },
    /// What these rows say is what the caller insists on.
    Rows { keys: Box<RowKeys>, check: RowCheck },
    /// So many API keys were made that end when the member goes, and no more.
    KeysMade { organization: OrganizationId, user: UserId, expected: i64 },
}

/// Refuses an append for what it finds.
pub type RowCheck = Box<dyn Fn(&Rows) -> Result<(), Error> + Send + Sync>;

/// An answer as it is stored under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl StoredReply {
    /// 204, with nothing in it.
    pub fn empty() -> Self {
        Self { status: 204, headers: vec![], body: None }
    }
}

impl StoredReply {
    /// Adds a header to the reply.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Makes the answer from the folded rows and the events that were decided, or refuses the append. It may run more than
/// once.
pub type Render = Box<dyn Fn(&Rows, &[RecordedEvent]) -> Result<StoredReply, Error> + Send + Sync>;

/// The answer to an append, made inside its transaction.
pub struct Reply {
    /// The rows that rendering needs beside those that the events touch.
    pub keys: RowKeys,
    pub render: Render,
}

/// A committed append.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The position of its last event; the head where it had none.
    pub position: i64,
    pub reply: StoredReply,
    /// Whether this is the stored answer of an earlier request with the same key.
    pub replayed: bool,
}
