//! What a batch leaves when it is committed: who has to hear of it, and how it is found again when its commit was not
//! answered.

use uuid::Uuid;

use super::{Header, SideWrite, beside::SideTables, evaluate::Prepared, session};
use crate::database::{Connection, Error};

pub(super) struct Outcome {
    /// Of its last event.
    pub position: i64,
    /// Its events, in order.
    pub headers: Vec<Header>,
    /// Subjects whose keys are stored now.
    pub subjects: Vec<Uuid>,
    pub trace: Option<Trace>,
}

/// Something that is in the database if and only if the batch is.
#[derive(Debug)]
pub(super) enum Trace {
    Event {
        position: i64,
        event_id: Uuid,
    },
    /// For a batch without events: a write that would pass its check.
    Beside(SideWrite),
}

impl Outcome {
    pub(super) fn of(accepted: &[&mut Prepared], position: i64) -> Self {
        let mut events = accepted.iter().flat_map(|append| append.streams.iter().zip(&append.events));
        let first = events.clone().next();
        let first = first.map(|(_, event)| Trace::Event { position: event.position, event_id: event.event_id });
        let beside = || accepted.iter().flat_map(|append| &append.side_writes).find_map(SideWrite::trace);
        let trace = first.or_else(|| beside().map(Trace::Beside));
        Self {
            position,
            headers: events
                .by_ref()
                .map(|(stream, event)| Header { stream: *stream, sequence: event.sequence })
                .collect(),
            subjects: accepted.iter().flat_map(|append| append.new_keys.keys().copied()).collect(),
            trace,
        }
    }
}

impl Trace {
    pub(super) async fn is_there(&self, connection: &mut Connection) -> Result<bool, Error> {
        match self {
            Self::Event { position, event_id } => session::is_event(connection, *position, *event_id).await,
            Self::Beside(write) => {
                let writes = std::slice::from_ref(write);
                let mut tables = SideTables::default();
                tables.need(writes);
                tables.fetch(connection).await?;
                Ok(tables.check(writes).is_ok())
            }
        }
    }
}
