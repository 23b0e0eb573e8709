//! Who carries an access token, and what is remembered of accounts and sessions to answer that without a look-up.
//!
//! Events of an account or a session remove what is remembered of it: on the node that wrote them before they are
//! acknowledged, on the others as soon as they are seen. A node that has not heard of the head for a second looks up
//! instead of trusting, and one that cannot look up trusts nobody.

use std::time::Duration;

use aggregates::{
    authorization::Reach,
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
    ledger::{Freshness, Header, Listener},
    readmodel::{ReadModel, sessions::SessionState, users::UserState},
};

/// How many accounts and how many sessions are remembered.
const REMEMBERED: u64 = 50_000;
/// How old this node's knowledge may be while it trusts what it remembers.
const STALENESS_BOUND: Duration = Duration::from_secs(1);

#[derive(Debug, Error)]
pub enum SessionError {
    /// Which of all the reasons is not told.
    #[error("the token is not valid")]
    Invalid,
    #[error("it cannot be told whether the token is valid")]
    Stale(#[source] database::Error),
}

/// What is remembered of accounts. Clones share it.
#[derive(Clone)]
pub struct Users {
    readmodel: ReadModel,
    freshness: Freshness,
    remembered: Followed<UserId, UserState>,
}

impl Users {
    pub fn new(readmodel: ReadModel, freshness: Freshness) -> Self {
        Self { readmodel, freshness, remembered: Followed::new(REMEMBERED) }
    }

    pub fn listener(&self) -> Listener {
        let remembered = self.remembered.clone();
        Box::new(move |header: &Header| {
            if header.stream.aggregate_type == User::TYPE {
                remembered.event(&UserId::new(header.stream.id));
            }
        })
    }

    /// An account as it is now.
    pub async fn state(&self, id: UserId) -> Result<Option<UserState>, database::Error> {
        if self.freshness.age() <= STALENESS_BOUND
            && let Some(state) = self.remembered.get(&id)
        {
            return Ok(Some(state));
        }
        self.look_up(id).await
    }

    /// The same, asked of the database whatever is remembered.
    pub async fn look_up(&self, id: UserId) -> Result<Option<UserState>, database::Error> {
        let ticket = self.remembered.ticket(&id);
        let state = self.readmodel.user_state(id).await?;
        if let Some(state) = state {
            self.remembered.put(id, state, ticket);
        }
        Ok(state)
    }
}

/// Turns access tokens into principals.
#[derive(Clone)]
pub struct Sessions {
    readmodel: ReadModel,
    freshness: Freshness,
    tokens: Tokens,
    users: Users,
    remembered: Followed<SessionId, SessionState>,
}

impl Sessions {
    pub fn new(readmodel: ReadModel, freshness: Freshness, tokens: Tokens, users: Users) -> Self {
        Self { readmodel, freshness, tokens, users, remembered: Followed::new(REMEMBERED) }
    }

    pub fn listener(&self) -> Listener {
        let remembered = self.remembered.clone();
        Box::new(move |header: &Header| {
            if header.stream.aggregate_type == Session::TYPE {
                remembered.event(&SessionId::new(header.stream.id));
            }
        })
    }

    /// Who carries this token.
    pub async fn authenticate(&self, token: &str) -> Result<Principal, SessionError> {
        let claims = self.tokens.verify(token, Utc::now().timestamp()).map_err(|_| SessionError::Invalid)?;
        let session = self.session(claims.sid).await.map_err(SessionError::Stale)?;
        let user = self.users.state(claims.sub).await.map_err(SessionError::Stale)?;
        match session.zip(user) {
            Some((session, user)) if goes_on(&claims, session, user) => Ok(principal(&claims, user)),
            _ => Err(SessionError::Invalid),
        }
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionState>, database::Error> {
        if self.freshness.age() <= STALENESS_BOUND
            && let Some(state) = self.remembered.get(&id)
        {
            return Ok(Some(state));
        }
        let ticket = self.remembered.ticket(&id);
        let state = self.readmodel.session_state(id).await?;
        if let Some(state) = state {
            self.remembered.put(id, state, ticket);
        }
        Ok(state)
    }
}

fn goes_on(claims: &Claims, session: SessionState, user: UserState) -> bool {
    session.user == claims.sub && session.epoch == user.epoch && !user.disabled
}

fn principal(claims: &Claims, user: UserState) -> Principal {
    Principal {
        user: claims.sub,
        superadmin: user.is_superadmin,
        reach: claims.org.map_or(Reach::Everywhere, Reach::Within),
        credential: Credential::Session(claims.sid),
    }
}
