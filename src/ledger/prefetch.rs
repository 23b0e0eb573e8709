//! What a batch needs to know before its checks: what memory does not have is fetched, one query for each kind.

use std::collections::{HashMap, HashSet};

use aggregates::event::Event;
use chrono::{DateTime, Utc};
use projections::{RowKeys, Rows, row::Value};
use uuid::Uuid;

use super::{
    StreamId,
    beside::SideTables,
    cache,
    evaluate::{Evaluation, Prepared, StoredClaim},
    session::{self, LockedHead},
};
use crate::{
    database::store::{self, Copy},
    database::{self, Connection},
};

/// What a batch asks of the database before its checks.
struct Needs {
    streams: HashSet<StreamId>,
    /// Condition streams, each with the lowest version after which something may have happened.
    conditions: HashMap<StreamId, i64>,
    claims: HashSet<StoredClaim>,
    beside: SideTables,
    keys: RowKeys,
    /// Ids whose streams begin in this batch: nothing refers to them yet.
    new: HashSet<Uuid>,
}

/// Fetches what the checks and folds of a batch need and memory does not have: at most one query for each kind.
pub(super) async fn prefetch<'a>(
    connection: &mut Connection,
    rows: &'a mut Rows,
    versions: &mut cache::Versions,
    appends: &[Prepared],
    locked: LockedHead,
    recorded_at: DateTime<Utc>,
    trust_new: bool,
) -> Result<Evaluation<'a>, database::Error> {
    let mut needs = needs(appends, trust_new);
    let (mut known, unknown) = versions.known(needs.streams);
    if !unknown.is_empty() {
        known.extend(session::versions(connection, unknown).await?);
    }
    let moved: HashMap<_, _> = needs
        .conditions
        .iter()
        .filter(|(stream, after)| known.get(stream).is_none_or(|version| version > after))
        .map(|(s, a)| (*s, *a))
        .collect();
    let mut happened: HashMap<_, _> = needs.conditions.keys().map(|stream| (*stream, vec![])).collect();
    if !moved.is_empty() {
        happened.extend(session::happened(connection, &moved).await?);
    }
    let claims =
        if needs.claims.is_empty() { HashMap::new() } else { session::claims(connection, needs.claims).await? };
    needs.beside.fetch(connection).await?;
    let is_new = |key: &[Value]| matches!(key.first(), Some(Value::Uuid(id)) if needs.new.contains(id));
    store::load(connection, Copy::Served, rows, &needs.keys, is_new).await?;
    Ok(Evaluation {
        position: locked.head.position,
        recorded_at,
        rows,
        versions: known,
        happened,
        claims,
        beside: needs.beside,
        claimed: Default::default(),
    })
}

fn needs(appends: &[Prepared], trust_new: bool) -> Needs {
    let mut needs = Needs {
        streams: HashSet::new(),
        conditions: HashMap::new(),
        claims: HashSet::new(),
        beside: SideTables::default(),
        keys: RowKeys::default(),
        new: HashSet::new(),
    };
    for append in appends {
        for (stream, version) in &append.expected {
            // The unique index on the stream refuses a second first event; asking for it before would cost a query. A shared
            // id has rows when the stream begins.
            let own_id = Event::shares_ids_with(stream.aggregate_type).is_none();
            if *version == 0 && trust_new && own_id {
                needs.new.insert(stream.id);
            } else {
                needs.streams.insert(*stream);
            }
        }
        for condition in &append.conditions {
            needs.streams.insert(condition.stream);
            let after = needs.conditions.entry(condition.stream).or_insert(condition.after);
            *after = condition.after.min(*after);
        }
        needs.claims.extend(append.releases.iter().cloned());
        needs.claims.extend(append.acquisitions.iter().map(|(claim, ..)| claim.clone()));
        needs.beside.need(&append.side_writes);
        needs.keys.extend(&append.keys);
    }
    // What a neighbour knows to be there is not new.
    let there: HashSet<_> = needs.streams.iter().map(|stream| stream.id).collect();
    needs.new.retain(|id| !there.contains(id));
    needs
}
