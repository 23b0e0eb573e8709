//! HTTP Basic, for superadmins.
//!
//! Verifying a password takes tens of milliseconds on purpose, so a credential that was verified is remembered for a
//! short while, under a keyed hash of itself. What is remembered counts only while this node knows that it is current,
//! and is forgotten as soon as an event of its user is seen.

use std::{sync::Arc, time::Duration};

use aggregates::{claim::Claim, email::Email, ids::UserId, user::User};
use cqrs_es::Aggregate;
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::{
    Principal,
    password::{HashError, Passwords},
};
use crate::{
    database,
    ledger::{self, Header, Ledger, Listener, secret::authenticate},
    readmodel::ReadModel,
};

/// How long a verified credential is remembered.
const REMEMBERED: Duration = Duration::from_secs(60);
/// How old this node's knowledge may be while it trusts what it remembers.
const STALENESS_BOUND: Duration = Duration::from_secs(1);
/// A longer password is not one.
const LONGEST_PASSWORD: usize = 256;

#[derive(Debug, Error)]
pub enum BasicError {
    /// Unknown, wrong, or not a superadmin: which one is not told.
    #[error("Not authenticated")]
    Refused,
    #[error("the ledger cannot be asked")]
    Ledger(#[from] ledger::Error),
    #[error("the read model cannot be asked")]
    Read(#[from] database::Error),
    #[error(transparent)]
    Hash(#[from] HashError),
}

#[derive(Clone)]
pub struct Superadmins {
    ledger: Ledger,
    readmodel: ReadModel,
    passwords: Passwords,
    /// Random for this process: what is remembered is of no use elsewhere.
    key: Arc<[u8; 32]>,
    verified: Cache<[u8; 32], UserId>,
}

impl Superadmins {
    pub fn new(ledger: Ledger, readmodel: ReadModel, passwords: Passwords) -> Self {
        let verified =
            Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).support_invalidation_closures().build();
        Self { ledger, readmodel, passwords, key: Arc::new(rand::random()), verified }
    }

    /// Forgets the credentials of every user of whom an event is seen.
    pub fn listener(&self) -> Listener {
        let verified = self.verified.clone();
        Box::new(move |header: &Header| {
            if header.stream.aggregate_type == User::TYPE {
                let user = UserId::new(header.stream.id);
                // The closures are known to be supported, see `new`.
                let _ = verified.invalidate_entries_if(move |_, verified| *verified == user);
            }
        })
    }

    /// The superadmin whose address and password these are.
    pub async fn authenticate(&self, email: &str, password: &SecretString) -> Result<Principal, BasicError> {
        let fingerprint = authenticate(&self.key, &[email.as_bytes(), password.expose_secret().as_bytes()]);
        let trusted = self.ledger.freshness().age() <= STALENESS_BOUND;
        if trusted && let Some(user) = self.verified.get(&fingerprint) {
            return Ok(principal(user));
        }
        let user = self.verify(email, password.clone()).await?;
        self.verified.insert(fingerprint, user);
        Ok(principal(user))
    }

    async fn verify(&self, email: &str, password: SecretString) -> Result<UserId, BasicError> {
        if password.expose_secret().len() > LONGEST_PASSWORD {
            return Err(BasicError::Refused);
        }
        let user = match Email::parse(email) {
            Ok(email) => self.ledger.holder(&Claim::user_email(email.folded())).await?.map(UserId::new),
            Err(_) => None,
        };
        let hash = match user {
            Some(user) => self.ledger.password_hash(user).await?,
            None => None,
        };
        let verified = self.passwords.verify(password, hash).await?;
        let Some(user) = user.filter(|_| verified) else { return Err(BasicError::Refused) };
        match self.readmodel.user(user).await? {
            Some(row) if row.is_superadmin => Ok(user),
            _ => Err(BasicError::Refused),
        }
    }
}

fn principal(user: UserId) -> Principal {
    Principal { user, superadmin: true, credential: "basic" }
}
