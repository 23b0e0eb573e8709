//! Who carries an access token, and what is remembered of accounts and sessions to answer that without a look-up.

use aggregates::{
    authorization::{Asker, Reach},
    ids::{SessionId, UserId},
    session::Session,
    user::User,
};
use chrono::Utc;
use cqrs_es::Aggregate;
use thiserror::Error;

use super::{
    Credential, Principal,
    followed::Followed,
    tokens::{Claims, Tokens},
};
use crate::{
    database,
    ledger::{Freshness, Listener},
    readmodel::{ReadModel, sessions::SessionState, users::UserState},
};

/// How many accounts and how many sessions are remembered.
const REMEMBERED: u64 = 50_000;

#[derive(Debug, Error)]
pub enum SessionError {
    /// The reason is not given.
    #[error("the token is not valid")]
    Invalid,
    #[error("it is not known whether the token is valid")]
    Stale(#[source] database::Error),
}

/// What is remembered of accounts. Clones share it.
#[derive(Clone)]
pub struct Users {
    readmodel: ReadModel,
    remembered: Followed<UserId, UserState>,
}

impl Users {
    pub fn new(readmodel: ReadModel, freshness: Freshness) -> Self {
        Self { readmodel, remembered: Followed::new(REMEMBERED, freshness) }
    }

    pub fn listener(&self) -> Listener {
        self.remembered.listener(User::TYPE)
    }

    /// An account as it is now.
    pub async fn state(&self, id: UserId) -> Result<Option<UserState>, database::Error> {
        self.remembered.get(id.uuid(), id, || self.readmodel.user_state(id)).await
    }

    /// An account as the database has it, whatever is remembered.
    pub async fn look_up(&self, id: UserId) -> Result<Option<UserState>, database::Error> {
        self.remembered.look_up(id.uuid(), id, self.readmodel.user_state(id)).await
    }
}

/// Turns access tokens into principals.
#[derive(Clone)]
pub struct Sessions {
    readmodel: ReadModel,
    tokens: Tokens,
    users: Users,
    remembered: Followed<SessionId, SessionState>,
}

impl Sessions {
    pub fn new(readmodel: ReadModel, freshness: Freshness, tokens: Tokens, users: Users) -> Self {
        Self { readmodel, tokens, users, remembered: Followed::new(REMEMBERED, freshness) }
    }

    pub fn listener(&self) -> Listener {
        self.remembered.listener(Session::TYPE)
    }

    /// Who carries this token.
    pub async fn authenticate(&self, token: &str) -> Result<Principal, SessionError> {
        let claims = self.tokens.verify(token, Utc::now().timestamp()).map_err(|_| SessionError::Invalid)?;
        let session = self.remembered.get(claims.sid.uuid(), claims.sid, || self.readmodel.session_state(claims.sid));
        let session = session.await.map_err(SessionError::Stale)?;
        let user = self.users.state(claims.sub).await.map_err(SessionError::Stale)?;
        match session.zip(user) {
            Some((session, user)) if goes_on(&claims, session, user) => Ok(principal(&claims, user)),
            _ => Err(SessionError::Invalid),
        }
    }
}

fn goes_on(claims: &Claims, session: SessionState, user: UserState) -> bool {
    session.user == claims.sub && session.epoch == user.epoch && !user.disabled
}

fn principal(claims: &Claims, user: UserState) -> Principal {
    let reach = claims.org.map_or(Reach::Everywhere, Reach::Within);
    Principal {
        asker: Asker::User { id: claims.sub, superadmin: user.is_superadmin, reach },
        credential: Credential::Session(claims.sid),
    }
}
