//! Ending sessions that nobody refreshed in time.

use aggregates::session::Ending;

use crate::{
    commands::{Commands, Error, Write, sessions::EndSession},
    database::chain,
    ledger::StoredReply,
    readmodel::ReadModel,
};

/// How many sessions are ended in one go.
const AT_ONCE: i64 = 500;

pub async fn run(commands: &Commands, readmodel: &ReadModel) {
    let due = match readmodel.sessions_to_end(chrono::Utc::now(), AT_ONCE).await {
        Ok(due) => due,
        Err(error) => return tracing::warn!(error = %chain(&error), "sessions that are over cannot be found"),
    };
    for session in due {
        let write = Write::system(&format!("end session {session}"));
        let end = EndSession { session, user: None, reason: Ending::Expired };
        match commands.run(&write, &end, |()| StoredReply { status: 204, headers: vec![], body: None }).await {
            // Ended by somebody else in the meantime.
            Ok(_) | Err(Error::Session(_)) => {}
            Err(error) => tracing::warn!(%session, error = %chain(&error), "a session cannot be ended"),
        }
    }
}
