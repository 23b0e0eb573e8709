//! What a batch leaves when it is committed: who has to hear of it, and how it is found again when its commit was not
//! answered.

use std::collections::HashSet;

use aggregates::ids::SessionId;
use uuid::Uuid;

use super::{Header, SideWrite, evaluate::Prepared, refresh, session};
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
#[derive(Debug, Clone, Copy)]
pub(super) enum Trace {
    Event {
        position: i64,
        event_id: Uuid,
    },
    /// For a batch without events. The refresh token of the next generation is in nobody's hands yet.
    Refresh {
        session: SessionId,
        generation: i64,
    },
}

impl Outcome {
    pub(super) fn of(accepted: &[&mut Prepared], position: i64) -> Self {
        let mut events = accepted.iter().flat_map(|append| append.streams.iter().zip(&append.events));
        let first = events.clone().next();
        let first = first.map(|(_, event)| Trace::Event { position: event.position, event_id: event.event_id });
        let refreshes = accepted.iter().flat_map(|append| &append.side_writes).find_map(|write| match write {
            SideWrite::SetRefresh { session, generation, .. } => {
                Some(Trace::Refresh { session: *session, generation: *generation })
            }
            // Done again, the others do nothing more.
            SideWrite::SetPassword { .. }
            | SideWrite::ForgetRefresh { .. }
            | SideWrite::ForgetReplies { .. }
            | SideWrite::AddUsage(_)
            | SideWrite::ClearUsage { .. }
            | SideWrite::ForgetUsage { .. } => None,
        });
        Self {
            position,
            headers: events
                .by_ref()
                .map(|(stream, event)| Header { stream: *stream, sequence: event.sequence })
                .collect(),
            subjects: accepted.iter().flat_map(|append| append.new_keys.keys().copied()).collect(),
            trace: first.or(refreshes),
        }
    }
}

impl Trace {
    pub(super) async fn is_there(self, connection: &mut Connection) -> Result<bool, Error> {
        match self {
            Self::Event { position, event_id } => session::is_event(connection, position, event_id).await,
            Self::Refresh { session, generation } => {
                let found = refresh::generations(connection, HashSet::from([session])).await?;
                Ok(found.get(&session) == Some(&generation))
            }
        }
    }
}
