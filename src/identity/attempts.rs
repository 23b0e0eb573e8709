//! How often signing in may fail, whichever way it is tried: one count for every account and one for every address that
//! requests come from. Counts are this node's own and last a quarter of an hour.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use moka::sync::Cache;
use thiserror::Error;

/// How long failures count, from the first one.
const WINDOW: Duration = Duration::from_secs(15 * 60);
const PER_ACCOUNT: u32 = 10;
/// Many people can share an address.
const PER_ADDRESS: u32 = 100;
/// How many accounts and addresses are counted at once.
const COUNTED: u64 = 200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many attempts have failed")]
pub struct TooMany {
    /// When to try again.
    pub retry_after: Duration,
}

#[derive(Clone)]
pub struct Attempts {
    counts: Cache<Counted, Arc<Count>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    /// An address as it was given, folded; whether there is such an account makes no difference.
    Account(String),
    Address(String),
}

struct Count {
    begun: Instant,
    failures: AtomicU32,
}

/// An attempt that has begun. It counts as failed until it is known to have succeeded, so that many at once do not get
/// more tries than one after the other.
#[must_use]
pub struct Attempt {
    attempts: Attempts,
    account: Option<Counted>,
    address: Option<Arc<Count>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { counts: Cache::builder().max_capacity(COUNTED).time_to_live(WINDOW).build() }
    }
}

impl Attempts {
    /// Begins an attempt on an account, if one is known, from an address, if that is known.
    pub fn begin(&self, account: Option<&str>, address: Option<&str>) -> Result<Attempt, TooMany> {
        let account = account.map(|account| Counted::Account(account.trim().to_lowercase()));
        let counted_account = account.clone().map(|account| self.count(account));
        let address = address.map(|address| self.count(Counted::Address(address.to_owned())));
        if let Some(count) = &address {
            count.take(PER_ADDRESS)?;
        }
        if let Some(count) = &counted_account
            && let Err(too_many) = count.take(PER_ACCOUNT)
        {
            // What is refused unseen tells nothing about the password.
            address.inspect(|count| count.give_back());
            return Err(too_many);
        }
        Ok(Attempt { attempts: self.clone(), account, address })
    }

    fn count(&self, counted: Counted) -> Arc<Count> {
        self.counts.get_with(counted, || Arc::new(Count { begun: Instant::now(), failures: AtomicU32::new(0) }))
    }
}

impl Count {
    fn take(&self, most: u32) -> Result<(), TooMany> {
        if self.failures.fetch_add(1, Ordering::SeqCst) < most {
            return Ok(());
        }
        self.give_back();
        Err(TooMany { retry_after: WINDOW.saturating_sub(self.begun.elapsed()).max(Duration::from_secs(1)) })
    }

    fn give_back(&self) {
        self.failures.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Attempt {
    /// The right password clears the account; its address has one failure less.
    pub fn succeeded(self) {
        if let Some(account) = &self.account {
            self.attempts.counts.invalidate(account);
        }
        self.took_place();
    }

    /// It did not come to trying the password.
    pub fn took_place(self) {
        if let Some(count) = self.address {
            count.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_count_for_the_account_in_any_spelling() {
        let attempts = Attempts::default();
        for _ in 0..PER_ACCOUNT {
            let _failed = attempts.begin(Some("jane@example.com"), None).expect("an attempt");
        }
        let refused = attempts.begin(Some(" Jane@EXAMPLE.com"), None).map(drop).expect_err("too many");
        assert!(refused.retry_after <= WINDOW && refused.retry_after > Duration::from_secs(1));
        assert!(attempts.begin(Some("joe@example.com"), None).is_ok());
    }

    #[test]
    fn success_clears_the_account_but_not_what_others_did_from_its_address() {
        let attempts = Attempts::default();
        for n in 0..PER_ADDRESS - 1 {
            let _failed =
                attempts.begin(Some(&format!("user-{n}@example.com")), Some("192.0.2.1")).expect("an attempt");
        }
        for _ in 0..3 {
            attempts.begin(Some("jane@example.com"), Some("192.0.2.1")).expect("an attempt").succeeded();
        }
        let _failed = attempts.begin(Some("jane@example.com"), Some("192.0.2.1")).expect("the last attempt");
        assert!(attempts.begin(Some("jane@example.com"), Some("192.0.2.1")).is_err());
        assert!(attempts.begin(Some("jane@example.com"), Some("192.0.2.2")).is_ok());
    }
}
