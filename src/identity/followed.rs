//! A cache that is kept true by events.
//!
//! What is looked up while an event of its key arrives may be older than the event. So every look-up takes a ticket
//! before it asks, and what it found is only kept when no event of that key came since.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use moka::sync::Cache;

/// Keys share counters; that two of them do costs a look-up more, no more.
const STRIPES: usize = 1024;
const STRIPE_MASK: u64 = 1023;

#[derive(Clone)]
pub struct Followed<K, V> {
    cache: Cache<K, V>,
    events: Arc<[AtomicU64]>,
    hasher: RandomState,
}

/// How many events there had been when a look-up began.
#[derive(Debug, Clone, Copy)]
pub struct Ticket(u64);

impl<K: Hash + Eq + Send + Sync + Clone + 'static, V: Clone + Send + Sync + 'static> Followed<K, V> {
    pub fn new(capacity: u64) -> Self {
        let events = (0..STRIPES).map(|_| AtomicU64::new(0)).collect();
        Self { cache: Cache::new(capacity), events, hasher: RandomState::new() }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.cache.get(key)
    }

    /// To be taken before something is looked up.
    pub fn ticket(&self, key: &K) -> Ticket {
        Ticket(self.events(key).load(Ordering::SeqCst))
    }

    /// Keeps what was found, unless an event came in between. An event that comes while it is being kept removes it.
    pub fn put(&self, key: K, value: V, ticket: Ticket) {
        let unchanged = |key: &K| self.events(key).load(Ordering::SeqCst) == ticket.0;
        if !unchanged(&key) {
            return;
        }
        self.cache.insert(key.clone(), value);
        if !unchanged(&key) {
            self.cache.invalidate(&key);
        }
    }

    /// An event of this key has happened.
    pub fn event(&self, key: &K) {
        self.events(key).fetch_add(1, Ordering::SeqCst);
        self.cache.invalidate(key);
    }

    fn events(&self, key: &K) -> &AtomicU64 {
        let hash = self.hasher.hash_one(key);
        let stripe = usize::try_from(hash & STRIPE_MASK).unwrap_or_default();
        &self.events[stripe]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_event_overtook_is_not_kept() {
        let followed = Followed::new(10);
        let ticket = followed.ticket(&1);
        followed.put(1, "old", ticket);
        assert_eq!(followed.get(&1), Some("old"));
        let ticket = followed.ticket(&1);
        followed.event(&1);
        assert_eq!(followed.get(&1), None);
        followed.put(1, "older than the event", ticket);
        assert_eq!(followed.get(&1), None);
        followed.put(1, "new", followed.ticket(&1));
        assert_eq!(followed.get(&1), Some("new"));
    }
}
