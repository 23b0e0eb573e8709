//! Tokens that are good for one use: invitations, activation, password resets.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::text::hex;

/// How many bytes of a token nobody can guess.
const SECRET: usize = 24;

/// A token that is shown once. What is stored is its hash.
pub struct OneTime {
    pub token: SecretString,
    /// SHA-256 of the token's text, in hexadecimal digits.
    pub hash: String,
}

impl OneTime {
    /// A fresh token for what has this id.
    pub fn new(id: Uuid) -> Self {
        let secret: [u8; SECRET] = rand::random();
        let token = URL_SAFE_NO_PAD.encode([id.as_bytes().as_slice(), &secret].concat());
        Self { hash: hash(&token), token: SecretString::from(token) }
    }

    /// What a token is for, and its hash; none for what cannot be a token.
    pub fn parse(text: &str) -> Option<(Uuid, String)> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, secret) = bytes.split_at_checked(16)?;
        (secret.len() == SECRET).then_some(())?;
        Some((Uuid::from_slice(id).ok()?, hash(text)))
    }
}

fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_token_names_what_it_is_for() {
        let id = Uuid::from_u128(7);
        let one = OneTime::new(id);
        let token = one.token.expose_secret();
        assert_eq!(OneTime::parse(token), Some((id, one.hash.clone())));
        assert_ne!(OneTime::new(id).hash, one.hash);
        for wrong in ["", "x", &token[1..], &format!("{token}AAAA"), "!!"] {
            assert_eq!(OneTime::parse(wrong), None, "{wrong}");
        }
    }
}
