//! The API key: a program's credential, owned by a person or by an organization.
//!
//! What it may do is always its scopes, as far as its owner may do that now. So suspending, disabling or deleting an
//! owner writes nothing here and stops the key all the same.

mod event;
mod secret;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use self::secret::Accepted;
pub use self::{
    event::{ApiKeyChanges, ApiKeyEvent, OnCreatorLeave, Owner, REVOCATIONS, RateLimit, Revocation},
    secret::{Secret, SecretHash},
};
use crate::{
    Moment,
    authorization::{Permission, Scopes},
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    ids::{OrganizationId, UserId},
    network::Network,
    refusal::refusal,
};

/// Holders of one of these in an organization know of its keys; to all others they do not exist.
pub const KNOWN_BY: &[Permission] = &[Permission::ApiKeysRead, Permission::ApiKeysWrite];

/// What an update can change of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub name: String,
    pub description: Option<String>,
    pub scopes: Scopes,
    /// Where the key may be used from; anywhere when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ip_allowlist: Vec<Network>,
    /// The deployment's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    #[serde(default)]
    pub on_creator_leave: OnCreatorLeave,
}

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DetailsPatch {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub scopes: Option<Scopes>,
    pub ip_allowlist: Option<Vec<Network>>,
    pub rate_limit: Option<Option<RateLimit>>,
    pub on_creator_leave: Option<OnCreatorLeave>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiKeyCommand {
    Create {
        handle: String,
        secret: Secret,
        owner: Owner,
        created_by: UserId,
        expires_at: Option<DateTime<Utc>>,
        details: Details,
    },
    Update(Box<DetailsPatch>),
    /// Gives the key another secret; the previous one keeps working for the grace period. Without a new time to expire
    /// it keeps the one it has.
    Rotate {
        secret: Secret,
        grace: TimeDelta,
        expires_at: Option<Option<DateTime<Utc>>>,
    },
    Disable,
    Enable,
    /// A key that is revoked already stays so.
    Revoke {
        reason: Revocation,
    },
    /// Takes away what it may do in an organization that its owner leaves. A key that may do nothing else is revoked.
    Withdraw {
        organization: OrganizationId,
    },
    /// Records that its time has passed.
    Expire,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApiKeyError {
    #[error("API key not found")]
    NotFound,
    #[error("This API key exists already")]
    AlreadyExists,
    #[error("{current} of at most {limit} API keys exist already")]
    TooMany { limit: i64, current: i64 },
    #[error("This API key is revoked")]
    Revoked,
    #[error("This API key has expired")]
    Expired,
    #[error("This API key is disabled")]
    Disabled,
    #[error("This API key is not disabled")]
    NotDisabled,
    #[error("must be in the future")]
    ExpiryInPast,
    #[error("must not be later than that of the key that makes the request")]
    OutlivesMaker,
    #[error("must be within that of the key that makes the request")]
    BeyondMaker,
    #[error("must end before the key's present secret expires, in {most} seconds")]
    GraceTooLong { most: i64 },
    /// A scope names an organization that the key's owner does not belong to.
    #[error("names an organization that does not exist or that the owner of the key does not belong to")]
    ScopeUnknown(OrganizationId),
    /// An organization's key works there alone.
    #[error("an organization's key can only have scopes there")]
    ScopeElsewhere,
    /// The creator is not a member, so their leaving could never end the key.
    #[error("must be keep: the creator of the key is not a member of the organization")]
    CreatorNotMember,
}

refusal! {
    ApiKeyError {
        Self::NotFound => "api_key_not_found",
        Self::AlreadyExists => "already_exists",
        Self::TooMany { .. } => "api_key_limit_reached",
        Self::Revoked | Self::Expired => "api_key_over",
        Self::Disabled | Self::NotDisabled => "api_key_not_active",
        Self::ExpiryInPast | Self::OutlivesMaker => "invalid" at "/expires_at",
        Self::BeyondMaker => "invalid" at "/ip_allowlist",
        Self::GraceTooLong { .. } => "invalid" at "/grace_seconds",
        Self::ScopeUnknown(_) | Self::ScopeElsewhere => "invalid" at "/scopes",
        Self::CreatorNotMember => "invalid" at "/on_creator_leave",
    }
    {
        fn members(&self) -> Vec<(&'static str, Value)> {
            match self {
                Self::TooMany { limit, current } => vec![("limit", (*limit).into()), ("current", (*current).into())],
                _ => vec![],
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ApiKey {
    existing: Option<Existing>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Existing {
    owner: Owner,
    created_by: UserId,
    secrets: Accepted,
    details: Details,
    expires_at: Option<DateTime<Utc>>,
    disabled: bool,
    revoked: bool,
    expiry_recorded: bool,
}

impl Existing {
    fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Refuses a key that is revoked or expired.
    fn changeable(&self, now: DateTime<Utc>) -> Result<(), ApiKeyError> {
        match (self.revoked, self.is_expired(now)) {
            (true, _) => Err(ApiKeyError::Revoked),
            (_, true) => Err(ApiKeyError::Expired),
            _ => Ok(()),
        }
    }

    fn updated(&self, patch: DetailsPatch) -> Vec<ApiKeyEvent> {
        let details = &self.details;
        let changes = ApiKeyChanges {
            name: Change::wanted(&details.name, patch.name),
            description: Change::wanted(&details.description, patch.description),
            scopes: Change::wanted(&details.scopes, patch.scopes),
            ip_allowlist: Change::wanted(&details.ip_allowlist, patch.ip_allowlist),
            rate_limit: Change::wanted(&details.rate_limit, patch.rate_limit),
            on_creator_leave: Change::wanted(&details.on_creator_leave, patch.on_creator_leave),
        };
        let (owner, created_by) = (self.owner, self.created_by);
        changed(changes, |changes| ApiKeyEvent::ApiKeyUpdated { owner, created_by, changes: Box::new(changes) })
    }
}

impl ApiKey {
    pub fn owner(&self) -> Option<Owner> {
        self.existing.as_ref().map(|key| key.owner)
    }

    pub fn created_by(&self) -> Option<UserId> {
        self.existing.as_ref().map(|key| key.created_by)
    }

    /// Whether another key that expires then, and works from there, is bound at least as closely as this one.
    pub fn binds(&self, expires_at: Option<DateTime<Utc>>, networks: &[Network]) -> Result<(), ApiKeyError> {
        let key = self.existing.as_ref().ok_or(ApiKeyError::NotFound)?;
        if let Some(end) = key.expires_at
            && expires_at.is_none_or(|at| at > end)
        {
            return Err(ApiKeyError::OutlivesMaker);
        }
        let own = &key.details.ip_allowlist;
        let within = networks.iter().all(|network| own.iter().any(|own| own.covers(network)));
        if own.is_empty() || within && !networks.is_empty() { Ok(()) } else { Err(ApiKeyError::BeyondMaker) }
    }

    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.existing.as_ref().and_then(|key| key.expires_at)
    }

    /// Where the key may be used from; anywhere when empty.
    pub fn ip_allowlist(&self) -> &[Network] {
        self.existing.as_ref().map(|key| key.details.ip_allowlist.as_slice()).unwrap_or_default()
    }

    pub fn scopes(&self) -> Option<&Scopes> {
        self.existing.as_ref().map(|key| &key.details.scopes)
    }

    /// Whether it can be used at this moment, as far as the key itself goes.
    pub fn is_usable(&self, now: DateTime<Utc>) -> bool {
        self.existing.as_ref().is_some_and(|key| !key.disabled && key.changeable(now).is_ok())
    }

    /// Whether a secret is the key's, or the one before while its grace lasts.
    pub fn accepts(&self, secret: &SecretHash, now: DateTime<Utc>) -> bool {
        self.existing.as_ref().is_some_and(|key| key.secrets.contains(secret, now))
    }
}

fn in_future(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), ApiKeyError> {
    if expires_at.is_some_and(|at| at <= now) { Err(ApiKeyError::ExpiryInPast) } else { Ok(()) }
}

impl Details {
    /// Takes out what was given in an organization.
    pub fn withdraw(&mut self, organization: OrganizationId) {
        // A key that would be left without any is revoked instead.
        if let Some(scopes) = self.scopes.without(organization) {
            self.scopes = scopes;
        }
    }

    /// Takes an update over.
    pub fn apply(&mut self, changes: &ApiKeyChanges) {
        changes.name.apply(&mut self.name);
        changes.description.apply(&mut self.description);
        changes.scopes.apply(&mut self.scopes);
        changes.ip_allowlist.apply(&mut self.ip_allowlist);
        changes.rate_limit.apply(&mut self.rate_limit);
        changes.on_creator_leave.apply(&mut self.on_creator_leave);
    }
}

impl Decide for ApiKey {
    fn decide(&self, command: ApiKeyCommand, Moment { now }: Moment) -> Result<Vec<ApiKeyEvent>, ApiKeyError> {
        use ApiKeyCommand as Command;
        use ApiKeyEvent as Event;
        if let Command::Create { handle, secret, owner, created_by, expires_at, details } = command {
            if self.existing.is_some() {
                return Err(ApiKeyError::AlreadyExists);
            }
            in_future(expires_at, now)?;
            return Ok(vec![Event::ApiKeyCreated { handle, secret, owner, created_by, expires_at, details }]);
        }
        let key = self.existing.as_ref().ok_or(ApiKeyError::NotFound)?;
        Ok(match command {
            Command::Update(patch) => {
                key.changeable(now)?;
                key.updated(*patch)
            }
            Command::Rotate { secret, grace, expires_at } => {
                key.changeable(now)?;
                let expires_at = expires_at.unwrap_or(key.expires_at);
                in_future(expires_at, now)?;
                let grace_until = (grace > TimeDelta::zero()).then(|| now + grace);
                if let (Some(until), Some(end)) = (grace_until, key.expires_at)
                    && until > end
                {
                    return Err(ApiKeyError::GraceTooLong { most: (end - now).num_seconds() });
                }
                vec![Event::ApiKeyRotated { secret, expires_at, grace_until }]
            }
            Command::Disable => {
                key.changeable(now)?;
                if key.disabled { return Err(ApiKeyError::Disabled) } else { vec![Event::ApiKeyDisabled {}] }
            }
            Command::Enable => {
                key.changeable(now)?;
                if key.disabled { vec![Event::ApiKeyEnabled {}] } else { return Err(ApiKeyError::NotDisabled) }
            }
            Command::Revoke { .. } | Command::Withdraw { .. } if key.revoked => vec![],
            Command::Revoke { reason } => vec![Event::ApiKeyRevoked { reason }],
            Command::Withdraw { organization } => match key.details.scopes.without(organization) {
                Some(scopes) if key.owner.user().is_some() => match scopes == key.details.scopes {
                    true => vec![],
                    false => vec![Event::ApiKeyWithdrawn { organization }],
                },
                _ => vec![Event::ApiKeyRevoked { reason: Revocation::AffiliationChanged }],
            },
            Command::Expire if key.revoked || key.expiry_recorded || !key.is_expired(now) => vec![],
            Command::Expire => vec![Event::ApiKeyExpired {}],
            Command::Create { .. } => vec![],
        })
    }
}

impl Belonging for ApiKey {
    /// The organization that the key works for, if there is only one, before the command and after it.
    fn belongs_to(&self, _: Uuid, command: &ApiKeyCommand) -> Option<OrganizationId> {
        if let ApiKeyCommand::Create { owner, details, .. } = command {
            return home(*owner, &details.scopes);
        }
        let key = self.existing.as_ref()?;
        let before = home(key.owner, &key.details.scopes);
        match command {
            // An organization does not learn what a key may do elsewhere.
            ApiKeyCommand::Update(patch) => {
                let stays = |wanted| home(key.owner, wanted) == before;
                before.filter(|_| patch.scopes.as_ref().is_none_or(stays))
            }
            ApiKeyCommand::Withdraw { organization } => Some(*organization),
            _ => before,
        }
    }
}

fn home(owner: Owner, scopes: &Scopes) -> Option<OrganizationId> {
    match (owner, scopes.organizations().as_slice()) {
        (Owner::Organization(id), _) => Some(id),
        (Owner::User(_), [only]) => Some(*only),
        (Owner::User(_), _) => None,
    }
}

impl Aggregate for ApiKey {
    const TYPE: &'static str = "api_key";
    type Command = ApiKeyCommand;
    type Event = ApiKeyEvent;
    type Error = ApiKeyError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: ApiKeyEvent) {
        use ApiKeyEvent as Event;
        if let Event::ApiKeyCreated { secret, owner, created_by, expires_at, details, .. } = event {
            self.existing = Some(Existing {
                owner,
                created_by,
                secrets: Accepted::only(secret),
                details,
                expires_at,
                disabled: false,
                revoked: false,
                expiry_recorded: false,
            });
            return;
        }
        let Some(key) = &mut self.existing else { return };
        match event {
            Event::ApiKeyCreated { .. } => {}
            Event::ApiKeyUpdated { changes, .. } => key.details.apply(&changes),
            Event::ApiKeyWithdrawn { organization } => key.details.withdraw(organization),
            Event::ApiKeyRotated { secret, expires_at, grace_until } => {
                key.secrets.rotate(secret, grace_until);
                key.expires_at = expires_at;
                key.expiry_recorded = false;
            }
            Event::ApiKeyDisabled {} => key.disabled = true,
            Event::ApiKeyEnabled {} => key.disabled = false,
            Event::ApiKeyRevoked { .. } => key.revoked = true,
            Event::ApiKeyExpired {} => key.expiry_recorded = true,
        }
    }
}
