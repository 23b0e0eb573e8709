//! What was looked up, remembered as long as it is true.
//!
//! Everything remembered is about a stream. Every event of that counts, and what is remembered is only used while no
//! event came since before it was looked up: on the node that wrote the event before it is acknowledged, on the others as
//! soon as they see it. A node that has not heard of the head for a moment looks up instead of trusting, and one that
//! cannot look up trusts nothing.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use foldhash::fast::RandomState;
use moka::sync::Cache;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    database::Error,
    ledger::{Freshness, Header, Listener},
};

/// How old this node's knowledge may be while it trusts what it remembers.
const STALENESS_BOUND: Duration = Duration::from_secs(1);
/// How long a look-up may take. With the bound above, a node that is cut off refuses well within five seconds.
const LOOK_UP_LIMIT: Duration = Duration::from_secs(2);
/// Streams share counters; that two of them do costs a look-up more, no more.
const STRIPES: usize = 16_384;
const STRIPE_MASK: u64 = 16_383;

#[derive(Clone)]
pub struct Followed<K, V> {
    cache: Cache<K, (Ticket, V), RandomState>,
    events: Arc<[AtomicU64]>,
    freshness: Freshness,
}

/// How many events there had been when a look-up began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ticket(u64);

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Followed<K, V> {
    pub fn new(capacity: u64, freshness: Freshness) -> Self {
        let events = (0..STRIPES).map(|_| AtomicU64::new(0)).collect();
        let cache = Cache::builder().max_capacity(capacity).build_with_hasher(RandomState::default());
        Self { cache, events, freshness }
    }

    /// What is remembered of the stream `about`, or what looking it up finds.
    pub async fn get<F>(&self, about: Uuid, key: K, look_up: impl FnOnce() -> F) -> Result<Option<V>, Error>
    where
        F: Future<Output = Result<Option<V>, Error>>,
    {
        match self.remembered(about, &key) {
            Some(value) => Ok(Some(value)),
            // A look-up is large, and seldom needed: what waits for it stays small.
            None => Box::pin(self.look_up(about, key, look_up())).await,
        }
    }

    fn remembered(&self, about: Uuid, key: &K) -> Option<V> {
        if self.freshness.age() > STALENESS_BOUND {
            return None;
        }
        let (ticket, value) = self.cache.get(key)?;
        (ticket == self.ticket(about)).then_some(value)
    }

    /// What looking it up finds, whatever is remembered.
    pub async fn look_up(
        &self,
        about: Uuid,
        key: K,
        look_up: impl Future<Output = Result<Option<V>, Error>>,
    ) -> Result<Option<V>, Error> {
        let ticket = self.ticket(about);
        let found = within_limit(look_up).await?;
        if let Some(value) = &found {
            self.cache.insert(key, (ticket, value.clone()));
        }
        Ok(found)
    }

    /// Hears of the events of all streams of a type.
    pub fn listener(&self, aggregate_type: &'static str) -> Listener {
        let events = Arc::clone(&self.events);
        Box::new(move |header: &Header| {
            if header.stream.aggregate_type == aggregate_type {
                counter(&events, header.stream.id).fetch_add(1, Ordering::SeqCst);
            }
        })
    }

    fn ticket(&self, about: Uuid) -> Ticket {
        Ticket(counter(&self.events, about).load(Ordering::SeqCst))
    }
}

/// A look-up that does not answer in time has failed.
pub async fn within_limit<T>(look_up: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| Error::Locked("the database does not answer".to_owned());
    timeout(LOOK_UP_LIMIT, look_up).await.map_err(late)?
}

fn counter(events: &[AtomicU64], about: Uuid) -> &AtomicU64 {
    // The end of an id is random.
    let stripe = about.as_u64_pair().1 & STRIPE_MASK;
    &events[usize::try_from(stripe).unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::ledger::StreamId;

    #[tokio::test]
    async fn what_an_event_overtook_is_not_used() {
        let followed = Followed::new(10, Freshness::new());
        let listener = followed.listener("user");
        let about = Uuid::from_u128(7);
        let happens = |aggregate_type| {
            listener(&Header { stream: StreamId { aggregate_type, id: about }, sequence: 1 });
        };
        let get = async |found: &'static str| {
            followed.get(about, 1, || ready(Ok(Some(found)))).await.expect("an answer").expect("a value")
        };
        assert_eq!(get("first").await, "first");
        assert_eq!(get("not asked").await, "first");
        happens("team");
        assert_eq!(get("not asked").await, "first");
        happens("user");
        assert_eq!(get("second").await, "second");
        let overtaken = followed.look_up(about, 1, async {
            happens("user");
            Ok(Some("older than the event"))
        });
        assert_eq!(overtaken.await.expect("an answer"), Some("older than the event"));
        assert_eq!(get("third").await, "third");
    }

    #[tokio::test]
    async fn a_look_up_that_hangs_fails() {
        let followed = Followed::<u8, u8>::new(10, Freshness::new());
        assert!(followed.get(Uuid::nil(), 1, std::future::pending).await.is_err());
    }
}
