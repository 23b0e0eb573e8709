//! Replies kept under the keys that clients chose, written with the events they answer for.

use std::collections::{HashMap, HashSet};

use aggregates::metadata::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use projections::row::{Json, Kind, One, Value};
use sha2::{Digest, Sha256};

use super::SideTable;
use crate::{
    database::{self, Arg, Batch, Connection},
    ledger::{Append, Appended, Error, Ledger, StoredReply},
};

/// How long a reply is kept.
const KEPT: TimeDelta = TimeDelta::days(7);
/// How many replies are forgotten in one transaction, so that none holds the head for long.
const FORGOTTEN_AT_ONCE: i64 = 5000;

/// A client's key for one request of one principal on one route, and what the request was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Idempotency {
    scope: String,
    fingerprint: String,
}

impl Idempotency {
    /// `content` is what must be the same for a request to be the same: its query and body.
    pub fn new(actor: Actor, route: &str, key: &str, content: &[&[u8]]) -> Self {
        let id = actor.id().unwrap_or_default();
        Self {
            scope: digest(&[actor.kind().as_bytes(), id.as_bytes(), route.as_bytes(), key.as_bytes()]),
            fingerprint: digest(content),
        }
    }

    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The stored reply, where it is one to this request.
    fn replayed(&self, record: &Record) -> Result<Appended, Error> {
        if self.fingerprint != record.fingerprint {
            return Err(Error::IdempotencyMismatch);
        }
        Ok(Appended { position: record.position, reply: record.reply.clone(), replayed: true })
    }
}

/// Each part with its length before it, so that no two lists of parts read the same.
fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    crate::text::hex(&hash.finalize())
}

#[derive(Debug)]
pub enum ReplyWrite {
    /// The reply is kept under this key. Where one is kept already, that is the answer, and nothing is written.
    Keep(Idempotency),
    /// Replies that are older than this are forgotten; some thousands at a time.
    Forget { before: DateTime<Utc> },
}

struct Record {
    fingerprint: String,
    reply: StoredReply,
    position: i64,
}

type RecordColumns = (One<String>, One<String>, One<Json<StoredReply>>, One<i64>);
fn record((One(scope), One(fingerprint), One(Json(reply)), One(position)): RecordColumns) -> (String, Record) {
    (scope, Record { fingerprint, reply, position })
}

#[derive(Default)]
pub(super) struct Replies {
    wanted: HashSet<String>,
    stored: HashMap<String, Record>,
    new: HashMap<String, Record>,
    forgotten: Vec<DateTime<Utc>>,
}

impl SideTable for Replies {
    type Write = ReplyWrite;

    fn need(&mut self, write: &ReplyWrite) {
        if let ReplyWrite::Keep(idempotency) = write {
            self.wanted.insert(idempotency.scope.clone());
        }
    }

    async fn fetch(&mut self, connection: &mut Connection) -> Result<(), database::Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        let sql = "SELECT scope, fingerprint, reply, position FROM idempotency_records \
                   WHERE scope IN (SELECT scope FROM {batch} k)";
        let rows = self.wanted.drain().map(|scope| vec![Value::Text(scope)]).collect();
        let found: Vec<RecordColumns> = connection.fetch_batch(sql, Batch::new(&[("scope", Kind::Text)], rows)).await?;
        self.stored.extend(found.into_iter().map(record));
        Ok(())
    }

    fn answer(&self, write: &ReplyWrite) -> Result<Option<Appended>, Error> {
        let ReplyWrite::Keep(idempotency) = write else { return Ok(None) };
        let record = self.stored.get(&idempotency.scope).or_else(|| self.new.get(&idempotency.scope));
        record.map(|record| idempotency.replayed(record)).transpose()
    }

    fn accept(&mut self, write: &ReplyWrite, appended: &Appended) {
        match write {
            ReplyWrite::Keep(Idempotency { scope, fingerprint }) => {
                let Appended { position, reply, .. } = appended.clone();
                self.new.insert(scope.clone(), Record { fingerprint: fingerprint.clone(), reply, position });
            }
            ReplyWrite::Forget { before } => self.forgotten.push(*before),
        }
    }

    async fn store(self, connection: &mut Connection, at: DateTime<Utc>) -> Result<(), database::Error> {
        for before in self.forgotten {
            let sql = "DELETE FROM idempotency_records WHERE scope IN \
                       (SELECT scope FROM idempotency_records WHERE recorded_at < $1 ORDER BY recorded_at LIMIT $2)";
            connection.execute(sql, &[Arg::from(&before), FORGOTTEN_AT_ONCE.into()]).await?;
        }
        if self.new.is_empty() {
            return Ok(());
        }
        let columns = [
            ("scope", Kind::Text),
            ("fingerprint", Kind::Text),
            ("reply", Kind::Json),
            ("position", Kind::Int),
            ("recorded_at", Kind::Time),
        ];
        let row = |(scope, Record { fingerprint, reply, position }): (String, Record)| {
            let reply = serde_json::to_value(&reply).unwrap_or_default();
            vec![
                Value::Text(scope),
                Value::Text(fingerprint),
                Value::Json(reply),
                Value::Int(position),
                Value::Time(at),
            ]
        };
        let sql = "INSERT INTO idempotency_records (scope, fingerprint, reply, position, recorded_at) \
                   SELECT scope, fingerprint, reply, position, recorded_at FROM {batch} k";
        connection.execute_batch(sql, Batch::new(&columns, self.new.into_iter().map(row).collect())).await.map(drop)
    }
}

impl Ledger {
    /// The reply that an idempotency key got, if its request was committed.
    pub async fn replay(&self, idempotency: &Idempotency) -> Result<Option<Appended>, Error> {
        let sql = "SELECT scope, fingerprint, reply, position FROM idempotency_records WHERE scope = $1";
        let found: Option<RecordColumns> =
            self.inner.reader.fetch_optional(sql, &[Arg::from(idempotency.scope())]).await?;
        found.map(|columns| idempotency.replayed(&record(columns).1)).transpose()
    }

    /// Forgets replies that have been kept for 7 days.
    pub async fn forget_old_replies(&self) -> Result<(), Error> {
        let before = Utc::now() - KEPT;
        while self.has_replies_before(before).await? {
            self.append(Append::beside(ReplyWrite::Forget { before })).await?;
        }
        Ok(())
    }

    async fn has_replies_before(&self, before: DateTime<Utc>) -> Result<bool, Error> {
        let sql = "SELECT scope FROM idempotency_records WHERE recorded_at < $1 LIMIT 1";
        let found: Option<One<String>> = self.inner.reader.fetch_optional(sql, &[Arg::from(&before)]).await?;
        Ok(found.is_some())
    }
}
