//! Disabling, enabling and ending a key.

use aggregates::{
    api_key::{ApiKey, ApiKeyCommand, ApiKeyError, Revocation},
    ids::ApiKeyId,
};

use super::{Intent, exists, manage, shown};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::api_keys::ApiKeyView,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusChange {
    Disable,
    Enable,
}

#[derive(Debug, Clone)]
pub struct ChangeApiKeyStatus {
    pub id: ApiKeyId,
    pub change: StatusChange,
}

impl Command for ChangeApiKeyStatus {
    type View = ApiKeyView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (intent, command) = match self.change {
            StatusChange::Disable => (Intent::Stop, ApiKeyCommand::Disable),
            StatusChange::Enable => (Intent::Manage, ApiKeyCommand::Enable),
        };
        manage(work, self.id, intent).await?;
        work.handle::<ApiKey>(self.id.uuid(), command).await?;
        shown(work, self.id).await
    }
}

#[derive(Debug, Clone)]
pub struct RevokeApiKey {
    pub id: ApiKeyId,
    pub reason: Revocation,
}

impl Command for RevokeApiKey {
    type View = ApiKeyView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        manage(work, self.id, Intent::Stop).await?;
        work.handle::<ApiKey>(self.id.uuid(), ApiKeyCommand::Revoke { reason: self.reason }).await?;
        shown(work, self.id).await
    }
}

/// By the bearer: holding the key is enough to end it, wherever they found it.
#[derive(Debug, Clone)]
pub struct RevokeSelf {
    pub id: ApiKeyId,
    pub reason: Revocation,
}

impl Command for RevokeSelf {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        end(work, self.id, ApiKeyCommand::Revoke { reason: self.reason }).await
    }
}

/// Records that the time of a key has passed, by the clock.
#[derive(Debug, Clone)]
pub struct ExpireApiKey {
    pub id: ApiKeyId,
}

impl Command for ExpireApiKey {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.operate()?;
        end(work, self.id, ApiKeyCommand::Expire).await
    }
}

async fn end(work: &mut UnitOfWork<'_>, id: ApiKeyId, command: ApiKeyCommand) -> Result<(), Error> {
    let key = work.load::<ApiKey>(id.uuid()).await?;
    let owner = key.owner().ok_or(ApiKeyError::NotFound)?;
    exists(work, owner).await?;
    work.handle::<ApiKey>(id.uuid(), command).await?;
    Ok(())
}
