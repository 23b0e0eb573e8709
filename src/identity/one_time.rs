//! Links that work once: what they carry, and what is kept of it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::text::hex;

/// Random bytes of a token: 192 bits.
const RANDOM: usize = 24;

/// A new token. It names what it is for, so that finding that needs no index over hashes.
pub struct OneTime {
    pub token: SecretString,
    /// SHA-256 of the token, in hexadecimal digits: all that is kept.
    pub hash: String,
}

impl OneTime {
    pub fn new(id: Uuid) -> Self {
        let bytes = [id.as_bytes().as_slice(), &rand::random::<[u8; RANDOM]>()].concat();
        let token = SecretString::from(URL_SAFE_NO_PAD.encode(bytes));
        let hash = hash(token.expose_secret());
        Self { token, hash }
    }

    /// What a text that has the form of a token names, and its hash.
    pub fn parse(text: &str) -> Option<(Uuid, String)> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 16 + RANDOM)?;
        Some((Uuid::from_slice(bytes.get(..16)?).ok()?, hash(text)))
    }
}

fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_what_it_is_for() {
        let id = Uuid::from_u128(7);
        let (one, other) = (OneTime::new(id), OneTime::new(id));
        assert_eq!(OneTime::parse(one.token.expose_secret()), Some((id, one.hash.clone())));
        assert_ne!(one.hash, other.hash);
        let token = one.token.expose_secret();
        for wrong in ["", "x", &token[1..], &format!("{token}A"), &format!("{token}=")] {
            assert_eq!(OneTime::parse(wrong), None, "{wrong}");
        }
    }
}
