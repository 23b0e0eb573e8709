//! Commands on sessions.

use std::sync::{Arc, Mutex, PoisonError};

use aggregates::{
    authorization::{Action, Permission},
    ids::{OrganizationId, SessionId, UserId},
    organization::Organization,
    session::{Ending, Method, Session, SessionCommand, SessionError, Start},
    user::{SIGN_OUTS, User},
};
use chrono::{DateTime, TimeDelta, Utc};
use projections::{RowKeys, Rows};

use super::{Command, Commands, Error, Shown, UnitOfWork, Write};
use crate::{
    ledger::{self, Appended, RefreshWrite, StoredReply},
    readmodel::View,
};

/// How long a session goes on after it was begun or refreshed, in days.
pub const REFRESH_DAYS: i64 = 30;
/// Lifetime of access tokens that are bound to no organization, in seconds.
pub const UNBOUND_SECS: i64 = 3600;

/// A session that begins.
#[derive(Debug, Clone, Copy)]
pub struct Beginning {
    pub session: SessionId,
    pub user: UserId,
    pub method: Method,
    pub organization: Option<OrganizationId>,
    /// The epoch of the account when the person was authenticated.
    pub epoch: i64,
}

/// Adds the beginning of a session to a unit of work.
pub(super) async fn begin_session(work: &mut UnitOfWork<'_>, beginning: &Beginning) -> Result<(), Error> {
    let Beginning { session, user, method, organization, epoch } = *beginning;
    let metadata = work.metadata();
    let start = Start {
        user,
        method,
        organization,
        epoch,
        client_address: metadata.client_address.clone(),
        user_agent: metadata.user_agent.clone(),
    };
    work.begin::<Session>(session.uuid());
    work.handle::<Session>(session.uuid(), SessionCommand::Start(Box::new(start))).await?;
    let expires_at = refresh_expires_at(work);
    work.write_beside(RefreshWrite::Begin { session, expires_at });
    Ok(())
}

fn refresh_expires_at(work: &UnitOfWork<'_>) -> DateTime<Utc> {
    work.now() + TimeDelta::days(REFRESH_DAYS)
}

/// What tokens are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    pub session: SessionId,
    pub user: UserId,
    pub organization: Option<OrganizationId>,
    /// Of the refresh token.
    pub generation: i64,
    /// Of the access token, in seconds.
    pub lifetime: i64,
}

/// Signs in a person whose password was verified.
#[derive(Debug, Clone, Copy)]
pub struct StartSession(pub Beginning);

impl Command for StartSession {
    type View = Grant;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Beginning { session, user, organization, epoch, .. } = self.0;
        signed_in(work, user, epoch).await?;
        let lifetime = lifetime(work, organization).await?;
        begin_session(work, &self.0).await?;
        Ok(Grant { session, user, organization, generation: 1, lifetime })
    }
}

/// Uses a refresh token. It works once.
#[derive(Debug, Clone, Copy)]
pub struct RefreshSession {
    pub session: SessionId,
    pub user: UserId,
    pub organization: Option<OrganizationId>,
    /// The generation of the token that is used.
    pub generation: i64,
    pub epoch: i64,
}

impl Command for RefreshSession {
    type View = Grant;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { session, user, organization, generation, epoch } = *self;
        signed_in(work, user, epoch).await?;
        work.watch::<Session>(session.uuid(), &["SessionEnded", "SessionSwitched"]).await?;
        let lifetime = lifetime(work, organization).await?;
        let expires_at = refresh_expires_at(work);
        work.write_beside(RefreshWrite::Use { session, generation, expires_at });
        Ok(Grant { session, user, organization, generation: generation + 1, lifetime })
    }
}

/// Binds a session to another organization. Its previous refresh token no longer works.
#[derive(Debug, Clone, Copy)]
pub struct SwitchSession {
    pub session: SessionId,
    pub user: UserId,
    pub organization: OrganizationId,
    pub generation: i64,
}

impl Command for SwitchSession {
    type View = Grant;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { session, user, organization, generation } = *self;
        if work.load::<Session>(session.uuid()).await?.user() != Some(user) {
            return Err(SessionError::NotFound.into());
        }
        let lifetime = lifetime(work, Some(organization)).await?;
        work.handle::<Session>(session.uuid(), SessionCommand::Switch { organization }).await?;
        let expires_at = refresh_expires_at(work);
        work.write_beside(RefreshWrite::Use { session, generation, expires_at });
        Ok(Grant { session, user, organization: Some(organization), generation: generation + 1, lifetime })
    }
}

/// Ends a session.
#[derive(Debug, Clone, Copy)]
pub struct EndSession {
    pub session: SessionId,
    /// The user that it has to belong to.
    pub user: Option<UserId>,
    pub reason: Ending,
}

impl Command for EndSession {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let owner = work.load::<Session>(self.session.uuid()).await?.user();
        if owner.is_none() || self.user.is_some_and(|user| owner != Some(user)) {
            return Err(SessionError::NotFound.into());
        }
        let end = SessionCommand::End { reason: self.reason };
        work.handle::<Session>(self.session.uuid(), end).await?;
        work.write_beside(RefreshWrite::Forget { session: self.session });
        Ok(())
    }
}

/// Requires that the account is enabled and in the epoch in which the person was authenticated, until this is written.
async fn signed_in(work: &mut UnitOfWork<'_>, user: UserId, epoch: i64) -> Result<(), Error> {
    let user = work.watch::<User>(user.uuid(), SIGN_OUTS).await?;
    if user.aggregate.is_enabled() && user.aggregate.epoch() == epoch { Ok(()) } else { Err(Error::SignedOut) }
}

/// The lifetime of access tokens, which an organization chooses for those that are bound to it.
async fn lifetime(work: &mut UnitOfWork<'_>, organization: Option<OrganizationId>) -> Result<i64, Error> {
    let Some(id) = organization else { return Ok(UNBOUND_SECS) };
    let read = Action::Use(Permission::OrganizationRead);
    let organization = work.in_organization(id, read).await?;
    Ok(Organization::jwt_expiry_secs(&organization.aggregate).unwrap_or(UNBOUND_SECS))
}

impl Commands {
    /// Runs a command that grants something. What is granted does not go through the stored reply, which must not hold
    /// secrets.
    pub async fn grant(&self, write: &Write, command: &impl Command<View = Grant>) -> Result<Granted, Error> {
        let slot = Arc::new(Mutex::new(None));
        let written = Arc::clone(&slot);
        let present = move |grant: &Grant| {
            *written.lock().unwrap_or_else(PoisonError::into_inner) = Some(*grant);
            StoredReply { status: 200, headers: vec![], body: None }
        };
        let appended = self.run(write, command, present).await?;
        let grant = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let grant = grant.ok_or_else(|| Error::Ledger(ledger::Error::Broken("nothing was granted".to_owned())))?;
        Ok(Granted { grant, appended })
    }
}

/// What was granted, and the write that granted it.
pub struct Granted {
    pub grant: Grant,
    pub appended: Appended,
}

/// No row says anything of it.
impl View for Grant {
    type Of = Self;

    fn rows(_: &Self) -> RowKeys {
        RowKeys::default()
    }

    fn read(_: &Rows, grant: &Self) -> Option<Self> {
        Some(*grant)
    }
}
