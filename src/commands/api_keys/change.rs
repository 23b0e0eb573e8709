//! Changing a key: what it is called and may do, and its secret.

use aggregates::{
    api_key::{ApiKey, ApiKeyCommand, ApiKeyError, DetailsPatch, Secret},
    ids::ApiKeyId,
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Intent, bound_like_maker, ends_with_member, manage, may_give, shown};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::api_keys::ApiKeyView,
};

#[derive(Debug, Clone)]
pub struct UpdateApiKey {
    pub id: ApiKeyId,
    pub patch: DetailsPatch,
}

impl Command for UpdateApiKey {
    type View = ApiKeyView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (owner, scopes) = manage(work, self.id, Intent::Manage).await?;
        if let Some(wanted) = &self.patch.scopes
            && *wanted != scopes
        {
            may_give(work, owner, wanted).await?;
        }
        let key = work.load::<ApiKey>(self.id.uuid()).await?;
        let creator = key.created_by().ok_or(ApiKeyError::NotFound)?;
        let (expires_at, networks) = (key.expires_at(), self.patch.ip_allowlist.clone());
        let networks = networks.unwrap_or_else(|| key.ip_allowlist().to_vec());
        bound_like_maker(work, expires_at, &networks).await?;
        ends_with_member(work, owner, creator, self.patch.on_creator_leave).await?;
        let update = ApiKeyCommand::Update(Box::new(self.patch.clone()));
        work.handle::<ApiKey>(self.id.uuid(), update).await?;
        shown(work, self.id).await
    }
}

/// The caller gets to see the new secret, so they must have what the key has.
#[derive(Debug, Clone)]
pub struct RotateApiKey {
    pub id: ApiKeyId,
    pub secret: Secret,
    pub grace: TimeDelta,
    /// As before when absent.
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

impl Command for RotateApiKey {
    type View = ApiKeyView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (owner, scopes) = manage(work, self.id, Intent::Manage).await?;
        may_give(work, owner, &scopes).await?;
        let key = work.load::<ApiKey>(self.id.uuid()).await?;
        let (expires_at, networks) = (self.expires_at.unwrap_or(key.expires_at()), key.ip_allowlist().to_vec());
        bound_like_maker(work, expires_at, &networks).await?;
        let rotate =
            ApiKeyCommand::Rotate { secret: self.secret.clone(), grace: self.grace, expires_at: self.expires_at };
        work.handle::<ApiKey>(self.id.uuid(), rotate).await?;
        shown(work, self.id).await
    }
}
