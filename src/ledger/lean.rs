//! Reading events for folding only: as little work for each event as it takes.

use aggregates::{
    event::{Event, upcasters},
    ids::OrganizationId,
    metadata::Metadata,
    personal::PERSONAL_MARK,
};
use chrono::{DateTime, Utc};
use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use projections::{RecordedEvent, row::One};
use serde_json::Value;
use uuid::Uuid;

use super::{Error, EventReader, read::lift};

type Columns = (
    (One<i64>, One<Uuid>, One<String>, One<String>, One<i64>),
    (One<String>, One<String>, One<String>),
    (One<Option<OrganizationId>>, One<DateTime<Utc>>),
);

const SELECT: &str = "SELECT position, event_id, aggregate_type, aggregate_id, sequence, event_type, event_version, \
     CAST(payload AS text), organization_id, recorded_at FROM events \
     WHERE position > $1 AND position <= $2 ORDER BY position";

/// A stored payload on its way to its type.
enum Stored {
    /// Nothing to do but to parse it.
    Text(String),
    /// Older, or with personal fields to be opened.
    Tree(Value),
}

impl EventReader {
    /// The events after this position, at most `limit` of them, without their metadata: folds do not see it, and
    /// opening its sealed fields would cost more than everything else.
    ///
    /// # Errors
    /// A hole: the next event of a gapless ledger has the next position.
    pub async fn to_fold(&self, position: i64, limit: i64) -> Result<Vec<RecordedEvent>, Error> {
        let args = [position.into(), position.saturating_add(limit).into()];
        let mut rows: Vec<Columns> = self.reader.fetch(SELECT, &args).await?;
        let upcasters = upcasters();
        let mut payloads = Vec::with_capacity(rows.len());
        for (_, (One(event_type), One(version), One(payload)), _) in &mut rows {
            payloads.push(stored(&upcasters, event_type, version, std::mem::take(payload))?);
        }
        let mut trees: Vec<&mut Value> = payloads.iter_mut().filter_map(tree).collect();
        self.sealer.open(&self.reader, &mut trees).await?;
        let numbered = (position + 1..).zip(rows).zip(payloads);
        numbered.map(|((expected, row), payload)| recorded(expected, row, payload)).collect()
    }
}

fn stored(
    upcasters: &[Box<dyn EventUpcaster>],
    event_type: &str,
    version: &str,
    payload: String,
) -> Result<Stored, Error> {
    let lifted = upcasters.iter().any(|upcaster| upcaster.can_upcast(event_type, version));
    if lifted || payload.contains(PERSONAL_MARK) {
        let tree = serde_json::from_str(&payload).map_err(|error| Error::Broken(error.to_string()))?;
        return Ok(Stored::Tree(tree));
    }
    Ok(Stored::Text(payload))
}

fn tree(stored: &mut Stored) -> Option<&mut Value> {
    if let Stored::Tree(tree) = stored { Some(tree) } else { None }
}

fn recorded(expected: i64, row: Columns, payload: Stored) -> Result<RecordedEvent, Error> {
    let (
        (One(position), One(event_id), One(aggregate_type), One(id), One(sequence)),
        (One(event_type), One(event_version), _),
        (One(organization_id), One(recorded_at)),
    ) = row;
    if position != expected {
        return Err(Error::Broken(format!("position {expected} is missing; {position} follows")));
    }
    let broken = |what: &str| Error::Broken(format!("position {position}: {what}"));
    let aggregate_id = id.parse().map_err(|_| broken("the stream's id is not a UUID"))?;
    let event = match payload {
        Stored::Text(text) => Event::decode_text(&aggregate_type, &text)?,
        Stored::Tree(payload) => {
            let place = usize::try_from(sequence).map_err(|_| broken("the sequence is out of range"))?;
            let stored =
                SerializedEvent::new(id, place, aggregate_type, event_type, event_version, payload, Value::Null);
            let lifted = lift(stored);
            Event::decode(&lifted.aggregate_type, lifted.payload)?
        }
    };
    let metadata = Metadata::system();
    Ok(RecordedEvent { position, event_id, aggregate_id, sequence, organization_id, recorded_at, event, metadata })
}
