//! Refresh tokens: how many a session has had. Only the latest one works.

use std::collections::{HashMap, HashSet};

use aggregates::ids::SessionId;
use chrono::{DateTime, Utc};
use projections::row::{Field, Kind, One, Value};

use super::SideTable;
use crate::{
    database::{self, Batch, Connection},
    ledger::{Appended, Error},
};

#[derive(Debug, Clone)]
pub enum RefreshWrite {
    /// The first token of a session, and until when it works.
    Begin { session: SessionId, expires_at: DateTime<Utc> },
    /// The token of this generation was not used yet. From now on only the next one works.
    Use { session: SessionId, generation: i64, expires_at: DateTime<Utc> },
    /// No token works for the session any more.
    Forget { session: SessionId },
}

#[derive(Default)]
pub(super) struct Refreshes {
    wanted: HashSet<SessionId>,
    /// The generations of the tokens that work.
    generations: HashMap<SessionId, i64>,
    /// What is left of the sessions' tokens; the last word on a session counts.
    changed: HashMap<SessionId, Option<(i64, DateTime<Utc>)>>,
}

impl Refreshes {
    fn set(&mut self, session: SessionId, generation: i64, expires_at: DateTime<Utc>) {
        self.generations.insert(session, generation);
        self.changed.insert(session, Some((generation, expires_at)));
    }
}

impl SideTable for Refreshes {
    type Write = RefreshWrite;

    fn need(&mut self, write: &RefreshWrite) {
        if let RefreshWrite::Use { session, .. } = write {
            self.wanted.insert(*session);
        }
    }

    async fn fetch(&mut self, connection: &mut Connection) -> Result<(), database::Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        let sql =
            "SELECT r.session_id, r.generation FROM {batch} k JOIN session_refreshes r ON r.session_id = k.session_id";
        let rows = self.wanted.drain().map(|session| vec![session.to_value()]).collect();
        let batch = Batch::new(&[("session_id", Kind::Uuid)], rows);
        let found: Vec<(One<SessionId>, One<i64>)> = connection.fetch_batch(sql, batch).await?;
        self.generations.extend(found.into_iter().map(|(One(session), One(generation))| (session, generation)));
        Ok(())
    }

    fn check(&self, write: &RefreshWrite) -> Result<(), Error> {
        match write {
            RefreshWrite::Use { session, generation, .. } if self.generations.get(session) != Some(generation) => {
                Err(Error::RefreshUsed)
            }
            _ => Ok(()),
        }
    }

    fn accept(&mut self, write: &RefreshWrite, _: &Appended) {
        match write {
            RefreshWrite::Begin { session, expires_at } => self.set(*session, 1, *expires_at),
            RefreshWrite::Use { session, generation, expires_at } => self.set(*session, generation + 1, *expires_at),
            RefreshWrite::Forget { session } => {
                self.generations.remove(session);
                self.changed.insert(*session, None);
            }
        }
    }

    async fn store(self, connection: &mut Connection, _: DateTime<Utc>) -> Result<(), database::Error> {
        let (mut set, mut forgotten) = (Vec::new(), Vec::new());
        for (session, refresh) in self.changed {
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

    /// The next token is in nobody's hands yet, so that it can be used only if this one was.
    fn trace(write: &RefreshWrite) -> Option<RefreshWrite> {
        match *write {
            RefreshWrite::Begin { session, expires_at } => {
                Some(RefreshWrite::Use { session, generation: 1, expires_at })
            }
            RefreshWrite::Use { session, generation, expires_at } => {
                Some(RefreshWrite::Use { session, generation: generation + 1, expires_at })
            }
            RefreshWrite::Forget { .. } => None,
        }
    }
}
