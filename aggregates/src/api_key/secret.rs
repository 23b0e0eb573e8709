//! What is kept of a key's secret, and how a secret that was shown is compared with it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is kept of a key's secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// SHA-256 of the whole key, in hexadecimal digits.
    pub hash: String,
    /// The last characters of the key, by which people tell keys apart.
    pub ending: String,
}

/// SHA-256 of a whole key that somebody showed. `Debug` prints nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    pub const fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn digits(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretHash(..)")
    }
}

/// The hashes of the secrets that a key accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Accepted {
    current: String,
    /// The one before, and until when.
    previous: Option<(String, DateTime<Utc>)>,
}

impl Accepted {
    pub(super) fn only(secret: Secret) -> Self {
        Self { current: secret.hash, previous: None }
    }

    pub(super) fn rotate(&mut self, secret: Secret, grace_until: Option<DateTime<Utc>>) {
        let before = std::mem::replace(&mut self.current, secret.hash);
        self.previous = grace_until.map(|until| (before, until));
    }

    /// Timing tells nothing here: whoever shows a secret does not choose its hash.
    pub(super) fn contains(&self, hash: &SecretHash, now: DateTime<Utc>) -> bool {
        let digits = hash.digits();
        let in_grace = |(previous, until): &(String, DateTime<Utc>)| *previous == digits && now < *until;
        self.current == digits || self.previous.as_ref().is_some_and(in_grace)
    }
}
