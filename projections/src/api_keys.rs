//! API keys.

use aggregates::{
    api_key::{ApiKeyEvent, Details, OnCreatorLeave, Owner, RateLimit, Revocation},
    authorization::Scopes,
    ids::{ApiKeyId, OrganizationId, UserId},
    network::Network,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    FoldError, RowKeys, Rows,
    row::{Json, row},
};

row! {
    /// One API key. Whether it is valid also depends on its owner.
    pub struct ApiKeyRow in "api_keys", key(id: ApiKeyId), group(owner_id) {
        pub id: ApiKeyId,
        /// The part of the key by which it is found.
        pub handle: String,
        /// The last characters of the key.
        pub ending: String,
        /// SHA-256 of the key.
        pub hash: String,
        /// SHA-256 of the key with the previous secret.
        pub previous_hash: Option<String>,
        /// Until when the previous secret works as well.
        pub grace_until: Option<DateTime<Utc>>,
        /// A user's or an organization's.
        pub owner_id: Uuid,
        pub owned_by_organization: bool,
        pub created_by: UserId,
        pub name: String,
        pub description: Option<String>,
        pub scopes: Json<Scopes>,
        /// Anywhere when empty.
        pub ip_allowlist: Json<Vec<Network>>,
        pub rate_limit: Option<Json<RateLimit>>,
        pub on_creator_leave: OnCreatorLeave,
        pub expires_at: Option<DateTime<Utc>>,
        /// Whether the ledger says that its time has passed.
        pub expiry_recorded: bool,
        pub disabled: bool,
        pub revocation: Option<Revocation>,
        pub revoked_at: Option<DateTime<Utc>>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

/// What a key is by itself at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyStatus {
    Active,
    Disabled,
    Expired,
    Revoked,
}

impl KeyStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl ApiKeyRow {
    pub fn owner(&self) -> Owner {
        if self.owned_by_organization {
            Owner::Organization(OrganizationId::new(self.owner_id))
        } else {
            Owner::User(UserId::new(self.owner_id))
        }
    }

    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => KeyStatus::Revoked,
            (_, Some(at)) if at <= now => KeyStatus::Expired,
            _ if self.disabled => KeyStatus::Disabled,
            _ => KeyStatus::Active,
        }
    }

    fn details(&self) -> Details {
        Details {
            name: self.name.clone(),
            description: self.description.clone(),
            scopes: self.scopes.0.clone(),
            ip_allowlist: self.ip_allowlist.0.clone(),
            rate_limit: self.rate_limit.as_ref().map(|limit| limit.0),
            on_creator_leave: self.on_creator_leave,
        }
    }

    fn set_details(&mut self, details: Details) {
        let Details { name, description, scopes, ip_allowlist, rate_limit, on_creator_leave } = details;
        self.name = name;
        self.description = description;
        self.scopes = Json(scopes);
        self.ip_allowlist = Json(ip_allowlist);
        self.rate_limit = rate_limit.map(Json);
        self.on_creator_leave = on_creator_leave;
    }
}

pub(crate) fn keys(id: ApiKeyId, event: &ApiKeyEvent, keys: &mut RowKeys) {
    keys.api_keys.insert((id,));
    keys.memberships.extend(event.given_to());
}

pub(crate) fn fold(id: ApiKeyId, event: &ApiKeyEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    for member in event.given_to() {
        if rows.memberships.get(&member).is_some() {
            rows.memberships.update(&member, |row| row.api_keys += 1)?;
        }
    }
    if let ApiKeyEvent::ApiKeyCreated { handle, secret, owner, created_by, expires_at, details } = event {
        let (owner_id, owned_by_organization) = match owner {
            Owner::User(id) => (id.uuid(), false),
            Owner::Organization(id) => (id.uuid(), true),
        };
        return rows.api_keys.insert(ApiKeyRow {
            id,
            handle: handle.clone(),
            ending: secret.ending.clone(),
            hash: secret.hash.clone(),
            previous_hash: None,
            grace_until: None,
            owner_id,
            owned_by_organization,
            created_by: *created_by,
            name: details.name.clone(),
            description: details.description.clone(),
            scopes: Json(details.scopes.clone()),
            ip_allowlist: Json(details.ip_allowlist.clone()),
            rate_limit: details.rate_limit.map(Json),
            on_creator_leave: details.on_creator_leave,
            expires_at: *expires_at,
            expiry_recorded: false,
            disabled: false,
            revocation: None,
            revoked_at: None,
            version: 1,
            created_at: at,
            updated_at: at,
        });
    }
    rows.api_keys.update(&(id,), |row| {
        change(row, event, at);
        row.version += 1;
        row.updated_at = at;
    })
}

fn change(row: &mut ApiKeyRow, event: &ApiKeyEvent, at: DateTime<Utc>) {
    use ApiKeyEvent as Event;
    match event {
        Event::ApiKeyCreated { .. } => {}
        Event::ApiKeyUpdated { changes, .. } => {
            let mut details = row.details();
            details.apply(changes);
            row.set_details(details);
        }
        Event::ApiKeyWithdrawn { organization } => {
            let mut details = row.details();
            details.withdraw(*organization);
            row.set_details(details);
        }
        Event::ApiKeyRotated { secret, expires_at, grace_until } => {
            let before = std::mem::replace(&mut row.hash, secret.hash.clone());
            row.previous_hash = grace_until.map(|_| before);
            row.grace_until = *grace_until;
            row.ending.clone_from(&secret.ending);
            row.expires_at = *expires_at;
            row.expiry_recorded = false;
        }
        Event::ApiKeyDisabled {} => row.disabled = true,
        Event::ApiKeyEnabled {} => row.disabled = false,
        Event::ApiKeyRevoked { reason } => {
            row.revocation = Some(*reason);
            row.revoked_at = Some(at);
        }
        Event::ApiKeyExpired {} => row.expiry_recorded = true,
    }
}
