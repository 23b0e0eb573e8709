//! What API keys are used for, kept beside the ledger until an hour of it is recorded.
//!
//! Counts come in chunks that each process numbers. A chunk is added once however often it is sent, so that a process
//! that got no answer sends the same chunk again.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use aggregates::{
    ids::{ApiKeyId, OrganizationId},
    usage::Usage,
};
use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::Aggregate;
use projections::row::{Field, Kind, One, Value};
use uuid::Uuid;

use super::SideTable;
use crate::{
    database::{self, Arg, Batch, Connection},
    ledger::{Append, Appended, Error, Ledger, StreamId},
};

/// How long after its end an hour is recorded at the earliest: by then every node has delivered what it counted.
const SETTLING: TimeDelta = TimeDelta::minutes(2);
/// Over how many seconds the records of an hour are spread.
const SPREAD_SECS: u64 = 55 * 60;
/// How long a process that is not heard of is remembered. After that nothing can still be sending one of its chunks.
const NODES_KEPT: TimeDelta = TimeDelta::days(7);

/// What a process counted since its chunk before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageChunk {
    /// This start of the process.
    pub node: Uuid,
    /// 1, 2, 3, …
    pub chunk: i64,
    pub counts: Vec<UsageCount>,
    /// When keys were last used.
    pub uses: Vec<(ApiKeyId, DateTime<Utc>)>,
}

/// How often one key was used for an organization in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageCount {
    pub organization: OrganizationId,
    /// When the hour began.
    pub hour: DateTime<Utc>,
    pub key: ApiKeyId,
    pub requests: i64,
    pub verifications: i64,
}

#[derive(Debug)]
pub enum UsageWrite {
    /// What keys were used for. It may be sent again until it is answered.
    Add(Arc<UsageChunk>),
    /// This hour is recorded. So much use of it is counted, over all keys; what is counted later stays.
    Record { organization: OrganizationId, hour: DateTime<Utc>, requests: i64, verifications: i64 },
    /// What was counted of this organization goes unrecorded, and when its keys were used last is forgotten.
    Forget { organization: OrganizationId },
}

/// An hour of an organization.
type Hour = (OrganizationId, DateTime<Utc>);

/// From when on an hour is to be recorded: a while after its end, each organization at a time of its own.
fn due_at(organization: OrganizationId, hour: DateTime<Utc>) -> DateTime<Utc> {
    // The low half of an id is random; its beginning is a time.
    let (_, random) = organization.uuid().as_u64_pair();
    let spread = i64::try_from(random % SPREAD_SECS).unwrap_or_default();
    hour + TimeDelta::hours(1) + SETTLING + TimeDelta::seconds(spread)
}

fn hour_batch(hours: impl IntoIterator<Item = Hour>) -> Batch {
    let rows = hours.into_iter().map(|(organization, hour)| vec![organization.to_value(), Value::Time(hour)]).collect();
    Batch::new(&[("organization_id", Kind::Uuid), ("hour", Kind::Time)], rows)
}

/// What is cleared was read before the batch, so that clearing comes first and what the same batch adds stays. What is
/// forgotten goes last: nothing that the same batch adds is left of it.
#[derive(Default)]
pub(super) struct UsageBuffer {
    wanted: HashSet<Hour>,
    /// Requests and verifications that are counted and not recorded, over all keys.
    counted: HashMap<Hour, (i64, i64)>,
    cleared: Vec<Hour>,
    forgotten: Vec<OrganizationId>,
    chunks: BTreeMap<(Uuid, i64), Arc<UsageChunk>>,
}

impl SideTable for UsageBuffer {
    type Write = UsageWrite;

    fn need(&mut self, write: &UsageWrite) {
        if let UsageWrite::Record { organization, hour, .. } = write {
            self.wanted.insert((*organization, *hour));
        }
    }

    async fn fetch(&mut self, connection: &mut Connection) -> Result<(), database::Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        let sql = "SELECT k.organization_id, k.hour, CAST(coalesce(sum(b.requests), 0) AS bigint), \
                       CAST(coalesce(sum(b.verifications), 0) AS bigint) \
                   FROM {batch} k LEFT JOIN usage_buffer b ON b.organization_id = k.organization_id AND b.hour = k.hour \
                   GROUP BY k.organization_id, k.hour";
        type Columns = (One<OrganizationId>, One<DateTime<Utc>>, One<i64>, One<i64>);
        let found: Vec<Columns> = connection.fetch_batch(sql, hour_batch(self.wanted.drain())).await?;
        let sums = |(One(organization), One(hour), One(requests), One(verifications))| {
            ((organization, hour), (requests, verifications))
        };
        self.counted.extend(found.into_iter().map(sums));
        Ok(())
    }

    fn check(&self, write: &UsageWrite) -> Result<(), Error> {
        let UsageWrite::Record { organization, hour, requests, verifications } = write else { return Ok(()) };
        let counted = self.counted.get(&(*organization, *hour)).copied().unwrap_or_default();
        if counted == (*requests, *verifications) {
            return Ok(());
        }
        let stream = StreamId { aggregate_type: Usage::TYPE, id: organization.uuid() };
        Err(Error::Overtaken { stream, event_type: "a count".to_owned() })
    }

    fn accept(&mut self, write: &UsageWrite, _: &Appended) {
        match write {
            UsageWrite::Add(chunk) => drop(self.chunks.insert((chunk.node, chunk.chunk), Arc::clone(chunk))),
            UsageWrite::Record { organization, hour, .. } => {
                self.counted.remove(&(*organization, *hour));
                self.cleared.push((*organization, *hour));
            }
            UsageWrite::Forget { organization } => {
                self.counted.retain(|(of, _), _| of != organization);
                self.forgotten.push(*organization);
            }
        }
    }

    async fn store(self, connection: &mut Connection, at: DateTime<Utc>) -> Result<(), database::Error> {
        if !self.cleared.is_empty() {
            let sql = "DELETE FROM usage_buffer WHERE (organization_id, hour) IN (SELECT organization_id, hour FROM {batch} k)";
            connection.execute_batch(sql, hour_batch(self.cleared)).await?;
        }
        add(connection, self.chunks, at).await?;
        forget(connection, self.forgotten).await
    }
}

/// Forgets what was counted of organizations, and when their keys were used last. The keys' rows go later in the same
/// transaction.
async fn forget(connection: &mut Connection, organizations: Vec<OrganizationId>) -> Result<(), database::Error> {
    if organizations.is_empty() {
        return Ok(());
    }
    let of_these = || {
        let rows = organizations.iter().map(|organization| vec![organization.to_value()]).collect();
        Batch::new(&[("organization_id", Kind::Uuid)], rows)
    };
    let sql = "DELETE FROM usage_buffer WHERE organization_id IN (SELECT organization_id FROM {batch} k)";
    connection.execute_batch(sql, of_these()).await?;
    let sql = "DELETE FROM api_key_uses WHERE api_key_id IN \
               (SELECT a.id FROM {batch} k JOIN api_keys a ON a.owner_id = k.organization_id)";
    connection.execute_batch(sql, of_these()).await.map(drop)
}

/// Adds the chunks that were not added before.
async fn add(
    connection: &mut Connection,
    chunks: BTreeMap<(Uuid, i64), Arc<UsageChunk>>,
    at: DateTime<Utc>,
) -> Result<(), database::Error> {
    if chunks.is_empty() {
        return Ok(());
    }
    add_counts(connection, &chunks).await?;
    add_uses(connection, &chunks).await?;
    let numbers = chunks.keys().map(|(node, chunk)| vec![Value::Uuid(*node), Value::Int(*chunk), Value::Time(at)]);
    let columns = [("node", Kind::Uuid), ("chunk", Kind::Int), ("heard_at", Kind::Time)];
    let sql = "INSERT INTO usage_chunks (node, chunk, heard_at) \
               SELECT node, max(chunk), max(heard_at) FROM {batch} k WHERE true GROUP BY node \
               ON CONFLICT (node) DO UPDATE SET chunk = excluded.chunk, heard_at = excluded.heard_at \
               WHERE usage_chunks.chunk < excluded.chunk";
    connection.execute_batch(sql, Batch::new(&columns, numbers.collect())).await?;
    // There are no more rows than processes were started, so that looking at each start is enough.
    if chunks.keys().any(|(_, chunk)| *chunk == 1) {
        let sql = "DELETE FROM usage_chunks WHERE heard_at < $1";
        connection.execute(sql, &[Arg::from(&(at - NODES_KEPT))]).await?;
    }
    Ok(())
}

const COUNT_COLUMNS: [(&str, Kind); 8] = [
    ("node", Kind::Uuid),
    ("chunk", Kind::Int),
    ("organization_id", Kind::Uuid),
    ("hour", Kind::Time),
    ("api_key_id", Kind::Uuid),
    ("requests", Kind::Int),
    ("verifications", Kind::Int),
    ("due_at", Kind::Time),
];

async fn add_counts(
    connection: &mut Connection,
    chunks: &BTreeMap<(Uuid, i64), Arc<UsageChunk>>,
) -> Result<(), database::Error> {
    let row = |chunk: &UsageChunk, count: &UsageCount| {
        vec![
            Value::Uuid(chunk.node),
            Value::Int(chunk.chunk),
            count.organization.to_value(),
            Value::Time(count.hour),
            count.key.to_value(),
            Value::Int(count.requests),
            Value::Int(count.verifications),
            Value::Time(due_at(count.organization, count.hour)),
        ]
    };
    let rows: Vec<_> =
        chunks.values().flat_map(|chunk| chunk.counts.iter().map(move |count| row(chunk, count))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO usage_buffer (organization_id, hour, api_key_id, requests, verifications, due_at) \
               SELECT k.organization_id, k.hour, k.api_key_id, CAST(sum(k.requests) AS bigint), \
                   CAST(sum(k.verifications) AS bigint), max(k.due_at) \
               FROM {batch} k \
               WHERE NOT EXISTS (SELECT 1 FROM usage_chunks c WHERE c.node = k.node AND c.chunk >= k.chunk) \
               GROUP BY k.organization_id, k.hour, k.api_key_id \
               ON CONFLICT (organization_id, hour, api_key_id) DO UPDATE SET \
                   requests = usage_buffer.requests + excluded.requests, \
                   verifications = usage_buffer.verifications + excluded.verifications";
    connection.execute_batch(sql, Batch::new(&COUNT_COLUMNS, rows)).await.map(drop)
}

/// The latest use of a key stays the latest however often it is reported. A key that went with its organization is
/// skipped: nothing would ever remove its row.
async fn add_uses(
    connection: &mut Connection,
    chunks: &BTreeMap<(Uuid, i64), Arc<UsageChunk>>,
) -> Result<(), database::Error> {
    let uses = chunks.values().flat_map(|chunk| &chunk.uses);
    let rows: Vec<_> = uses.map(|(key, at)| vec![key.to_value(), Value::Time(*at)]).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO api_key_uses (api_key_id, last_used_at) \
               SELECT k.api_key_id, max(k.last_used_at) FROM {batch} k \
               WHERE EXISTS (SELECT 1 FROM api_keys a WHERE a.id = k.api_key_id) GROUP BY k.api_key_id \
               ON CONFLICT (api_key_id) DO UPDATE SET last_used_at = excluded.last_used_at \
               WHERE api_key_uses.last_used_at < excluded.last_used_at";
    let columns = [("api_key_id", Kind::Uuid), ("last_used_at", Kind::Time)];
    connection.execute_batch(sql, Batch::new(&columns, rows)).await.map(drop)
}

impl Ledger {
    /// Adds a chunk of counts to the buffer. After an error the same chunk may be sent again: it is added once.
    pub async fn add_usage(&self, chunk: &Arc<UsageChunk>) -> Result<(), Error> {
        self.append(Append::beside(UsageWrite::Add(Arc::clone(chunk)))).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_due_in_the_hour_after_it_and_organizations_take_turns() {
        let hour = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let due = |id: u128| due_at(OrganizationId::new(Uuid::from_u128(id)), hour) - hour;
        let first = TimeDelta::minutes(62);
        assert_eq!(due(0), first);
        assert_eq!(due(3299), first + TimeDelta::seconds(3299));
        assert_eq!(due(3300), first);
        let mut quarters = [0; 4];
        for _ in 0..1000 {
            let minutes = (due(Uuid::new_v4().as_u128()) - first).num_minutes();
            assert!((0..55).contains(&minutes), "{minutes}");
            quarters[usize::try_from(minutes / 14).expect("a quarter")] += 1;
        }
        assert!(quarters.iter().all(|n| *n > 150), "{quarters:?}");
    }
}
