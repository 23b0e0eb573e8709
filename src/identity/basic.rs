//! HTTP Basic, for superadmins.
//!
//! Verifying a password takes tens of milliseconds on purpose, so a credential that was verified is remembered for a
//! short while, under a keyed hash of itself. It is forgotten as soon as an event of its user is seen, and while this
//! node does not know the latest events, the account is looked up instead of trusted.

use std::{sync::Arc, time::Duration};

use aggregates::{authorization::Reach, claim::Claim, email::Email, ids::UserId, user::User};
use cqrs_es::Aggregate;
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::{
    Credential, Principal,
    password::{HashError, Passwords},
};
use crate::{
    database,
    ledger::{self, Header, Ledger, Listener, StreamId, Subject, Turns, secret::authenticate},
    readmodel::ReadModel,
    text::hex,
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
    verified: Cache<[u8; 32], Verified>,
    /// Requests with the same credential wait for the one that verifies it.
    turns: Turns,
}

/// Whose credential was verified, and the version that his account had then.
#[derive(Debug, Clone, Copy)]
struct Verified {
    user: UserId,
    version: i64,
}

impl Verified {
    fn stream(self) -> StreamId {
        StreamId { aggregate_type: User::TYPE, id: self.user.uuid() }
    }
}

impl Superadmins {
    pub fn new(ledger: Ledger, readmodel: ReadModel, passwords: Passwords) -> Self {
        let verified =
            Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).support_invalidation_closures().build();
        Self { ledger, readmodel, passwords, key: Arc::new(rand::random()), verified, turns: Turns::default() }
    }

    /// Forgets the credentials of every user of whom an event is seen.
    pub fn listener(&self) -> Listener {
        let verified = self.verified.clone();
        Box::new(move |header: &Header| {
            if header.stream.aggregate_type == User::TYPE {
                let user = UserId::new(header.stream.id);
                // The closures are known to be supported, see `new`.
                let _ = verified.invalidate_entries_if(move |_, verified| verified.user == user);
            }
        })
    }

    /// The superadmin whose address and password these are.
    pub async fn authenticate(&self, email: &str, password: &SecretString) -> Result<Principal, BasicError> {
        let fingerprint = authenticate(&self.key, &[email.as_bytes(), password.expose_secret().as_bytes()]);
        if let Some(principal) = self.remembered(&fingerprint).await? {
            return Ok(principal);
        }
        let _turn = self.turns.take(Subject::Scope(hex(&fingerprint))).await;
        if let Some(principal) = self.remembered(&fingerprint).await? {
            return Ok(principal);
        }
        let verified = self.verify(email, password.clone()).await?;
        self.verified.insert(fingerprint, verified);
        Ok(principal(verified.user))
    }

    async fn remembered(&self, fingerprint: &[u8; 32]) -> Result<Option<Principal>, BasicError> {
        let Some(verified) = self.verified.get(fingerprint) else { return Ok(None) };
        Ok(self.still_holds(verified).await?.then(|| principal(verified.user)))
    }

    /// A node that follows the ledger has heard of every change. One that lags asks for this account alone.
    async fn still_holds(&self, verified: Verified) -> Result<bool, BasicError> {
        if self.ledger.freshness().age() <= STALENESS_BOUND {
            return Ok(true);
        }
        Ok(self.ledger.are_current(&[(verified.stream(), verified.version)]).await?)
    }

    async fn verify(&self, email: &str, password: SecretString) -> Result<Verified, BasicError> {
        if password.expose_secret().len() > LONGEST_PASSWORD {
            return Err(BasicError::Refused);
        }
        let user = match Email::parse(email) {
            Ok(email) => self.ledger.holder(&Claim::user_email(email.folded())).await?.map(UserId::new),
            Err(_) => None,
        };
        // The version comes first: a change during the verification makes it too old, never too new.
        let version = match user {
            Some(user) => self.ledger.version(StreamId { aggregate_type: User::TYPE, id: user.uuid() }).await?,
            None => 0,
        };
        let hash = match user {
            Some(user) => self.ledger.password_hash(user).await?,
            None => None,
        };
        let verified = self.passwords.verify(password, hash).await?;
        let Some(user) = user.filter(|_| verified) else { return Err(BasicError::Refused) };
        match self.readmodel.user(user).await? {
            Some(row) if row.is_superadmin => Ok(Verified { user, version }),
            _ => Err(BasicError::Refused),
        }
    }
}

fn principal(user: UserId) -> Principal {
    Principal { user, superadmin: true, reach: Reach::Everywhere, credential: Credential::Basic }
}
