//! Sessions.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Denied, Reach},
    ids::{SessionId, UserId},
};
use chrono::{DateTime, Utc};
use projections::{row::One, sessions::SessionRow};

use super::{ReadModel, columns::columns, organizations::Page, within::Args};
use crate::{
    database::{Arg, Error},
    readmodel,
};

/// What deciding on an access token needs of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionState {
    pub user: UserId,
    pub epoch: i64,
}

/// A session that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionView {
    pub session: SessionRow,
    /// Which refresh token is good.
    pub generation: i64,
    /// Until when, unless it is used before.
    pub expires_at: DateTime<Utc>,
}

type ViewColumns = (SessionRow, One<i64>, One<DateTime<Utc>>);

/// Of sessions `s` those that go on at $1. It follows the tables.
pub(super) const GOING_ON: &str = "JOIN session_refreshes f ON f.session_id = s.id \
     JOIN users u ON u.id = s.user_id AND u.epoch = s.epoch AND NOT u.disabled \
     WHERE f.expires_at > $1";

static VIEWS: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {}, f.generation, f.expires_at FROM sessions s {GOING_ON}", columns::<SessionRow>("s"))
});

impl ReadModel {
    /// A session that has not been ended, also when it is over for other reasons.
    pub async fn session_state(&self, id: SessionId) -> Result<Option<SessionState>, Error> {
        let sql = "SELECT user_id, epoch FROM sessions WHERE id = $1";
        let found: Option<(One<UserId>, One<i64>)> = self.database.fetch_optional(sql, &[Arg::from(&id)]).await?;
        Ok(found.map(|(One(user), One(epoch))| SessionState { user, epoch }))
    }

    /// A session that goes on.
    pub async fn session(&self, id: SessionId, now: DateTime<Utc>) -> Result<Option<SessionView>, Error> {
        static SQL: LazyLock<String> = LazyLock::new(|| format!("{} AND s.id = $2", *VIEWS));
        let found: Option<ViewColumns> = self.database.fetch_optional(&SQL, &[Arg::from(&now), Arg::from(&id)]).await?;
        Ok(found.map(view))
    }

    /// What the asker is signed in with, newest first.
    pub async fn own_sessions(
        &self,
        asker: Asker,
        now: DateTime<Utc>,
        page: Page,
    ) -> Result<Vec<SessionView>, readmodel::Error> {
        // To whatever organization the session is bound; a key with a part of the person's rights tells nothing of them.
        let whole = !matches!(asker, Asker::User { reach: Reach::Scoped(_), .. });
        let user = asker.user().filter(|_| whole).ok_or(readmodel::Error::Denied(Denied::PersonRequired))?;
        let mut args = Args::default();
        args.bind(&now);
        let user = args.bind(&user);
        let behind = page.after.map(|after| format!("AND s.id < {}", args.bind(&after))).unwrap_or_default();
        let limit = args.bind(page.limit);
        let sql = format!("{} AND s.user_id = {user} {behind} ORDER BY s.id DESC LIMIT {limit}", *VIEWS);
        let found: Vec<ViewColumns> = self.database.fetch(&sql, args.as_slice()).await?;
        Ok(found.into_iter().map(view).collect())
    }

    /// Sessions that were not refreshed in time.
    pub async fn sessions_to_end(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<SessionId>, Error> {
        let sql = "SELECT session_id FROM session_refreshes WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
        let found: Vec<One<SessionId>> = self.database.fetch(sql, &[Arg::from(&now), limit.into()]).await?;
        Ok(found.into_iter().map(|One(id)| id).collect())
    }
}

fn view((session, One(generation), One(expires_at)): ViewColumns) -> SessionView {
    SessionView { session, generation, expires_at }
}
