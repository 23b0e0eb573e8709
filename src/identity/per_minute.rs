//! How often something may be done in a minute by one client. Counts are this node's own.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use governor::{DefaultKeyedRateLimiter, RateLimiter, clock::Clock};

use super::quota::{Quota, TooMany};

#[derive(Clone)]
pub struct PerMinute {
    quota: Quota,
    limiter: Option<Arc<DefaultKeyedRateLimiter<String>>>,
}

impl PerMinute {
    /// So many a minute for each client; zero is no limit. The name is what clients tell the limit apart by.
    pub fn new(name: &'static str, a_minute: u32) -> Self {
        let quota = Quota { name, most: a_minute, window: Duration::from_secs(60) };
        let limiter = NonZeroU32::new(a_minute);
        let limiter = limiter.map(|most| Arc::new(RateLimiter::keyed(governor::Quota::per_minute(most))));
        Self { quota, limiter }
    }

    /// Counts one more, if that is not too many.
    pub fn admit(&self, client: Option<&str>) -> Result<(), TooMany> {
        let Some((limiter, client)) = self.limiter.as_ref().zip(client) else { return Ok(()) };
        // Clients that have been quiet for a minute are forgotten before they fill the memory.
        if limiter.len() > FORGOTTEN_ABOVE {
            limiter.retain_recent();
        }
        limiter.check_key(&client.to_owned()).map_err(|not_until| {
            let retry_after = not_until.wait_time_from(limiter.clock().now());
            TooMany { quota: self.quota, retry_after }
        })
    }
}

const FORGOTTEN_ABOVE: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_minute() {
        let sign_ups = PerMinute::new("signup", 3);
        for _ in 0..3 {
            assert_eq!(sign_ups.admit(Some("192.0.2.1")), Ok(()));
        }
        let refused = sign_ups.admit(Some("192.0.2.1")).expect_err("too many");
        assert!(refused.retry_after <= Duration::from_secs(20), "{refused:?}");
        assert_eq!(sign_ups.admit(Some("192.0.2.2")), Ok(()));
        let unlimited = PerMinute::new("signup", 0);
        assert!((0..100).all(|_| unlimited.admit(Some("192.0.2.1")).is_ok()));
    }
}
