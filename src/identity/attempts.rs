//! How often signing in may fail, whichever way it is tried: one count for every account and one for every address that
//! requests come from. Counts are this node's own and last a quarter of an hour.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use aggregates::email::Email;
use moka::sync::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::quota::{Quota, TooMany};

/// How long failures count, from the first one.
const WINDOW: Duration = Duration::from_secs(15 * 60);
const PER_ACCOUNT: Quota = Quota { name: "account", most: 10, window: WINDOW };
/// Many people can share an address.
const PER_ADDRESS: Quota = Quota { name: "address", most: 100, window: WINDOW };
/// How many accounts and addresses are counted at once.
const COUNTED: u64 = 200_000;

#[derive(Clone)]
pub struct Attempts {
    counts: Cache<Counted, Arc<Count>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    /// An e-mail address, folded; whether there is such an account makes no difference.
    Account(String),
    Address(String),
}

struct Count {
    begun: Instant,
    failures: AtomicU32,
    /// Held by the attempt that is being made.
    turn: Arc<Mutex<()>>,
}

/// An attempt that has begun. It counts as failed until it is known to have succeeded, so that many at once do not get
/// more tries than one after the other. Attempts on one account take turns: a person who signs in on many devices at
/// once is not mistaken for one who guesses.
#[must_use]
pub struct Attempt {
    account: Option<(Arc<Count>, OwnedMutexGuard<()>)>,
    address: Option<Arc<Count>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { counts: Cache::builder().max_capacity(COUNTED).time_to_live(WINDOW).build() }
    }
}

impl Attempts {
    /// Begins an attempt on an account, if one is known, from an address, if that is known. A text that is not an
    /// e-mail address names no account.
    pub async fn begin(&self, account: Option<&str>, address: Option<&str>) -> Result<Attempt, TooMany> {
        let address = address.map(|address| self.count(Counted::Address(address.to_owned())));
        if let Some(count) = &address {
            count.take(PER_ADDRESS)?;
        }
        let mut attempt = Attempt { account: None, address };
        if let Some(email) = account.and_then(|account| Email::parse(account).ok()) {
            let count = self.count(Counted::Account(email.folded()));
            let turn = Arc::clone(&count.turn).lock_owned().await;
            if let Err(too_many) = count.take(PER_ACCOUNT) {
                // A refusal without looking says nothing about the password.
                attempt.took_place();
                return Err(too_many);
            }
            attempt.account = Some((count, turn));
        }
        Ok(attempt)
    }

    fn count(&self, counted: Counted) -> Arc<Count> {
        self.counts.get_with(counted, || {
            Arc::new(Count { begun: Instant::now(), failures: AtomicU32::new(0), turn: Arc::default() })
        })
    }
}

impl Count {
    fn take(&self, quota: Quota) -> Result<(), TooMany> {
        if self.failures.fetch_add(1, Ordering::SeqCst) < quota.most {
            return Ok(());
        }
        self.give_back();
        Err(TooMany { quota, retry_after: quota.window.saturating_sub(self.begun.elapsed()) })
    }

    fn give_back(&self) {
        self.failures.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Attempt {
    /// The right password clears the account; its address has one failure less.
    pub fn succeeded(self) {
        if let Some((count, _turn)) = &self.account {
            count.failures.store(0, Ordering::SeqCst);
        }
        self.give_back();
    }

    /// It did not come to trying the password.
    pub fn took_place(self) {
        if let Some((count, _turn)) = &self.account {
            count.give_back();
        }
        self.give_back();
    }

    fn give_back(&self) {
        if let Some(count) = &self.address {
            count.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn failures_count_for_the_account_in_any_spelling() {
        let attempts = Attempts::default();
        for _ in 0..PER_ACCOUNT.most {
            let _failed = attempts.begin(Some("jane@example.com"), None).await.expect("an attempt");
        }
        let refused = attempts.begin(Some(" Jane@EXAMPLE.com"), None).await.map(drop).expect_err("too many");
        assert_eq!(refused.quota, PER_ACCOUNT);
        assert!(refused.retry_after <= WINDOW && refused.retry_after > Duration::from_secs(1));
        assert!(attempts.begin(Some("joe@example.com"), None).await.is_ok());
    }

    #[tokio::test]
    async fn success_clears_the_account_but_not_what_others_did_from_its_address() {
        let attempts = Attempts::default();
        let jane = || attempts.begin(Some("jane@example.com"), Some("192.0.2.1"));
        for n in 0..PER_ADDRESS.most - 1 {
            let email = format!("user-{n}@example.com");
            let _failed = attempts.begin(Some(&email), Some("192.0.2.1")).await.expect("an attempt");
        }
        for _ in 0..PER_ACCOUNT.most - 1 {
            let _failed = attempts.begin(Some("jane@example.com"), None).await.expect("an attempt");
        }
        for _ in 0..3 {
            jane().await.expect("an attempt").succeeded();
        }
        // It fails; what is held of it would keep the next one waiting.
        drop(jane().await.expect("the last attempt"));
        assert_eq!(jane().await.map(drop).expect_err("too many").quota, PER_ADDRESS);
        assert!(attempts.begin(Some("jane@example.com"), Some("192.0.2.2")).await.is_ok());
    }

    #[tokio::test]
    async fn what_was_not_tried_does_not_count() {
        let attempts = Attempts::default();
        for _ in 0..2 * PER_ADDRESS.most {
            attempts.begin(Some("jane@example.com"), Some("192.0.2.1")).await.expect("an attempt").took_place();
        }
    }

    #[tokio::test]
    async fn attempts_on_one_account_wait_for_each_other() {
        let attempts = Attempts::default();
        let begin = || attempts.begin(Some("jane@example.com"), None);
        let first = begin().await.expect("an attempt");
        assert!(futures::poll!(Box::pin(begin())).is_pending());
        first.succeeded();
        assert!(futures::poll!(Box::pin(begin())).is_ready());
    }
}
