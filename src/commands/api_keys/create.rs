//! Making a key.

use aggregates::{
    api_key::{ApiKey, ApiKeyCommand, ApiKeyError, Details, Owner, Secret},
    authorization::{Denied, Permission},
    claim::ClaimKind,
    ids::{ApiKeyId, OrganizationId},
};
use chrono::{DateTime, Utc};

use super::{bound_like_maker, ends_with_member, maker, may_give, shown};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::api_keys::ApiKeyView,
};

/// How many keys one owner has at most that are not over. All of them may have to be revoked in one append.
const MAX_KEYS: i64 = 1000;

/// Many at the same moment can come to be a few more.
async fn room_for_one(work: &UnitOfWork<'_>, owner: Owner) -> Result<(), Error> {
    let id = match owner {
        Owner::User(id) => id.uuid(),
        Owner::Organization(id) => id.uuid(),
    };
    let current = work.readmodel().live_keys(id, work.now()).await?;
    if current < MAX_KEYS { Ok(()) } else { Err(ApiKeyError::TooMany { limit: MAX_KEYS, current }.into()) }
}

#[derive(Debug, Clone)]
pub struct CreateApiKey {
    pub id: ApiKeyId,
    pub handle: String,
    pub secret: Secret,
    /// Whose key it becomes; the asker's own without one.
    pub organization: Option<OrganizationId>,
    pub expires_at: Option<DateTime<Utc>>,
    pub details: Details,
}

impl Command for CreateApiKey {
    type View = ApiKeyView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let owner = match self.organization {
            Some(organization) => {
                work.writing_in(organization, Permission::ApiKeysWrite).await?;
                Owner::Organization(organization)
            }
            None => Owner::User(work.asker().user().ok_or(Denied::PersonRequired)?),
        };
        may_give(work, owner, &self.details.scopes).await?;
        bound_like_maker(work, self.expires_at, &self.details.ip_allowlist).await?;
        let created_by = maker(work.asker())?;
        ends_with_member(work, owner, created_by, Some(self.details.on_creator_leave)).await?;
        room_for_one(work, owner).await?;
        let create = ApiKeyCommand::Create {
            handle: self.handle.clone(),
            secret: self.secret.clone(),
            owner,
            created_by,
            expires_at: self.expires_at,
            details: self.details.clone(),
        };
        work.begin::<ApiKey>(self.id.uuid());
        work.handle::<ApiKey>(self.id.uuid(), create).await?;
        shown(work, self.id).await
    }

    /// A handle is random: that two keys get the same is not worth more than being told.
    fn retries(&self, _: ClaimKind) -> bool {
        false
    }
}
