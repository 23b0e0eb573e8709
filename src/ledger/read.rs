//! Reading events: one stream for an aggregate, or the whole ledger in order.

use std::{collections::HashMap, sync::Arc};

use aggregates::{
    event::{DecodeError, Event, upcasters},
    ids::OrganizationId,
    metadata::Metadata,
};
use chrono::{DateTime, Utc};
use cqrs_es::{
    Aggregate,
    persist::{PersistedEventRepository, PersistenceError, SerializedEvent},
};
use postgres_es::PostgresEventRepository;
use projections::{
    RecordedEvent,
    row::{Json, Kind, One, Value as Cell},
};
use serde_json::Value;
use sqlite_es::SqliteEventRepository;
use uuid::Uuid;

use super::{Error, Ledger, Loaded, StreamId, seal::Sealer};
use crate::database::{self, Batch, Database};

impl Ledger {
    /// An aggregate from the cache or from its events. Version 0 means that there is none.
    pub async fn load<A: Aggregate + Clone + 'static>(&self, id: Uuid) -> Result<Arc<Loaded<A>>, Error> {
        let stream = StreamId { aggregate_type: A::TYPE, id };
        if let Some(loaded) = self.inner.aggregates.get(stream) {
            return Ok(loaded);
        }
        let loaded = Arc::new(self.load_stored::<A>(id).await?);
        if loaded.version > 0 {
            self.inner.aggregates.put(stream, Arc::clone(&loaded));
        }
        Ok(loaded)
    }

    /// An aggregate that keeps nothing of its events: only the version is read.
    pub async fn load_stateless<A: Aggregate + Clone + 'static>(&self, id: Uuid) -> Result<Arc<Loaded<A>>, Error> {
        let stream = StreamId { aggregate_type: A::TYPE, id };
        match self.inner.aggregates.get(stream) {
            Some(loaded) => Ok(loaded),
            None => Ok(Arc::new(Loaded { aggregate: A::default(), version: self.version(stream).await? })),
        }
    }

    async fn load_stored<A: Aggregate>(&self, id: Uuid) -> Result<Loaded<A>, Error> {
        let id = id.to_string();
        let stored = match &self.inner.reader {
            Database::Postgres(pool) => PostgresEventRepository::new(pool.clone()).get_events::<A>(&id).await,
            Database::Sqlite(pool) => SqliteEventRepository::new(pool.clone()).get_events::<A>(&id).await,
        };
        let mut stored = stored.map_err(|error| match error {
            PersistenceError::ConnectionError(_) => Error::Away(database::Error::Locked(error.to_string())),
            // What the database itself said when it ended the session is an error of its own kind.
            PersistenceError::UnknownError(error) => match database::Error::within(error) {
                Ok(error) => error.into(),
                Err(other) => Error::Broken(other.to_string()),
            },
            other => Error::Broken(other.to_string()),
        })?;
        let mut payloads: Vec<&mut Value> = stored.iter_mut().map(|event| &mut event.payload).collect();
        self.inner.sealer.open(&self.inner.reader, &mut payloads).await?;
        let mut loaded = Loaded { aggregate: A::default(), version: 0 };
        for event in stored {
            loaded.version =
                i64::try_from(event.sequence).map_err(|_| Error::Broken("a sequence is out of range".to_owned()))?;
            let payload = lift(event).payload;
            loaded.aggregate.apply(serde_json::from_value(payload).map_err(DecodeError::Payload)?);
        }
        Ok(loaded)
    }

    /// What a command left behind, to be found by the next one.
    pub fn remember<A: Aggregate + 'static>(&self, id: Uuid, loaded: Loaded<A>) {
        self.inner.aggregates.put(StreamId { aggregate_type: A::TYPE, id }, Arc::new(loaded));
    }

    /// The version of a stream; 0 when there is none.
    pub async fn version(&self, stream: StreamId) -> Result<i64, Error> {
        let sql = "SELECT max(sequence) FROM events WHERE aggregate_type = $1 AND aggregate_id = $2";
        let args = [stream.aggregate_type.into(), stream.id.to_string().as_str().into()];
        let version: Option<One<Option<i64>>> = self.inner.reader.fetch_optional(sql, &args).await?;
        Ok(version.and_then(|One(version)| version).unwrap_or(0))
    }

    /// Whether these streams still have these versions.
    pub async fn are_current(&self, streams: &[(StreamId, i64)]) -> Result<bool, Error> {
        if streams.is_empty() {
            return Ok(true);
        }
        let sql = "SELECT count(*) FROM {batch} k JOIN events e \
                   ON e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id AND e.sequence = k.next";
        let columns = [("aggregate_type", Kind::Text), ("aggregate_id", Kind::Text), ("next", Kind::Int)];
        let row = |(stream, version): &(StreamId, i64)| {
            vec![
                Cell::Text(stream.aggregate_type.to_owned()),
                Cell::Text(stream.id.to_string()),
                Cell::Int(version + 1),
            ]
        };
        let batch = Batch::new(&columns, streams.iter().map(row).collect());
        let moved: Vec<One<i64>> = self.inner.reader.fetch_batch(sql, &[], batch).await?;
        Ok(moved.first().is_none_or(|One(moved)| *moved == 0))
    }

    /// What is in memory of this stream is not to be trusted.
    pub fn evict(&self, stream: StreamId) {
        self.inner.aggregates.evict(stream);
    }

    /// Reads the whole ledger.
    pub fn events(&self) -> EventReader {
        EventReader { reader: self.inner.reader.clone(), sealer: Arc::clone(&self.inner.sealer) }
    }
}

/// Reads the ledger in order of position, personal fields open, lifted to today's versions.
#[derive(Clone)]
pub struct EventReader {
    pub(super) reader: Database,
    pub(super) sealer: Arc<Sealer>,
}

type EventColumns = (
    (One<i64>, One<Uuid>, One<String>, One<String>, One<i64>),
    (One<String>, One<String>, One<Json<Value>>, One<Json<Value>>),
    (One<Option<OrganizationId>>, One<DateTime<Utc>>),
);

const SELECT: &str = "SELECT position, event_id, aggregate_type, aggregate_id, sequence, event_type, event_version, \
     payload, metadata, organization_id, recorded_at FROM events WHERE position > $1 ORDER BY position LIMIT $2";

impl EventReader {
    /// The events after this position, at most `limit` of them.
    ///
    /// # Errors
    /// A hole: the next event of a gapless ledger has the next position.
    pub async fn after(&self, position: i64, limit: i64) -> Result<Vec<RecordedEvent>, Error> {
        let rows = self.reader.fetch::<EventColumns>(SELECT, &[position.into(), limit.into()]).await?;
        self.decode(position, rows).await
    }

    async fn decode(&self, after: i64, mut rows: Vec<EventColumns>) -> Result<Vec<RecordedEvent>, Error> {
        let mut values = Vec::with_capacity(rows.len() * 2);
        for (_, (_, _, One(Json(payload)), One(Json(metadata))), _) in &mut rows {
            values.push(payload);
            values.push(metadata);
        }
        self.sealer.open(&self.reader, &mut values).await?;
        let mut events = Vec::with_capacity(rows.len());
        for (expected, row) in (after + 1..).zip(rows) {
            let event = recorded(row)?;
            if event.position != expected {
                return Err(Error::Broken(format!("position {expected} is missing; {} follows", event.position)));
            }
            events.push(event);
        }
        Ok(events)
    }
}

fn recorded(row: EventColumns) -> Result<RecordedEvent, Error> {
    let (
        (One(position), One(event_id), One(aggregate_type), One(aggregate_id), One(sequence)),
        (One(event_type), One(event_version), One(Json(payload)), One(Json(metadata))),
        (One(organization_id), One(recorded_at)),
    ) = row;
    let broken = |what: &str| Error::Broken(format!("position {position}: {what}"));
    let id = aggregate_id.parse().map_err(|_| broken("the stream's id is not a UUID"))?;
    let place = usize::try_from(sequence).map_err(|_| broken("the sequence is out of range"))?;
    let stored =
        SerializedEvent::new(aggregate_id, place, aggregate_type, event_type, event_version, payload, Value::Null);
    let lifted = lift(stored);
    let map: HashMap<String, String> =
        serde_json::from_value(metadata).map_err(|_| broken("the metadata is not a flat map"))?;
    Ok(RecordedEvent {
        position,
        event_id,
        aggregate_id: id,
        sequence,
        organization_id,
        recorded_at,
        event: Event::decode(&lifted.aggregate_type, lifted.payload)?,
        metadata: Metadata::from_map(&map),
    })
}

/// Takes an event through the upcasters that want it.
pub(super) fn lift(event: SerializedEvent) -> SerializedEvent {
    upcasters().iter().fold(event, |event, upcaster| {
        if upcaster.can_upcast(&event.event_type, &event.event_version) { upcaster.upcast(event) } else { event }
    })
}
