//! Counting what API keys are used for, on the path of every request.
//!
//! A use costs a lock on one of many shards and two look-ups. What was counted leaves the node about every half second;
//! a node that is killed loses what it counted since.

mod flush;

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::BuildHasher,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aggregates::{
    ids::{ApiKeyId, OrganizationId},
    usage::hour_of,
};
use chrono::{DateTime, SubsecRound, Utc};
use foldhash::fast::RandomState;

pub use self::flush::{Flushing, start};
use crate::ledger::UsageCount;

/// Two requests at the same moment seldom wait for each other.
const SHARDS: usize = 64;
const SHARD_MASK: u64 = 63;

/// What a key was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// It authenticated a request.
    Request,
    /// It was verified for another caller.
    Verification,
}

/// Counts uses of keys until they are taken. Clones count together.
#[derive(Clone)]
pub struct Meter {
    shards: Arc<[Mutex<Shard>]>,
    hasher: RandomState,
}

#[derive(Default)]
struct Shard {
    counts: HashMap<(ApiKeyId, OrganizationId, DateTime<Utc>), Count, RandomState>,
    uses: HashMap<ApiKeyId, DateTime<Utc>, RandomState>,
}

#[derive(Default, Clone, Copy)]
struct Count {
    requests: i64,
    verifications: i64,
}

/// What was counted.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    counts: Vec<UsageCount>,
    /// When keys were last used, in whole milliseconds.
    uses: Vec<(ApiKeyId, DateTime<Utc>)>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::default() }
    }
}

impl Meter {
    /// A use of a key of an organization. A use of a key without an organization is only remembered as its last use.
    pub fn count(&self, key: ApiKeyId, organization: Option<OrganizationId>, used: Used, at: DateTime<Utc>) {
        let place = usize::try_from(self.hasher.hash_one(key) & SHARD_MASK).unwrap_or_default();
        let mut shard = lock(&self.shards[place]);
        match shard.uses.entry(key) {
            Entry::Occupied(mut latest) => *latest.get_mut() = at.max(*latest.get()),
            Entry::Vacant(vacant) => drop(vacant.insert(at)),
        }
        if let Some(organization) = organization {
            let count = shard.counts.entry((key, organization, hour_of(at))).or_default();
            match used {
                Used::Request => count.requests += 1,
                Used::Verification => count.verifications += 1,
            }
        }
    }

    /// Takes what was counted; counting begins anew.
    fn take(&self) -> Counted {
        let mut taken = Counted::default();
        for shard in self.shards.iter() {
            let mut shard = lock(shard);
            let counts = shard.counts.drain().map(|((key, organization, hour), count)| UsageCount {
                organization,
                hour,
                key,
                requests: count.requests,
                verifications: count.verifications,
            });
            taken.counts.extend(counts);
            taken.uses.extend(shard.uses.drain().map(|(key, at)| (key, at.trunc_subsecs(3))));
        }
        taken
    }
}

/// A count is never half done, so that a panic elsewhere does not spoil it.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn key(n: u128) -> ApiKeyId {
        ApiKeyId::new(Uuid::from_u128(n))
    }

    fn organization(n: u128) -> OrganizationId {
        OrganizationId::new(Uuid::from_u128(n))
    }

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn uses_are_counted_by_key_organization_and_hour() {
        let meter = Meter::default();
        let (late, early) = (time("2026-01-31T11:59:59.999Z"), time("2026-01-31T11:00:00Z"));
        let next = time("2026-01-31T12:00:00.0005Z");
        for at in [late, early] {
            meter.clone().count(key(1), Some(organization(1)), Used::Request, at);
        }
        meter.count(key(1), Some(organization(1)), Used::Verification, next);
        meter.count(key(1), Some(organization(2)), Used::Verification, late);
        meter.count(key(2), None, Used::Request, early);
        let mut taken = meter.take();
        let count = |organization, hour: &str, requests, verifications| UsageCount {
            organization,
            hour: time(hour),
            key: key(1),
            requests,
            verifications,
        };
        taken.counts.sort_by_key(|count| (count.organization, count.hour));
        let (eleven, twelve) = ("2026-01-31T11:00:00Z", "2026-01-31T12:00:00Z");
        let expected = [
            count(organization(1), eleven, 2, 0),
            count(organization(1), twelve, 0, 1),
            count(organization(2), eleven, 0, 1),
        ];
        assert_eq!(taken.counts, expected);
        taken.uses.sort();
        // The latest use, whichever came last, in whole milliseconds.
        assert_eq!(taken.uses, [(key(1), time(twelve)), (key(2), early)]);
        assert_eq!(meter.take(), Counted::default(), "what was taken is not taken again");
    }

    #[test]
    fn no_count_is_lost_between_threads() {
        let meter = Meter::default();
        let at = time("2026-01-31T11:30:00Z");
        let taken = std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for n in 0..10_000 {
                        meter.count(key(n % 100), Some(organization(1)), Used::Request, at);
                    }
                });
            }
            let taker = scope.spawn(|| (0..100).map(|_| meter.take()).collect::<Vec<_>>());
            taker.join().expect("no panic")
        });
        let counted = |taken: Counted| taken.counts.iter().map(|count| count.requests).sum::<i64>();
        let before: i64 = taken.into_iter().map(counted).sum();
        assert_eq!(before + counted(meter.take()), 40_000);
    }
}
