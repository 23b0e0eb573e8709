//! Ending sessions that were not refreshed in time.

use aggregates::{ids::SessionId, session::Ending};
use chrono::{DateTime, Utc};

use super::due::Due;
use crate::{
    commands::{Commands, Error, Write, sessions::EndSession},
    ledger::StoredReply,
    readmodel::ReadModel,
};

pub struct Sessions;

impl Due for Sessions {
    const NAME: &'static str = "end_sessions";
    const MOST: i64 = 200;
    const TOGETHER: usize = 200;
    type One = SessionId;

    async fn find(readmodel: &ReadModel, now: DateTime<Utc>) -> Result<Vec<SessionId>, Error> {
        Ok(readmodel.sessions_to_end(now, Self::MOST).await?)
    }

    async fn act(commands: &Commands, session: &SessionId) -> Result<(), Error> {
        let write = Write::system(&format!("end session {session}"));
        let end = EndSession { session: *session, user: None, reason: Ending::Expired };
        commands.run(&write, &end, |()| StoredReply::empty()).await.map(drop)
    }

    /// It has ended already.
    fn is_overtaken(error: &Error) -> bool {
        matches!(error, Error::Refused(_))
    }
}
