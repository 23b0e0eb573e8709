//! The representation of an API key.

use aggregates::{
    api_key::{OnCreatorLeave, Owner, RateLimit as Limit, Revocation},
    ids::{ApiKeyId, UserId},
};
use chrono::{DateTime, Utc};
use projections::api_keys::KeyStatus;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    identity::masked,
    readmodel::api_keys::ApiKeyView,
    web::{
        time::{optional_time, time},
        words::{self, Named, words},
    },
};

/// A program's credential. The key itself is shown once, when it is created or rotated.
///
/// `on_creator_leave` is what happens to an organization's key when the member who created it leaves, and
/// `revocation_reason` why the key was revoked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey<'a> {
    #[schema(value_type = Uuid)]
    pub id: ApiKeyId,
    /// The beginning and the end of the key, by which people recognize it.
    #[schema(example = "sk_live_abc123...xyz789")]
    pub masked_key: String,
    pub name: &'a str,
    pub description: Option<&'a str>,
    pub owner: ApiKeyOwner,
    /// `*:*`, or `org:<slug>:<permission>` with today's slug; `*` stands for all permissions.
    #[schema(example = json!(["org:acme-corp:*"]))]
    pub scopes: &'a [String],
    /// Networks that the key may be used from; anywhere when empty.
    pub ip_allowlist: Vec<String>,
    /// The deployment's default when null.
    pub rate_limit: Option<RateLimit>,
    #[schema(schema_with = words::schema::<OnCreatorLeave>)]
    pub on_creator_leave: Named<OnCreatorLeave>,
    #[schema(schema_with = words::schema::<KeyStatus>)]
    pub status: Named<KeyStatus>,
    /// When it was last used, up to a second behind; null if never.
    #[serde(serialize_with = "optional_time")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Null if it never expires.
    #[serde(serialize_with = "optional_time")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Until when the secret from before the last rotation works as well.
    #[serde(serialize_with = "optional_time")]
    pub grace_until: Option<DateTime<Utc>>,
    #[serde(serialize_with = "optional_time")]
    pub revoked_at: Option<DateTime<Utc>>,
    #[schema(schema_with = words::nullable::<Revocation>)]
    pub revocation_reason: Option<Named<Revocation>>,
    pub created_by: ApiKeyCreator<'a>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

/// Whose key it is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ApiKeyOwner {
    #[serde(rename = "type")]
    #[schema(schema_with = words::schema::<OwnerKind>)]
    pub kind: Named<OwnerKind>,
    pub id: Uuid,
}

/// What can own a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    User,
    Organization,
}

words! {
    OwnerKind { User = "user", Organization = "organization", }
}

/// Who created a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyCreator<'a> {
    #[schema(value_type = Uuid)]
    pub id: UserId,
    /// Null until the person has given one.
    pub name: Option<&'a str>,
}

/// A number of requests within a number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ApiKeyRateLimit)]
pub struct RateLimit {
    pub requests: u32,
    pub window_seconds: u32,
}

impl From<Limit> for RateLimit {
    fn from(Limit { requests, window_seconds }: Limit) -> Self {
        Self { requests, window_seconds }
    }
}

impl From<Owner> for ApiKeyOwner {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::User(id) => Self { kind: Named(OwnerKind::User), id: id.uuid() },
            Owner::Organization(id) => Self { kind: Named(OwnerKind::Organization), id: id.uuid() },
        }
    }
}

impl<'a> ApiKey<'a> {
    pub fn new(view: &'a ApiKeyView, now: DateTime<Utc>) -> Self {
        let row = &view.key;
        Self {
            id: row.id,
            masked_key: masked(&row.handle, &row.ending),
            name: &row.name,
            description: row.description.as_deref(),
            owner: row.owner().into(),
            scopes: &view.scopes,
            ip_allowlist: row.ip_allowlist.0.iter().map(ToString::to_string).collect(),
            rate_limit: row.rate_limit.as_ref().map(|limit| limit.0.into()),
            on_creator_leave: Named(row.on_creator_leave),
            status: Named(row.status(now)),
            last_used_at: view.last_used_at,
            expires_at: row.expires_at,
            grace_until: row.grace_until.filter(|until| now < *until),
            revoked_at: row.revoked_at,
            revocation_reason: row.revocation.map(Named),
            created_by: ApiKeyCreator {
                id: row.created_by,
                name: view.creator.as_ref().and_then(|creator| creator.name.as_deref()),
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The reply to creating or rotating a key, the only one with the key itself.
#[derive(Serialize, ToSchema)]
pub struct IssuedApiKey<'a> {
    #[serde(flatten)]
    pub api_key: ApiKey<'a>,
    /// Whether this reply has the key; a repeated reply does not.
    pub secret_available: bool,
    /// The key itself, shown this once and stored nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "sk_live_<8 characters>_<36 characters>")]
    pub key: Option<String>,
    /// The key as a file to save.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub download: Option<Download>,
}

/// A key as a file to save.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyDownload)]
pub struct Download {
    pub filename: String,
    pub media_type: &'static str,
    pub content: String,
}

impl Download {
    /// Lines that shells and most frameworks read.
    pub fn new(masked_key: &str, key: &str, public_url: &str) -> Self {
        let stem: String = masked_key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let content = format!(
            "# curl -H \"Authorization: Bearer $TENANTRY_API_KEY\" {public_url}/v1/projects\nTENANTRY_API_KEY={key}\n"
        );
        Self { filename: format!("{stem}.env"), media_type: "text/plain", content }
    }
}
