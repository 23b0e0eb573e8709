//! How often keys may be used: a token bucket for each key and one for each organization. Buckets are this node's own.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use aggregates::{
    api_key::RateLimit,
    ids::{ApiKeyId, OrganizationId},
};
use foldhash::fast::RandomState;
use governor::{
    RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};
use moka::{policy::EvictionPolicy, sync::Cache};

use crate::identity::quota::{Allowance, Quota, TooMany};

/// How many buckets of either kind are kept. Beyond that the one that was not used for longest is forgotten, and full when
/// it is used again.
const KEPT: u64 = 100_000;

/// What clients tell the limit of a key apart by.
pub const KEY_QUOTA: &str = "key";
/// A window of a minute.
const MINUTE: u32 = 60;

/// The deployment's own limits, in requests a minute; none where absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct RateLimits {
    /// For a key that has no limit of its own.
    pub key: Option<NonZeroU32>,
    /// For all keys of an organization together.
    pub organization: Option<NonZeroU32>,
}

/// A bucket that begins full and fills steadily: a client that keeps to the rate is never refused.
struct Bucket<C: Clock> {
    limit: RateLimit,
    quota: Quota,
    limiter: RateLimiter<NotKeyed, InMemoryState, C, StateInformationMiddleware>,
    clock: C,
}

impl<C: Clock + Clone> Bucket<C> {
    /// None for a limit that lets nothing through, which no key has.
    fn new(name: &'static str, limit: RateLimit, clock: C) -> Option<Self> {
        let window = Duration::from_secs(limit.window_seconds.into());
        let most = NonZeroU32::new(limit.requests)?;
        let rate = governor::Quota::with_period(window / limit.requests)?.allow_burst(most);
        let limiter =
            RateLimiter::direct_with_clock(rate, clock.clone()).with_middleware::<StateInformationMiddleware>();
        Some(Self { limit, quota: Quota { name, most: limit.requests, window }, limiter, clock })
    }

    fn take(&self) -> Result<Allowance, TooMany> {
        let quota = self.quota;
        match self.limiter.check() {
            Ok(left) => {
                let remaining = left.remaining_burst_capacity();
                let reset = left.quota().replenish_interval() * (quota.most - remaining);
                Ok(Allowance { quota, remaining, reset })
            }
            Err(not_until) => Err(TooMany { quota, retry_after: not_until.wait_time_from(self.clock.now()) }),
        }
    }
}

type Buckets<K> = Cache<K, Arc<Bucket<DefaultClock>>, RandomState>;

#[derive(Clone)]
pub struct Limits {
    limits: RateLimits,
    keys: Buckets<ApiKeyId>,
    organizations: Buckets<OrganizationId>,
}

impl Limits {
    pub fn new(limits: RateLimits) -> Self {
        Self { limits, keys: latest(), organizations: latest() }
    }

    /// The limit that holds for a key.
    pub fn of(&self, own: Option<RateLimit>) -> Option<RateLimit> {
        own.or_else(|| self.limits.key.map(a_minute))
    }

    /// Counts one more use. What is left of the organization's quota and of the key's, where there are such.
    pub fn take(
        &self,
        key: ApiKeyId,
        own: Option<RateLimit>,
        organization: Option<OrganizationId>,
    ) -> Result<Vec<Allowance>, TooMany> {
        let of_key = self.of(own).and_then(|limit| bucket(&self.keys, key, KEY_QUOTA, limit));
        let of_organization = organization
            .zip(self.limits.organization)
            .and_then(|(id, limit)| bucket(&self.organizations, id, "organization", a_minute(limit)));
        of_key.into_iter().chain(of_organization).map(|bucket| bucket.take()).collect()
    }
}

fn latest<K: std::hash::Hash + Eq + Send + Sync + 'static>() -> Buckets<K> {
    Cache::builder().max_capacity(KEPT).eviction_policy(EvictionPolicy::lru()).build_with_hasher(RandomState::default())
}

fn a_minute(requests: NonZeroU32) -> RateLimit {
    RateLimit { requests: requests.get(), window_seconds: MINUTE }
}

/// The bucket for this, or a full one where the limit is another than before.
fn bucket<K: std::hash::Hash + Eq + Copy + Send + Sync + 'static>(
    buckets: &Buckets<K>,
    id: K,
    name: &'static str,
    limit: RateLimit,
) -> Option<Arc<Bucket<DefaultClock>>> {
    if let Some(known) = buckets.get(&id).filter(|bucket| bucket.limit == limit) {
        return Some(known);
    }
    let new = Arc::new(Bucket::new(name, limit, DefaultClock::default())?);
    let entry = buckets.entry(id).and_upsert_with(|found| match found {
        // Another thread was faster.
        Some(found) if found.value().limit == limit => found.into_value(),
        _ => Arc::clone(&new),
    });
    Some(entry.into_value())
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use proptest::prelude::*;

    use super::*;

    fn bucket_of(requests: u32, window_seconds: u32) -> (Bucket<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let limit = RateLimit { requests, window_seconds };
        (Bucket::new("key", limit, clock.clone()).expect("a bucket"), clock)
    }

    proptest! {
        /// However long it goes on, and whatever was used up before in one go.
        #[test]
        fn whoever_keeps_to_the_rate_is_never_refused(requests in 1u32..=5_000, window in 1u32..=3_600, burst in 0u32..=5_000) {
            let (bucket, clock) = bucket_of(requests, window);
            let apart = Duration::from_secs(window.into()).div_f64(requests.into()) + Duration::from_nanos(1);
            for _ in 0..burst.min(requests - 1) {
                prop_assert!(bucket.take().is_ok());
            }
            for n in 0..1_000 {
                prop_assert!(bucket.take().is_ok(), "request {n} was refused");
                clock.advance(apart);
            }
        }

        /// A full bucket and what flows in during the window: never more.
        #[test]
        fn nobody_gets_more_than_the_bucket_and_its_rate(requests in 1u32..=500, window in 1u32..=60, steps in 1u32..=40) {
            let (bucket, clock) = bucket_of(requests, window);
            let step = Duration::from_secs(window.into()) / steps;
            let mut admitted = 0;
            for _ in 0..steps {
                while bucket.take().is_ok() {
                    admitted += 1;
                }
                clock.advance(step);
            }
            prop_assert!(admitted <= 2 * requests, "{admitted} of {requests}");
            prop_assert!(admitted >= requests);
        }
    }

    #[test]
    fn what_is_left_is_told() {
        let (bucket, clock) = bucket_of(3, 60);
        let left = |bucket: &Bucket<FakeRelativeClock>| bucket.take().map(|allowance| allowance.to_string());
        assert_eq!(left(&bucket), Ok("\"key\";r=2;t=20".to_owned()));
        assert_eq!(left(&bucket), Ok("\"key\";r=1;t=40".to_owned()));
        assert_eq!(left(&bucket), Ok("\"key\";r=0;t=60".to_owned()));
        let refused = bucket.take().expect_err("too many");
        assert_eq!(refused.seconds(), 20);
        clock.advance(refused.retry_after);
        assert!(bucket.take().is_ok());
    }

    #[test]
    fn keys_have_their_own_and_share_their_organizations() {
        let three = NonZeroU32::new(3);
        let limits = Limits::new(RateLimits { key: None, organization: three });
        let key = |n| ApiKeyId::new(uuid::Uuid::from_u128(n));
        let acme = Some(OrganizationId::new(uuid::Uuid::from_u128(9)));
        let one = Some(RateLimit { requests: 1, window_seconds: 60 });
        assert_eq!(limits.take(key(1), one, acme).map(|left| left.len()), Ok(2));
        assert_eq!(limits.take(key(1), one, acme).map_err(|refused| refused.quota.name), Err("key"));
        assert!(limits.take(key(2), None, acme).is_ok() && limits.take(key(3), None, acme).is_ok());
        assert_eq!(limits.take(key(4), None, acme).map_err(|refused| refused.quota.name), Err("organization"));
        assert!(limits.take(key(4), None, None).is_ok());
        let two = Some(RateLimit { requests: 2, window_seconds: 60 });
        assert!(limits.take(key(1), two, None).is_ok(), "another limit is another bucket");
    }
}
