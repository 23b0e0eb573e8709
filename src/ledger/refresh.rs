//! Refresh tokens: how many a session has had. Only the latest one works.

use std::collections::{HashMap, HashSet};

use aggregates::ids::SessionId;
use chrono::{DateTime, Utc};
use projections::row::{Field, Kind, One, Value};

use crate::database::{Batch, Connection, Error};

/// The generations of the tokens that work for these sessions.
pub(super) async fn generations(
    connection: &mut Connection,
    sessions: HashSet<SessionId>,
) -> Result<HashMap<SessionId, i64>, Error> {
    let sql =
        "SELECT r.session_id, r.generation FROM {batch} k JOIN session_refreshes r ON r.session_id = k.session_id";
    let rows = sessions.into_iter().map(|session| vec![session.to_value()]).collect();
    let batch = Batch::new(&[("session_id", Kind::Uuid)], rows);
    let found: Vec<(One<SessionId>, One<i64>)> = connection.fetch_batch(sql, batch).await?;
    Ok(found.into_iter().map(|(One(session), One(generation))| (session, generation)).collect())
}

/// What appends of a batch leave of their sessions' tokens; the last word on a session counts.
#[derive(Default)]
pub(super) struct Refreshes(HashMap<SessionId, Option<(i64, DateTime<Utc>)>>);

impl Refreshes {
    pub(super) fn set(&mut self, session: SessionId, generation: i64, expires_at: DateTime<Utc>) {
        self.0.insert(session, Some((generation, expires_at)));
    }

    pub(super) fn forget(&mut self, session: SessionId) {
        self.0.insert(session, None);
    }

    pub(super) async fn store(self, connection: &mut Connection) -> Result<(), Error> {
        let (mut set, mut forgotten) = (Vec::new(), Vec::new());
        for (session, refresh) in self.0 {
            match refresh {
                Some((generation, expires_at)) => {
                    set.push(vec![session.to_value(), Value::Int(generation), Value::Time(expires_at)]);
                }
                None => forgotten.push(vec![session.to_value()]),
            }
        }
        let columns = [("session_id", Kind::Uuid), ("generation", Kind::Int), ("expires_at", Kind::Time)];
        if !set.is_empty() {
            let sql = "INSERT INTO session_refreshes (session_id, generation, expires_at) \
                       SELECT session_id, generation, expires_at FROM {batch} k WHERE true \
                       ON CONFLICT (session_id) DO UPDATE SET generation = excluded.generation, expires_at = excluded.expires_at";
            connection.execute_batch(sql, Batch::new(&columns, set)).await?;
        }
        if !forgotten.is_empty() {
            let sql = "DELETE FROM session_refreshes WHERE session_id IN (SELECT session_id FROM {batch} k)";
            connection.execute_batch(sql, Batch::new(&columns[..1], forgotten)).await?;
        }
        Ok(())
    }
}
