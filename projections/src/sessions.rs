//! Sessions that have not ended.

use aggregates::{
    ids::{OrganizationId, SessionId, UserId},
    personal::Personal,
    session::{Method, SessionEvent},
};
use chrono::{DateTime, Utc};

use crate::{FoldError, RowKeys, Rows, row::row};

row! {
    /// One session. It counts only while its epoch is that of its user and the time to refresh it has not passed.
    pub struct SessionRow in "sessions", key(id: SessionId) {
        pub id: SessionId,
        pub user_id: UserId,
        /// The organization that its tokens are bound to.
        pub organization_id: Option<OrganizationId>,
        pub method: Method,
        pub epoch: i64,
        pub client_address: Option<String>,
        pub user_agent: Option<String>,
        pub started_at: DateTime<Utc>,
    }
}

pub(crate) fn keys(id: SessionId, _: &SessionEvent, keys: &mut RowKeys) {
    keys.sessions.insert((id,));
}

pub(crate) fn fold(id: SessionId, event: &SessionEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    match event {
        SessionEvent::SessionStarted { user, method, organization, epoch, client_address, user_agent } => {
            let open = |field: &Option<Personal<String>>| field.as_ref().and_then(Personal::get).cloned();
            rows.sessions.insert(SessionRow {
                id,
                user_id: *user,
                organization_id: *organization,
                method: *method,
                epoch: *epoch,
                client_address: open(client_address),
                user_agent: open(user_agent),
                started_at: at,
            })
        }
        SessionEvent::SessionSwitched { organization } => {
            rows.sessions.update(&(id,), |row| row.organization_id = Some(*organization))
        }
        SessionEvent::SessionEnded { .. } => rows.sessions.remove(&(id,)),
    }
}
