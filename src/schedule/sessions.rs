//! Ending sessions that were not refreshed in time.

use aggregates::{ids::SessionId, session::Ending};

use crate::{
    commands::{Commands, Error, Write, sessions::EndSession},
    database::chain,
    ledger::StoredReply,
    readmodel::ReadModel,
};

/// How many sessions are ended in one go.
const AT_ONCE: i64 = 200;
const AT_ONCE_USIZE: usize = 200;

pub async fn run(commands: &Commands, readmodel: &ReadModel) {
    loop {
        let due = match readmodel.sessions_to_end(chrono::Utc::now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => return tracing::warn!(error = %chain(&error), "sessions that are over cannot be found"),
        };
        let ended = futures::future::join_all(due.iter().map(|session| end(commands, *session))).await;
        // What could not be ended would be found again at once.
        if due.len() < AT_ONCE_USIZE || ended.contains(&false) {
            return;
        }
    }
}

/// Whether it has ended, by this node or another.
async fn end(commands: &Commands, session: SessionId) -> bool {
    let write = Write::system(&format!("end session {session}"));
    let end = EndSession { session, user: None, reason: Ending::Expired };
    match commands.run(&write, &end, |()| StoredReply { status: 204, headers: vec![], body: None }).await {
        Ok(_) | Err(Error::Session(_)) => true,
        Err(error) => {
            tracing::warn!(%session, error = %chain(&error), "a session cannot be ended");
            false
        }
    }
}
