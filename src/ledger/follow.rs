//! Following the head: what other nodes append is noticed here, and this node's caches are kept true.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aggregates::event::Event;
use projections::row::One;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{Error, Ledger, StreamId};
use crate::database;

/// How often the head is asked for.
const PAUSE: Duration = Duration::from_millis(250);
/// How long an answer may take. A connection whose other end is gone without a word would be waited for much longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);
/// How many events are looked at in one go.
const PAGE: i64 = 1000;

/// An event without its content.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    pub stream: StreamId,
    pub sequence: i64,
}

/// How current what this node remembers is.
#[derive(Debug, Clone)]
pub struct Freshness {
    begun: Instant,
    /// Milliseconds since `begun` when the question was sent whose answer is in.
    confirmed: Arc<AtomicU64>,
}

impl Freshness {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), confirmed: Arc::new(AtomicU64::new(0)) }
    }

    /// Time since the last question after the head whose answer has been applied, counted from before it was sent.
    pub fn age(&self) -> Duration {
        self.begun.elapsed().saturating_sub(Duration::from_millis(self.confirmed.load(Ordering::Acquire)))
    }

    fn confirm(&self, asked: Instant) {
        let millis = u64::try_from((asked - self.begun).as_millis()).unwrap_or(u64::MAX);
        self.confirmed.store(millis, Ordering::Release);
    }
}

/// Hears of every event: of this node's own before they are acknowledged, and of all in order soon after they were
/// committed. So it hears of some twice.
pub type Listener = Box<dyn Fn(&Header) + Send + Sync>;

/// Everybody who listens, once they are known.
#[derive(Clone, Default)]
pub struct Listeners(Arc<OnceLock<Vec<Listener>>>);

impl Listeners {
    pub(super) fn set(&self, listeners: Vec<Listener>) {
        // There is one follower, and it is started once.
        let _ = self.0.set(listeners);
    }

    pub(super) fn hear(&self, header: &Header) {
        self.0.get().into_iter().flatten().for_each(|listener| listener(header));
    }
}

fn silent() -> Error {
    database::Error::Locked("the database does not answer".to_owned()).into()
}

impl Ledger {
    /// Follows the head until the process ends. Evicts aggregates that have moved on and tells the listeners.
    pub async fn follow(self, mut position: i64, listeners: Listeners, committed: watch::Sender<i64>) {
        loop {
            let asked = Instant::now();
            match timeout(ANSWER_LIMIT, self.headers_after(position)).await.unwrap_or_else(|_| Err(silent())) {
                Ok(headers) => {
                    let full = i64::try_from(headers.len()).is_ok_and(|n| n >= PAGE);
                    for (at, header) in headers {
                        position = at;
                        // What only newer nodes know is in no cache of this one.
                        let Some(header) = header else { continue };
                        self.inner.aggregates.seen(header.stream, header.sequence);
                        listeners.hear(&header);
                    }
                    committed.send_if_modified(|head| position > std::mem::replace(head, position.max(*head)));
                    metrics::gauge!("tenantry_follower_position")
                        .set(f64::from(u32::try_from(position).unwrap_or(u32::MAX)));
                    if full {
                        continue;
                    }
                    self.inner.freshness.confirm(asked);
                }
                Err(error) => {
                    tracing::error!(error = %database::chain(&error), position, "the head cannot be followed")
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// What came after this position; no header where the type of aggregate is not known here.
    ///
    /// # Errors
    /// A hole: the caches must not be taken for true beyond it.
    async fn headers_after(&self, position: i64) -> Result<Vec<(i64, Option<Header>)>, Error> {
        let sql = "SELECT position, aggregate_type, aggregate_id, sequence FROM events \
                   WHERE position > $1 ORDER BY position LIMIT $2";
        type Columns = (One<i64>, One<String>, One<String>, One<i64>);
        let rows: Vec<Columns> = self.inner.reader.fetch(sql, &[position.into(), PAGE.into()]).await?;
        let header = |(expected, columns): (i64, Columns)| {
            let (One(position), One(aggregate_type), One(id), One(sequence)) = columns;
            if position != expected {
                return Err(Error::Broken(format!("position {expected} is missing; {position} follows")));
            }
            let aggregate_type = Event::AGGREGATE_TYPES.iter().find(|known| **known == aggregate_type);
            let stream = aggregate_type.zip(Uuid::parse_str(&id).ok());
            let stream = stream.map(|(aggregate_type, id)| StreamId { aggregate_type, id });
            Ok((position, stream.map(|stream| Header { stream, sequence })))
        };
        (position + 1..).zip(rows).map(header).collect()
    }
}
