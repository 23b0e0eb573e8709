//! What can happen to an API key.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Details, Secret};
use crate::{
    authorization::Scopes,
    change::Change,
    event_types::event_types,
    ids::{OrganizationId, UserId},
    network::Network,
};

/// Whose key it is. What it may do is never more than what its owner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    User(UserId),
    Organization(OrganizationId),
}

impl Owner {
    pub fn organization(self) -> Option<OrganizationId> {
        match self {
            Self::Organization(id) => Some(id),
            Self::User(_) => None,
        }
    }

    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Organization(_) => None,
        }
    }
}

/// How often a key may be used: so many times in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    pub requests: u32,
    pub window_seconds: u32,
}

/// Why a key was revoked, after the reasons of RFC 5280, section 5.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    #[default]
    Unspecified,
    KeyCompromise,
    /// Its owner no longer belongs to the organization.
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    PrivilegeWithdrawn,
}

/// What happens to an organization's key when the member who made it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnCreatorLeave {
    #[default]
    Keep,
    Revoke,
}

impl ApiKeyEvent {
    /// The members whose leaving ends what this gives, and where.
    pub fn given_to(&self) -> Vec<(OrganizationId, UserId)> {
        let (owner, created_by, scopes, leave) = match self {
            Self::ApiKeyCreated { owner, created_by, details, .. } => {
                (*owner, *created_by, Some(&details.scopes), Some(details.on_creator_leave))
            }
            Self::ApiKeyUpdated { owner, created_by, changes } => {
                let scopes = changes.scopes.as_ref().map(|change| &change.to);
                (*owner, *created_by, scopes, changes.on_creator_leave.map(|change| change.to))
            }
            _ => return vec![],
        };
        match owner {
            Owner::User(user) => {
                scopes.map(Scopes::organizations).unwrap_or_default().into_iter().map(|id| (id, user)).collect()
            }
            Owner::Organization(id) if leave == Some(OnCreatorLeave::Revoke) => vec![(id, created_by)],
            Owner::Organization(_) => vec![],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiKeyEvent {
    ApiKeyCreated {
        /// The part of the key by which it is found; no other key has the same.
        handle: String,
        secret: Secret,
        owner: Owner,
        created_by: UserId,
        expires_at: Option<DateTime<Utc>>,
        #[serde(flatten)]
        details: Details,
    },
    ApiKeyUpdated {
        owner: Owner,
        created_by: UserId,
        changes: Box<ApiKeyChanges>,
    },
    /// It has another secret. The previous one works until then.
    ApiKeyRotated {
        secret: Secret,
        expires_at: Option<DateTime<Utc>>,
        grace_until: Option<DateTime<Utc>>,
    },
    /// What it may do in an organization is taken from it; what it may do elsewhere is none of that organization's
    /// business, so it is not told here.
    ApiKeyWithdrawn {
        organization: OrganizationId,
    },
    ApiKeyDisabled {},
    ApiKeyEnabled {},
    ApiKeyRevoked {
        reason: Revocation,
    },
    /// Its time has passed. That it has is decided whenever the key is used; this records it.
    ApiKeyExpired {},
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ApiKeyChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Change<Scopes>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_allowlist: Option<Change<Vec<Network>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<Change<Option<RateLimit>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_creator_leave: Option<Change<OnCreatorLeave>>,
}

/// Events that can take from a key what it was allowed to do. What was decided for its bearer holds when none of these
/// has happened since.
pub const REVOCATIONS: &[&str] =
    &["ApiKeyUpdated", "ApiKeyWithdrawn", "ApiKeyRotated", "ApiKeyDisabled", "ApiKeyRevoked", "ApiKeyExpired"];

event_types! {
    ApiKeyEvent {
        ApiKeyCreated = "ApiKeyCreated",
        ApiKeyUpdated = "ApiKeyUpdated",
        ApiKeyRotated = "ApiKeyRotated",
        ApiKeyWithdrawn = "ApiKeyWithdrawn",
        ApiKeyDisabled = "ApiKeyDisabled",
        ApiKeyEnabled = "ApiKeyEnabled",
        ApiKeyRevoked = "ApiKeyRevoked",
        ApiKeyExpired = "ApiKeyExpired",
    }
}
