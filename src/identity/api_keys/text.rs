//! An API key as it is written: `sk_live_<handle>_<secret><checksum>`.
//!
//! The handle finds the key and is not secret. The checksum reveals a mistyped key without a look-up. The underscore
//! behind the handle keeps a leaked key from being taken for one of a payment provider that begins alike.

use std::fmt;

use aggregates::api_key::{Secret, SecretHash};
use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::text::hex;

pub const PREFIX: &str = "sk_live_";
const HANDLE: usize = 8;
/// 30 digits to the base 62 are 178 bits.
const SECRET: usize = 30;
const CHECKSUM: usize = 6;
const LENGTH: usize = PREFIX.len() + HANDLE + 1 + SECRET + CHECKSUM;
/// How much of either end a masked key shows.
const SHOWN: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The part of a key by which it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle([u8; HANDLE]);

impl Handle {
    /// The handle in a key that is well formed and whose checksum is right.
    pub fn of(key: &str) -> Option<Self> {
        let bytes = key.as_bytes();
        if bytes.len() != LENGTH || !key.starts_with(PREFIX) {
            return None;
        }
        let (handle, rest) = bytes.get(PREFIX.len()..)?.split_first_chunk::<HANDLE>()?;
        let (separator, secret) = rest.split_first()?;
        let digits = handle.iter().chain(secret).all(u8::is_ascii_alphanumeric);
        let (body, written) = bytes.split_last_chunk::<CHECKSUM>()?;
        (*separator == b'_' && digits && *written == checksum(body)).then_some(Self(*handle))
    }

    pub fn as_str(&self) -> &str {
        // Letters and digits only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A key that was just made: it is shown once, and only what is kept of it stays.
pub struct NewSecret {
    pub key: SecretString,
    pub kept: Secret,
}

impl NewSecret {
    /// A handle for a new key.
    pub fn handle() -> String {
        Alphanumeric.sample_string(&mut rand::rng(), HANDLE)
    }

    /// A secret for the key with this handle.
    pub fn new(handle: &str) -> Self {
        let secret = SecretString::from(Alphanumeric.sample_string(&mut rand::rng(), SECRET));
        let mut key = format!("{PREFIX}{handle}_{}", secret.expose_secret());
        key.extend(checksum(key.as_bytes()).map(char::from));
        let ending = key.get(LENGTH - SHOWN..).unwrap_or_default().to_owned();
        let kept = Secret { hash: hex(hash(&key).bytes()), ending };
        Self { key: SecretString::from(key), kept }
    }
}

/// SHA-256 of a key. It is long and random, so that nothing slower is needed.
pub fn hash(key: &str) -> SecretHash {
    SecretHash::new(Sha256::digest(key.as_bytes()).into())
}

/// How a key is shown once it is made.
pub fn masked(handle: &str, ending: &str) -> String {
    format!("{PREFIX}{}...{ending}", handle.get(..SHOWN).unwrap_or(handle))
}

/// CRC-32 in digits to the base 62, the highest first.
fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let mut rest = crc32fast::hash(body);
    let mut digits = [DIGITS[0]; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = usize::try_from(rest % 62).map_or(DIGITS[0], |place| DIGITS[place]);
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_found_by_its_handle() {
        let handle = NewSecret::handle();
        let secret = NewSecret::new(&handle);
        let key = secret.key.expose_secret();
        assert_eq!(key.len(), 53);
        assert_eq!(Handle::of(key).map(|handle| handle.to_string()), Some(handle.clone()));
        assert_eq!(secret.kept.hash, hex(hash(key).bytes()));
        assert_eq!(masked(&handle, &secret.kept.ending), format!("sk_live_{}...{}", &handle[..6], &key[47..]));
    }

    #[test]
    fn every_slip_shows_in_the_checksum() {
        let key = NewSecret::new(&NewSecret::handle()).key.expose_secret().to_owned();
        for place in 0..key.len() {
            for other in [b'0', b'z', b'_', b'-', b' '] {
                let mut slipped = key.clone().into_bytes();
                if slipped[place] != other {
                    slipped[place] = other;
                    let slipped = String::from_utf8(slipped).expect("ASCII");
                    assert_eq!(Handle::of(&slipped), None, "{slipped}");
                }
            }
        }
        for place in PREFIX.len()..key.len() - 1 {
            let mut swapped = key.clone().into_bytes();
            swapped.swap(place, place + 1);
            let swapped = String::from_utf8(swapped).expect("ASCII");
            assert!(swapped == key || Handle::of(&swapped).is_none(), "{swapped}");
        }
    }
}
