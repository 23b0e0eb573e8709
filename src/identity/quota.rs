//! How much of something one client may do, and what is said when that was too much.

use std::{fmt, time::Duration};

use thiserror::Error;

/// So many in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What clients tell it apart by: letters only.
    pub name: &'static str,
    pub most: u32,
    pub window: Duration,
}

/// A quota is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many for now")]
pub struct TooMany {
    pub quota: Quota,
    /// When to try again.
    pub retry_after: Duration,
}

impl TooMany {
    /// `Retry-After`: whole seconds, rounded up, at least one.
    pub fn seconds(&self) -> u64 {
        self.retry_after.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
    }
}

/// As an item of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
impl fmt::Display for Quota {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\";q={};w={}", self.name, self.most, self.window.as_secs())
    }
}

/// What is left of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub quota: Quota,
    pub remaining: u32,
    /// When more, or all of it, is there again.
    pub reset: Duration,
}

impl From<TooMany> for Allowance {
    fn from(too_many: TooMany) -> Self {
        Self { quota: too_many.quota, remaining: 0, reset: Duration::from_secs(too_many.seconds()) }
    }
}

/// As an item of `RateLimit`.
impl fmt::Display for Allowance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.reset.as_millis().div_ceil(1000);
        write!(formatter, "\"{}\";r={};t={seconds}", self.quota.name, self.remaining)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_told_as_the_draft_has_it() {
        let quota = Quota { name: "signup", most: 60, window: Duration::from_secs(60) };
        let too_many = TooMany { quota, retry_after: Duration::from_millis(1200) };
        assert_eq!(quota.to_string(), "\"signup\";q=60;w=60");
        assert_eq!(Allowance::from(too_many).to_string(), "\"signup\";r=0;t=2");
        assert_eq!(TooMany { quota, retry_after: Duration::ZERO }.seconds(), 1);
    }
}
