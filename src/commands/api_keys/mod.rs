//! Commands on API keys.
//!
//! A key never has more than the caller who makes it, or gets to see its secret, has at that moment. What an
//! organization allows for that is a condition of the append.

mod change;
mod create;
mod life;
mod withdraw;

use aggregates::{
    api_key::{self, ApiKey, ApiKeyError, OnCreatorLeave, Owner},
    authorization::{Action, Asker, Denied, Permission, Scopes, Standing, decide},
    ids::{ApiKeyId, OrganizationId, UserId},
    metadata::Actor,
    network::Network,
    organization::{self, Organization, OrganizationError, Status},
};

pub(super) use self::withdraw::withdraw_keys;
use chrono::{DateTime, Utc};

pub use self::{
    change::{RotateApiKey, UpdateApiKey},
    create::CreateApiKey,
    life::{ChangeApiKeyStatus, ExpireApiKey, RevokeApiKey, RevokeSelf, StatusChange},
};
use super::{Error, UnitOfWork};
use crate::readmodel::api_keys::SeenKey;

/// What is wanted with a key that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intent {
    /// By those who manage the owner's keys.
    Manage,
    /// The platform's operators too: it only takes something away.
    Stop,
}

/// Loads a key that the asker may do this with. To askers who may not know of it, as `ReadModel::api_key` says, it does
/// not exist; the others hear which permission they lack.
async fn manage(work: &mut UnitOfWork<'_>, id: ApiKeyId, intent: Intent) -> Result<(Owner, Scopes), Error> {
    let key = work.load::<ApiKey>(id.uuid()).await?;
    let (owner, scopes) = key.owner().zip(key.scopes().cloned()).ok_or(ApiKeyError::NotFound)?;
    exists(work, owner).await?;
    let asker = work.asker();
    if intent == Intent::Stop && asker.operates() {
        return Ok((owner, scopes));
    }
    match owner {
        Owner::User(user) if asker.user() == Some(user) && asker.carries(&scopes) => {
            // A person's session manages all keys of that person. A key does what it was given: otherwise the finder of
            // one could take off its limits.
            let allowed = asker.within(Permission::ApiKeysWriteOwn);
            let within = |allowed: Vec<_>| scopes.organizations().iter().all(|one| allowed.contains(one));
            if !allowed.is_none_or(within) {
                return Err(Denied::Missing(Permission::ApiKeysWriteOwn).into());
            }
        }
        // The platform's operators see it.
        Owner::User(_) if asker.operates() => return Err(Denied::PersonRequired.into()),
        Owner::User(_) => return Err(ApiKeyError::NotFound.into()),
        Owner::Organization(organization) => {
            let allowed = work.writing_by_id(organization, Permission::ApiKeysWrite, api_key::KNOWN_BY).await?;
            allowed.ok_or(ApiKeyError::NotFound)?;
        }
    }
    Ok((owner, scopes))
}

/// An organization that is purged takes its keys along.
async fn exists(work: &mut UnitOfWork<'_>, owner: Owner) -> Result<(), Error> {
    let Owner::Organization(id) = owner else { return Ok(()) };
    let organization = work.watch::<Organization>(id.uuid(), &["OrganizationPurged"]).await?;
    organization.aggregate.status().map(drop).ok_or_else(|| ApiKeyError::NotFound.into())
}

/// Refuses to give what the asker does not have.
async fn may_give(work: &mut UnitOfWork<'_>, owner: Owner, scopes: &Scopes) -> Result<(), Error> {
    match (owner, scopes) {
        (Owner::User(_), Scopes::Everything) => {
            work.asker().person().map(drop).ok_or_else(|| Denied::PersonRequired.into())
        }
        (Owner::User(user), Scopes::Within(_)) => {
            for organization in scopes.organizations() {
                let own = own_standing(work, organization, user).await?;
                covers(own, scopes, organization)?;
            }
            Ok(())
        }
        (Owner::Organization(only), scopes) => {
            if scopes.organizations().iter().any(|organization| *organization != only) {
                return Err(ApiKeyError::ScopeElsewhere.into());
            }
            let loaded = work.writing_in(only, Permission::ApiKeysWrite).await?;
            covers(work.standing(only, &loaded.aggregate), scopes, only)
        }
    }
}

/// What a person's keys can have in an organization: what the membership gives. Superadmins are not members by being
/// above organizations.
async fn own_standing(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<Standing, Error> {
    let loaded = work.in_organization(organization, Action::Use(Permission::ApiKeysWriteOwn)).await.map_err(
        |error| match error.refusal() {
            Some(Denied::NotAMember | Denied::NotFound) => ApiKeyError::ScopeUnknown(organization).into(),
            _ => error,
        },
    )?;
    let membership = loaded.aggregate.standing(user);
    let standing = match work.asker() {
        asker if asker.operates() => membership,
        asker => asker.standing(organization, membership),
    };
    let status = loaded.aggregate.status().unwrap_or(Status::Deleted);
    decide(standing, status, Action::Use(Permission::ApiKeysWriteOwn)).map_err(|denied| match denied {
        Denied::NotAMember | Denied::NotFound => Error::from(ApiKeyError::ScopeUnknown(organization)),
        denied => denied.into(),
    })?;
    Ok(standing)
}

fn covers(own: Standing, scopes: &Scopes, organization: OrganizationId) -> Result<(), Error> {
    let wanted = scopes.permissions(organization);
    let own = own.permissions();
    if own.covers(wanted) { Ok(()) } else { Err(OrganizationError::Exceeds(wanted.without(own)).into()) }
}

/// A key cannot make one that lives longer or works from more places than itself: otherwise the finder of a key could
/// shed what binds it.
async fn bound_like_maker(
    work: &mut UnitOfWork<'_>,
    expires_at: Option<DateTime<Utc>>,
    networks: &[Network],
) -> Result<(), Error> {
    if let Actor::ApiKey(id) = work.metadata().actor {
        let maker = work.watch::<ApiKey>(id.uuid(), api_key::REVOCATIONS).await?;
        maker.aggregate.binds(expires_at, networks)?;
    }
    Ok(())
}

/// Refuses to end a key with a creator who could not go: it would stay for ever, and look as if it did not.
async fn ends_with_member(
    work: &mut UnitOfWork<'_>,
    owner: Owner,
    creator: UserId,
    leave: Option<OnCreatorLeave>,
) -> Result<(), Error> {
    let (Owner::Organization(organization), Some(OnCreatorLeave::Revoke)) = (owner, leave) else { return Ok(()) };
    let loaded = work.watch::<Organization>(organization.uuid(), organization::REVOCATIONS).await?;
    if loaded.aggregate.is_member(creator) { Ok(()) } else { Err(ApiKeyError::CreatorNotMember.into()) }
}

/// Shows the key as it is after the decision.
async fn shown(work: &mut UnitOfWork<'_>, id: ApiKeyId) -> Result<SeenKey, Error> {
    let last_used_at = work.readmodel().last_use(id).await?;
    let key = work.load::<ApiKey>(id.uuid()).await?;
    let (creator, scopes) = key.created_by().zip(key.scopes()).ok_or(ApiKeyError::NotFound)?;
    Ok(SeenKey { id, creator, organizations: scopes.organizations(), last_used_at })
}

/// Who answers for a key that this asker makes.
fn maker(asker: Asker) -> Result<UserId, Error> {
    asker.responsible().ok_or_else(|| Denied::PersonRequired.into())
}
