//! Replies kept under the keys that clients chose, written with the events they answer for.

use aggregates::metadata::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use projections::row::{Json, Kind, One, Value};
use sha2::{Digest, Sha256};

use super::{Append, Appended, Error, Ledger, SideWrite, StoredReply};
use crate::database::{Arg, Batch, Connection, Database};

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

    pub(super) fn matches(&self, record: &Record) -> bool {
        self.fingerprint == record.fingerprint
    }

    pub(super) fn record(&self, reply: &StoredReply, position: i64) -> Record {
        Record { fingerprint: self.fingerprint.clone(), reply: reply.clone(), position }
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

#[derive(Debug, Clone)]
pub(super) struct Record {
    pub fingerprint: String,
    pub reply: StoredReply,
    pub position: i64,
}

impl Record {
    pub(super) fn replayed(&self) -> Appended {
        Appended { position: self.position, reply: self.reply.clone(), replayed: true }
    }
}

type RecordColumns = (One<String>, One<String>, One<Json<StoredReply>>, One<i64>);
fn record((One(scope), One(fingerprint), One(Json(reply)), One(position)): RecordColumns) -> (String, Record) {
    (scope, Record { fingerprint, reply, position })
}

pub(super) async fn find(reader: &Database, idempotency: &Idempotency) -> Result<Option<Appended>, Error> {
    let sql = "SELECT scope, fingerprint, reply, position FROM idempotency_records WHERE scope = $1";
    let found = reader.fetch_optional::<RecordColumns>(sql, &[Arg::from(idempotency.scope())]).await?.map(record);
    match found {
        None => Ok(None),
        Some((_, record)) if idempotency.matches(&record) => Ok(Some(record.replayed())),
        Some(_) => Err(Error::IdempotencyMismatch),
    }
}

pub(super) async fn load(
    connection: &mut Connection,
    scopes: Vec<String>,
) -> Result<Vec<(String, Record)>, crate::database::Error> {
    let sql = "SELECT scope, fingerprint, reply, position FROM idempotency_records \
               WHERE scope IN (SELECT scope FROM {batch} k)";
    let batch =
        Batch::new(&[("scope", Kind::Text)], scopes.into_iter().map(|scope| vec![Value::Text(scope)]).collect());
    Ok(connection.fetch_batch::<RecordColumns>(sql, batch).await?.into_iter().map(record).collect())
}

pub(super) async fn forget(connection: &mut Connection, before: DateTime<Utc>) -> Result<(), crate::database::Error> {
    let sql = "DELETE FROM idempotency_records WHERE scope IN \
               (SELECT scope FROM idempotency_records WHERE recorded_at < $1 ORDER BY recorded_at LIMIT $2)";
    connection.execute(sql, &[Arg::from(&before), FORGOTTEN_AT_ONCE.into()]).await.map(drop)
}

impl Ledger {
    /// Forgets replies that have been kept for 7 days.
    pub async fn forget_old_replies(&self) -> Result<(), Error> {
        let before = Utc::now() - KEPT;
        while self.has_replies_before(before).await? {
            self.append(Append::beside(SideWrite::ForgetReplies { before })).await?;
        }
        Ok(())
    }

    async fn has_replies_before(&self, before: DateTime<Utc>) -> Result<bool, Error> {
        let sql = "SELECT scope FROM idempotency_records WHERE recorded_at < $1 LIMIT 1";
        let found: Option<One<String>> = self.inner.reader.fetch_optional(sql, &[Arg::from(&before)]).await?;
        Ok(found.is_some())
    }
}
