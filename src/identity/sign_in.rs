//! Address and password: who that is. Every way to sign in with a password comes through here.

use aggregates::{claim::Claim, email::Email, ids::UserId};
use secrecy::SecretString;
use thiserror::Error;
use uuid::Uuid;

use super::{
    attempts::Attempts,
    password::{HashError, Passwords, rules},
    quota::TooMany,
    sessions::Users,
};
use crate::{
    database,
    ledger::{self, Ledger},
    readmodel::users::UserState,
};

#[derive(Debug, Error)]
pub enum SignInError {
    /// Unknown, wrong, not activated or disabled: neither words nor the time it takes say which.
    #[error("address or password is wrong")]
    Refused,
    #[error(transparent)]
    TooMany(#[from] TooMany),
    #[error("the ledger cannot be asked")]
    Ledger(#[from] ledger::Error),
    #[error("the read model cannot be asked")]
    Read(#[from] database::Error),
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// A person whose password was verified, and the account as it was before that.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn {
    pub user: UserId,
    pub state: UserState,
}

#[derive(Clone)]
pub struct SignIn {
    ledger: Ledger,
    users: Users,
    passwords: Passwords,
    attempts: Attempts,
}

impl SignIn {
    pub fn new(ledger: Ledger, users: Users, passwords: Passwords) -> Self {
        Self { ledger, users, passwords, attempts: Attempts::default() }
    }

    pub fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    pub fn users(&self) -> &Users {
        &self.users
    }

    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Whose address and password these are. `client` is the address that the request comes from.
    pub async fn verify(
        &self,
        email: &str,
        password: &SecretString,
        client: Option<&str>,
    ) -> Result<SignedIn, SignInError> {
        let attempt = self.attempts.begin(Some(email), client).await?;
        match self.look(email, password).await {
            Ok(Some(signed_in)) => {
                attempt.succeeded();
                Ok(signed_in)
            }
            Ok(None) => Err(SignInError::Refused),
            Err(error) => {
                attempt.took_place();
                Err(error)
            }
        }
    }

    /// An address without an account takes the same steps as any other.
    async fn look(&self, email: &str, password: &SecretString) -> Result<Option<SignedIn>, SignInError> {
        let known = match Email::parse(email) {
            Ok(email) => self.ledger.holder(&Claim::user_email(email.folded())).await?.map(UserId::new),
            Err(_) => None,
        };
        let user = known.unwrap_or(UserId::new(Uuid::nil()));
        // The state comes first: a change during the verification makes it too old, never too new.
        let state = self.users.look_up(user).await?;
        let hash = self.ledger.password_hash(user).await?;
        let password = rules::normalize(password);
        let right = match password {
            Some(password) => self.passwords.verify(password, hash).await?,
            None => false,
        };
        Ok(state.filter(|state| right && known.is_some() && !state.disabled).map(|state| SignedIn { user, state }))
    }
}
