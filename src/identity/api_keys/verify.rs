//! Verifying a key for a service that was shown it.

use std::{borrow::Cow, net::IpAddr, sync::Arc};

use aggregates::{
    api_key::{Owner, RateLimit},
    authorization::{Asker, Permission, Standing},
    ids::{ApiKeyId, OrganizationId, UserId},
    organization::Status,
};
use chrono::{DateTime, Utc};
use projections::api_keys::KeyStatus;

use super::{ApiKeys, NoKey, known::KnownKey, limits::KEY_QUOTA};
use crate::{
    database,
    identity::{Used, quota::Allowance},
    readmodel::Place,
};

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    Valid,
    /// It is not a key, or the checksum is wrong.
    Malformed,
    /// The key does not exist, or the asker may not know of it.
    NotFound,
    Revoked,
    /// The key is disabled, or its owner, or its owner's membership.
    Disabled,
    Expired,
    /// It does not have the permission in the organization.
    InsufficientScope,
    RateLimited,
    IpNotAllowed,
    OrganizationSuspended,
    OrganizationDeleted,
}

/// What is asked about a key.
#[derive(Clone, Copy)]
pub struct Verify<'a> {
    pub key: &'a str,
    /// The permission that its bearer needs.
    pub permission: Option<Permission>,
    /// The organization to verify it for. Without one, the only organization that the key works for.
    pub organization: Option<OrganizationId>,
    /// Where its bearer is.
    pub address: Option<IpAddr>,
    /// Whether it counts as a use.
    pub counts: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    pub code: Code,
    /// None where the asker may not know of the key.
    pub key: Option<VerifiedKey>,
}

/// What the answer says about a key that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedKey {
    pub id: ApiKeyId,
    pub owner: Owner,
    /// The organization that the key was verified for.
    pub organization: Option<OrganizationId>,
    /// With today's slugs.
    pub scopes: Vec<String>,
    pub missing_permission: Option<Permission>,
    pub expires_at: Option<DateTime<Utc>>,
    pub rate_limit: Option<RateLimit>,
    /// Uses that are left, if the key is valid.
    pub remaining: Option<u32>,
}

impl From<Code> for Verification {
    fn from(code: Code) -> Self {
        Self { code, key: None }
    }
}

impl ApiKeys {
    /// Whether a key allows something, as far as the asker may know of it. A valid key counts as used.
    pub async fn verify(&self, asker: Asker, verify: Verify<'_>) -> Result<Verification, database::Error> {
        let known = match self.find(verify.key).await {
            Ok(shown) => shown.known,
            Err(NoKey::Malformed) => return Ok(Code::Malformed.into()),
            Err(NoKey::NotFound) => return Ok(Code::NotFound.into()),
            Err(NoKey::Stale(error)) => return Err(error),
        };
        let mut sight = Sight::new(self);
        if !sight.may_know(asker, &known).await? {
            return Ok(Code::NotFound.into());
        }
        let organization = verify.organization.or_else(|| known.organization());
        let mut code = sight.judge(&known, organization, &verify).await?;
        let mut allowance: Option<Allowance> = None;
        if code == Code::Valid && verify.counts {
            match self.limits.take(known.id(), known.rate_limit(), known.organization()) {
                Ok(left) => allowance = left.into_iter().find(|left| left.quota.name == KEY_QUOTA),
                Err(_) => code = Code::RateLimited,
            }
        }
        if verify.counts && matches!(code, Code::Valid | Code::InsufficientScope) {
            self.meter.count(known.id(), known.organization(), Used::Verification, Utc::now());
        }
        let remaining = match code {
            Code::RateLimited => Some(0),
            _ => allowance.map(|allowance| allowance.remaining),
        };
        let key = VerifiedKey {
            id: known.id(),
            owner: known.row.owner(),
            organization,
            scopes: sight.written(&known).await?,
            missing_permission: verify.permission.filter(|_| code == Code::InsufficientScope),
            expires_at: known.row.expires_at,
            rate_limit: self.limits.of(known.rate_limit()),
            remaining,
        };
        Ok(Verification { code, key: Some(key) })
    }

    /// How a key's scopes are written today.
    pub async fn written(&self, known: &KnownKey) -> Result<Vec<String>, database::Error> {
        Sight::new(self).written(known).await
    }
}

/// What one answer sees of organizations. It looks at each once, so that the whole answer is about one state.
struct Sight<'a> {
    keys: &'a ApiKeys,
    seen: Vec<Seen>,
}

struct Seen {
    organization: OrganizationId,
    user: Option<UserId>,
    /// None for one that was purged.
    place: Option<Arc<Place>>,
}

impl<'a> Sight<'a> {
    fn new(keys: &'a ApiKeys) -> Self {
        Self { keys, seen: Vec::new() }
    }

    /// What an organization is, and what a user is in it.
    async fn place(
        &mut self,
        organization: OrganizationId,
        user: Option<UserId>,
    ) -> Result<Option<Arc<Place>>, database::Error> {
        if let Some(seen) = self.seen.iter().find(|seen| seen.organization == organization && seen.user == user) {
            return Ok(seen.place.clone());
        }
        let place = self.keys.place(organization, user).await?;
        self.seen.push(Seen { organization, user, place: place.clone() });
        Ok(place)
    }

    async fn written(&mut self, known: &KnownKey) -> Result<Vec<String>, database::Error> {
        for organization in known.organizations() {
            if !self.seen.iter().any(|seen| seen.organization == *organization) {
                self.place(*organization, None).await?;
            }
        }
        let seen = |id| self.seen.iter().find(|seen| seen.organization == id).and_then(|seen| seen.place.as_deref());
        // A purged organization has no name any more.
        let name = |id| seen(id).map_or_else(|| Cow::Owned(id.to_string()), |place| Cow::Borrowed(place.slug.as_str()));
        Ok(known.row.scopes.0.written(name))
    }

    /// The key's owner, superadmins, and those who may read keys in an organization that the key is used for.
    async fn may_know(&mut self, asker: Asker, known: &KnownKey) -> Result<bool, database::Error> {
        // An organization that is purged takes its keys along.
        if let Owner::Organization(id) = known.row.owner()
            && self.place(id, None).await?.is_none()
        {
            return Ok(false);
        }
        if asker.operates() || asker.user().is_some() && asker.user() == known.row.owner().user() {
            return Ok(true);
        }
        for organization in known.organizations() {
            let place = self.place(*organization, asker.user()).await?;
            let Some(place) = place else { continue };
            let standing = asker.standing(*organization, place.standing);
            let knows = match place.status {
                // What is deleted is there for its owners only.
                Status::Deleted => standing.owns(),
                Status::Active | Status::Suspended => standing.has(Permission::ApiKeysRead),
            };
            if knows {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// All but the rate limit.
    async fn judge(
        &mut self,
        known: &KnownKey,
        organization: Option<OrganizationId>,
        verify: &Verify<'_>,
    ) -> Result<Code, database::Error> {
        match known.status(Utc::now()) {
            KeyStatus::Active => {}
            KeyStatus::Revoked => return Ok(Code::Revoked),
            KeyStatus::Expired => return Ok(Code::Expired),
            KeyStatus::Disabled => return Ok(Code::Disabled),
        }
        let asker = match known.row.owner() {
            Owner::User(id) => match self.keys.users.state(id).await? {
                Some(user) if !user.disabled => known.by_person(id, user),
                _ => return Ok(Code::Disabled),
            },
            Owner::Organization(id) => known.by_organization(id),
        };
        let place = match organization {
            Some(id) => self.place(id, asker.user()).await?.map(|place| (id, place)),
            None => None,
        };
        let named = organization.is_some_and(|id| known.organizations().contains(&id));
        match &place {
            // That an organization is deleted or suspended is only said about those that the key is used for.
            None if named => return Ok(Code::OrganizationDeleted),
            Some((_, place)) if named && place.status == Status::Deleted => return Ok(Code::OrganizationDeleted),
            Some((_, place)) if named && place.status == Status::Suspended => return Ok(Code::OrganizationSuspended),
            _ => {}
        }
        if !known.admits(verify.address) {
            return Ok(Code::IpNotAllowed);
        }
        Ok(may_use(asker, place, named, organization.is_some(), verify.permission))
    }
}

fn may_use(
    asker: Asker,
    place: Option<(OrganizationId, Arc<Place>)>,
    named: bool,
    asked: bool,
    permission: Option<Permission>,
) -> Code {
    let Some((id, place)) = place else {
        // Without an organization there is nothing to have a permission in.
        return if asked || permission.is_some() { Code::InsufficientScope } else { Code::Valid };
    };
    match asker.standing(id, place.standing) {
        Standing::Superadmin => Code::Valid,
        // The scopes name it, and yet its owner is not an active member: not any more, or not at the moment.
        Standing::Outsider if named => Code::Disabled,
        Standing::Outsider => Code::InsufficientScope,
        _ if place.status == Status::Suspended => Code::OrganizationSuspended,
        _ if place.status == Status::Deleted => Code::InsufficientScope,
        standing => match permission {
            Some(permission) if !standing.has(permission) => Code::InsufficientScope,
            _ => Code::Valid,
        },
    }
}
