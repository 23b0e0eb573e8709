//! HTTP Basic, for superadmins.
//!
//! Verifying a password takes tens of milliseconds on purpose, so a credential that was verified is remembered for a
//! short while, under a keyed hash of itself, together with the version of its account: any event of the account makes
//! it unknown again.

use std::{sync::Arc, time::Duration};

use aggregates::{
    authorization::{Asker, Reach},
    ids::UserId,
};
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};

use super::{
    Credential, Principal,
    sign_in::{SignIn, SignInError},
};
use crate::{
    ledger::{Subject, Turns, secret::authenticate},
    text::hex,
};

/// How long a verified credential is remembered.
const REMEMBERED: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Superadmins {
    sign_in: SignIn,
    /// Random for this process: what is remembered is of no use elsewhere.
    key: Arc<[u8; 32]>,
    verified: Cache<[u8; 32], Verified>,
    /// Requests with the same credential wait for the one that verifies it.
    turns: Turns,
}

/// Whose credential was verified, and the version that the account had then.
#[derive(Debug, Clone, Copy)]
struct Verified {
    user: UserId,
    version: i64,
}

impl Superadmins {
    pub fn new(sign_in: SignIn) -> Self {
        let verified = Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).build();
        Self { sign_in, key: Arc::new(rand::random()), verified, turns: Turns::default() }
    }

    /// The superadmin whose address and password these are.
    pub async fn authenticate(
        &self,
        email: &str,
        password: &SecretString,
        client: Option<&str>,
    ) -> Result<Principal, SignInError> {
        let fingerprint = authenticate(&self.key, &[email.as_bytes(), password.expose_secret().as_bytes()]);
        if let Some(principal) = self.remembered(&fingerprint).await? {
            return Ok(principal);
        }
        let _turn = self.turns.take(Subject::Scope(hex(&fingerprint))).await;
        if let Some(principal) = self.remembered(&fingerprint).await? {
            return Ok(principal);
        }
        let signed_in = self.sign_in.verify(email, password, client).await?;
        if !signed_in.state.is_superadmin {
            return Err(SignInError::Refused);
        }
        self.verified.insert(fingerprint, Verified { user: signed_in.user, version: signed_in.state.version });
        Ok(principal(signed_in.user))
    }

    async fn remembered(&self, fingerprint: &[u8; 32]) -> Result<Option<Principal>, SignInError> {
        let Some(verified) = self.verified.get(fingerprint) else { return Ok(None) };
        let state = self.sign_in.users().state(verified.user).await?;
        Ok(state.filter(|state| state.version == verified.version).map(|_| principal(verified.user)))
    }
}

fn principal(user: UserId) -> Principal {
    Principal {
        asker: Asker::User { id: user, superadmin: true, reach: Reach::Everywhere },
        credential: Credential::Basic,
    }
}
