//! What is remembered of a key: all that deciding on a request with it takes.

use std::net::IpAddr;

use aggregates::{
    api_key::{Owner, RateLimit, SecretHash},
    authorization::{Asker, Permissions, Reach},
    ids::{ApiKeyId, OrganizationId, UserId},
    network::Network,
};
use chrono::{DateTime, Utc};
use projections::api_keys::{ApiKeyRow, KeyStatus};
use subtle::ConstantTimeEq;

use crate::{readmodel::users::UserState, text::unhex};

/// A key as it is stored, made ready for use.
#[derive(Debug)]
pub struct KnownKey {
    pub row: ApiKeyRow,
    hash: [u8; 32],
    previous_hash: Option<[u8; 32]>,
    reach: Reach,
    organizations: Vec<OrganizationId>,
    /// What an organization's key has there.
    permissions: Permissions,
}

impl From<ApiKeyRow> for KnownKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            // A hash that cannot be read matches no key.
            hash: unhex(&row.hash).unwrap_or_default(),
            previous_hash: row.previous_hash.as_deref().and_then(unhex),
            reach: row.scopes.0.reach(),
            organizations: match row.owner() {
                Owner::Organization(id) => vec![id],
                Owner::User(_) => row.scopes.0.organizations(),
            },
            permissions: match row.owner() {
                Owner::Organization(id) => row.scopes.0.permissions(id),
                Owner::User(_) => Permissions::default(),
            },
            row,
        }
    }
}

impl KnownKey {
    pub fn id(&self) -> ApiKeyId {
        self.row.id
    }

    /// Whether this is the hash of the key, or of the previous secret while that still works.
    pub fn has_hash(&self, hash: &SecretHash, now: DateTime<Utc>) -> bool {
        let hash = hash.bytes();
        let current = self.hash.ct_eq(hash);
        let in_grace = self.row.grace_until.is_some_and(|until| now < until);
        let previous = self.previous_hash.filter(|_| in_grace).map(|previous| previous.ct_eq(hash));
        bool::from(previous.map_or(current, |previous| previous | current))
    }

    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        self.row.status(now)
    }

    /// The organization that the key works for, if there is only one.
    pub fn organization(&self) -> Option<OrganizationId> {
        match self.organizations.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The organizations that have to do with the key: its owner, or those that its scopes name.
    pub fn organizations(&self) -> &[OrganizationId] {
        &self.organizations
    }

    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.row.rate_limit.as_ref().map(|limit| limit.0)
    }

    /// Whether it may be used from there.
    pub fn admits(&self, address: Option<IpAddr>) -> bool {
        let networks: &[Network] = &self.row.ip_allowlist.0;
        networks.is_empty() || address.is_some_and(|address| networks.iter().any(|network| network.contains(address)))
    }

    /// Who asks with this key, when it is a person's.
    pub fn by_person(&self, id: UserId, user: UserState) -> Asker {
        Asker::User { id, superadmin: user.is_superadmin, reach: self.reach }
    }

    /// Who asks with this key, when it is an organization's.
    pub fn by_organization(&self, id: OrganizationId) -> Asker {
        Asker::Organization { id, permissions: self.permissions, creator: self.row.created_by }
    }
}
