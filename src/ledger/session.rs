//! The writer's connection: the statements of one batch.

use std::collections::{HashMap, HashSet};

use aggregates::claim::ClaimKind;
use chrono::{DateTime, Utc};
use projections::row::{Kind, One, Value};
use uuid::Uuid;

use super::{
    StreamId,
    evaluate::{Prepared, StoredClaim},
};
use crate::database::{Batch, Connection, Error};

/// The end of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// 0 for an empty ledger.
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
}

/// The end of the ledger, with nobody else able to append.
#[derive(Debug, Clone, Copy)]
pub struct LockedHead {
    pub head: Head,
    pub projection_set: i64,
    pub generation: i64,
}

/// Opens a transaction and takes the head lock.
///
/// Lock and look are separate statements: under READ COMMITTED a statement sees what was committed before it began,
/// and only the second one begins after the lock was granted. They travel together.
pub async fn lock_head(connection: &mut Connection) -> Result<LockedHead, Error> {
    let sql = format!(
        "{}; SELECT projection_set, generation, NULL FROM ledger WHERE id = 1 {}; \
         SELECT position, CAST(0 AS bigint), recorded_at FROM events ORDER BY position DESC LIMIT 1",
        connection.begin_statement(),
        connection.lock_clause(),
    );
    type Columns = (One<i64>, One<i64>, One<Option<DateTime<Utc>>>);
    let rows: Vec<Columns> = connection.script(&sql).await?;
    let mut rows = rows.into_iter();
    let Some((One(projection_set), One(generation), _)) = rows.next() else {
        return Err(Error::Migrate("the ledger's row is missing".to_owned()));
    };
    let head = match rows.next() {
        Some((One(position), _, One(recorded_at))) => Head { position, recorded_at: recorded_at.unwrap_or_default() },
        None => Head { position: 0, recorded_at: DateTime::UNIX_EPOCH },
    };
    Ok(LockedHead { head, projection_set, generation })
}

pub(super) async fn versions(
    connection: &mut Connection,
    streams: Vec<StreamId>,
) -> Result<HashMap<StreamId, i64>, Error> {
    let sql = "SELECT k.place, (SELECT max(e.sequence) FROM events e \
               WHERE e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id) FROM {batch} k";
    let columns = [("place", Kind::Int), ("aggregate_type", Kind::Text), ("aggregate_id", Kind::Text)];
    let rows = (0..)
        .zip(&streams)
        .map(|(place, stream)| vec![Value::Int(place), text(stream.aggregate_type), text(stream.id)])
        .collect();
    let found: Vec<(One<i64>, One<Option<i64>>)> = connection.fetch_batch(sql, Batch::new(&columns, rows)).await?;
    let place = |n: i64| usize::try_from(n).ok().and_then(|n| streams.get(n)).copied();
    Ok(found.into_iter().filter_map(|(One(n), One(version))| Some((place(n)?, version.unwrap_or(0)))).collect())
}

pub(super) async fn happened(
    connection: &mut Connection,
    conditions: &HashMap<StreamId, i64>,
) -> Result<HashMap<StreamId, Vec<(i64, String)>>, Error> {
    let sql = "SELECT k.place, e.sequence, e.event_type FROM {batch} k JOIN events e \
               ON e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id AND e.sequence > k.after";
    let columns =
        [("place", Kind::Int), ("aggregate_type", Kind::Text), ("aggregate_id", Kind::Text), ("after", Kind::Int)];
    let streams: Vec<_> = conditions.iter().collect();
    let rows = (0..)
        .zip(&streams)
        .map(|(place, (stream, after))| {
            vec![Value::Int(place), text(stream.aggregate_type), text(stream.id), Value::Int(**after)]
        })
        .collect();
    let found: Vec<(One<i64>, One<i64>, One<String>)> = connection.fetch_batch(sql, Batch::new(&columns, rows)).await?;
    let mut happened: HashMap<StreamId, Vec<(i64, String)>> =
        conditions.keys().map(|stream| (*stream, vec![])).collect();
    for (One(place), One(sequence), One(event_type)) in found {
        if let Some((stream, _)) = usize::try_from(place).ok().and_then(|place| streams.get(place)) {
            happened.entry(**stream).or_default().push((sequence, event_type));
        }
    }
    Ok(happened)
}

pub(super) async fn claims(
    connection: &mut Connection,
    claims: HashSet<StoredClaim>,
) -> Result<HashMap<StoredClaim, Uuid>, Error> {
    let sql = "SELECT c.kind, c.value, c.holder FROM {batch} k JOIN claims c ON c.kind = k.kind AND c.value = k.value";
    let kinds: HashMap<&'static str, ClaimKind> =
        claims.iter().map(|claim| (claim.kind.as_str(), claim.kind)).collect();
    let rows = claims.into_iter().map(|claim| vec![text(claim.kind.as_str()), Value::Text(claim.value)]).collect();
    let batch = Batch::new(&[("kind", Kind::Text), ("value", Kind::Text)], rows);
    let found: Vec<(One<String>, One<String>, One<Uuid>)> = connection.fetch_batch(sql, batch).await?;
    let claim = |(One(kind), One(value), One(holder)): (One<String>, One<String>, One<Uuid>)| {
        Some((StoredClaim { kind: *kinds.get(kind.as_str())?, value }, holder))
    };
    Ok(found.into_iter().filter_map(claim).collect())
}

const EVENT_COLUMNS: [(&str, Kind); 11] = [
    ("position", Kind::Int),
    ("event_id", Kind::Uuid),
    ("aggregate_type", Kind::Text),
    ("aggregate_id", Kind::Text),
    ("sequence", Kind::Int),
    ("event_type", Kind::Text),
    ("event_version", Kind::Text),
    ("payload", Kind::Json),
    ("metadata", Kind::Json),
    ("organization_id", Kind::Uuid),
    ("recorded_at", Kind::Time),
];

/// Writes the events of accepted appends.
pub(super) async fn insert(connection: &mut Connection, appends: &mut [&mut Prepared]) -> Result<(), Error> {
    let mut events = Vec::new();
    let mut keys = Vec::new();
    for append in appends {
        for ((recorded, stream), payload) in append.events.iter().zip(&append.streams).zip(&mut append.payloads) {
            events.push(vec![
                Value::Int(recorded.position),
                Value::Uuid(recorded.event_id),
                text(stream.aggregate_type),
                text(stream.id),
                Value::Int(recorded.sequence),
                text(recorded.event.event_type()),
                text(recorded.event.event_version()),
                Value::Text(payload.clone()),
                Value::Text(append.metadata.clone()),
                recorded.organization_id.map_or(Value::Null, |id| Value::Uuid(id.uuid())),
                Value::Time(recorded.recorded_at),
            ]);
        }
        keys.extend(append.new_keys.iter().map(|(subject, wrapped)| vec![Value::Uuid(*subject), text(wrapped)]));
    }
    if !events.is_empty() {
        let columns = EVENT_COLUMNS.map(|(name, _)| name).join(", ");
        let sql = format!("INSERT INTO events ({columns}) SELECT {columns} FROM {{batch}} k");
        connection.execute_batch(&sql, Batch::new(&EVENT_COLUMNS, events)).await?;
    }
    if !keys.is_empty() {
        insert_keys(connection, keys).await?;
    }
    Ok(())
}

/// A subject's key is made once. Another node may have made one at the same moment; then what was sealed here could
/// never be opened, and the append is refused.
async fn insert_keys(connection: &mut Connection, keys: Vec<Vec<Value>>) -> Result<(), Error> {
    let columns = [("subject", Kind::Uuid), ("wrapped_key", Kind::Text)];
    let sql = "INSERT INTO subject_keys (subject, wrapped_key) SELECT DISTINCT subject, wrapped_key FROM {batch} k \
               WHERE NOT EXISTS (SELECT 1 FROM subject_keys s WHERE s.subject = k.subject AND s.wrapped_key = k.wrapped_key)";
    connection.execute_batch(sql, Batch::new(&columns, keys)).await.map(drop)
}

/// Whether any of these subjects has a key.
pub(super) async fn has_keys(connection: &mut Connection, subjects: Vec<Uuid>) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM {batch} k JOIN subject_keys s ON s.subject = k.subject";
    let batch = Batch::new(&[("subject", Kind::Uuid)], subjects.into_iter().map(|id| vec![Value::Uuid(id)]).collect());
    let found: Vec<One<i64>> = connection.fetch_batch(sql, batch).await?;
    Ok(found.first().is_some_and(|One(n)| *n > 0))
}

/// Writes changed claims. Those that are given up go first.
pub(super) async fn store_claims(
    connection: &mut Connection,
    changed: impl Iterator<Item = (StoredClaim, Option<Uuid>)>,
) -> Result<(), Error> {
    let (taken, released): (Vec<_>, Vec<_>) = changed.partition(|(_, holder)| holder.is_some());
    let columns = [("kind", Kind::Text), ("value", Kind::Text), ("holder", Kind::Uuid)];
    if !released.is_empty() {
        let rows =
            released.into_iter().map(|(claim, _)| vec![text(claim.kind.as_str()), Value::Text(claim.value)]).collect();
        let sql = "DELETE FROM claims WHERE (kind, value) IN (SELECT kind, value FROM {batch} k)";
        connection.execute_batch(sql, Batch::new(&columns[..2], rows)).await?;
    }
    if !taken.is_empty() {
        let row = |(claim, holder): (StoredClaim, Option<Uuid>)| {
            vec![text(claim.kind.as_str()), Value::Text(claim.value), holder.map_or(Value::Null, Value::Uuid)]
        };
        let sql = "INSERT INTO claims (kind, value, holder) SELECT kind, value, holder FROM {batch} k \
                   WHERE true ON CONFLICT (kind, value) DO UPDATE SET holder = excluded.holder";
        connection.execute_batch(sql, Batch::new(&columns, taken.into_iter().map(row).collect())).await?;
    }
    Ok(())
}

/// Whether the event at this position is this one.
pub(super) async fn is_event(connection: &mut Connection, position: i64, event_id: Uuid) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM events WHERE position = $1 AND event_id = $2";
    let found: Vec<One<i64>> = connection.fetch(sql, &[position.into(), (&event_id).into()]).await?;
    Ok(found.first().is_some_and(|One(n)| *n > 0))
}

fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}
