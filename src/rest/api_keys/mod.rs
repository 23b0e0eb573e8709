//! `/api-keys`: making, changing, ending and verifying API keys.

mod bearer;
mod body;
mod representation;
mod verify;

use aggregates::ids::ApiKeyId;
use axum::http::StatusCode;
use chrono::{SubsecRound, Utc};
use projections::api_keys::KeyStatus;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

pub(crate) use self::representation::ApiKey;
use self::{
    body::{ApiKeyChanges, ApiKeyRevocation, ApiKeyRotation, NewApiKey},
    representation::{Download, IssuedApiKey},
};
use crate::{
    commands::api_keys::{ChangeApiKeyStatus, CreateApiKey, RevokeApiKey, RotateApiKey, StatusChange, UpdateApiKey},
    database,
    identity::NewSecret,
    ledger::{Appended, StoredReply},
    readmodel::{api_keys::ApiKeyView, organizations::Reference},
    web::{
        Code, Problem, Routes,
        extract::{In, Listing, Nothing, One, Place, Reads, Segment, Writer, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{self, Changed, Created, Found, Page},
        routes,
    },
};

const TAG: &str = "api keys";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(rotate))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(revoke))
        .merge(bearer::routes())
        .merge(verify::routes())
}

/// Create an API key
///
/// The reply shows the key, this once. All people may create keys for themselves, with `*:*` or for organizations in
/// which they have `api_keys:write_own`. A key of an organization needs `api_keys:write` there. No key gets more than
/// its creator has.
#[utoipa::path(
    post, path = "/api-keys", tag = TAG, operation_id = "create_api_key",
    responses(
        (status = 403, description = "More than the caller has"),
        (status = 404, description = "There is no such organization"),
        (status = 409, description = "The owner has as many keys as they can have"),
    ),
)]
async fn create(Writes { by, body, .. }: Writes<NewApiKey>) -> Result<Created<IssuedApiKey<'static>>, Problem> {
    let organization = match &body.organization {
        Some(reference) => Some(In(<Reference as Segment>::parse(reference)?).resolve(&by.app).await?),
        None => None,
    };
    let (details, expires_at) = body.check(&by.app, Utc::now().trunc_subsecs(3)).await?;
    let handle = NewSecret::handle();
    let NewSecret { key, kept: secret } = NewSecret::new(&handle);
    let command = CreateApiKey { id: ApiKeyId::new(Uuid::now_v7()), handle, secret, organization, expires_at, details };
    let appended = by.run(&command, |view| issued(view, StatusCode::CREATED)).await?;
    Ok(with_key(&by, appended, &key)?.into())
}

/// Which keys a list shows.
#[derive(Debug, Clone)]
pub(crate) struct ApiKeyFilter {
    /// Those of this organization; the caller's own without it.
    pub organization: Option<Reference>,
    pub status: Option<KeyStatus>,
}

impl Filter for ApiKeyFilter {}

impl Parameters for ApiKeyFilter {
    fn read(query: &mut Query) -> Self {
        let meaning = "Id or slug of the organization whose keys are listed; your own keys when absent.";
        let organization = query.text("organization", meaning);
        Self {
            organization: organization.as_deref().map(Reference::parse),
            status: query.word("status", "All when absent."),
        }
    }
}

/// List API keys
///
/// Your own, or an organization's, which needs the permission `api_keys:read`. Newest first.
#[utoipa::path(
    get, path = "/api-keys", tag = TAG, operation_id = "list_api_keys",
    responses(
        (status = 403, description = "Without the permission in the organization, or not a person to have keys"),
        (status = 404, description = "There is no such organization"),
    ),
)]
async fn list(request: Listing<ApiKeyFilter>) -> Result<Page<ApiKey<'static>>, Problem> {
    let ApiKeyFilter { organization, status } = &request.filter;
    let (readmodel, asker, page, count) =
        (&request.app.readmodel, request.asker(), request.page(), request.wants_total());
    let found = match organization {
        Some(organization) => readmodel.api_keys(asker, organization, *status, page, count).await?,
        None => readmodel.own_api_keys(asker, *status, page, count).await?,
    };
    let (now, id) = (Utc::now(), |view: &ApiKeyView| view.key.id.uuid());
    Ok(request.answer_as(&found.rows, id, |view| vec![ApiKey::new(view, now)], found.total))
}

/// Get an API key
///
/// Your own, or one of an organization where you have the permission `api_keys:read`. Callers who have neither that nor
/// `api_keys:write` there never learn that the key exists.
#[utoipa::path(
    get, path = "/api-keys/{id}", tag = TAG, operation_id = "get_api_key",
    responses((status = 403, description = "Without the permission in the organization, but with `api_keys:write`")),
)]
async fn get(request: Reads<One<ApiKeyId>>) -> Result<Found<ApiKey<'static>>, Problem> {
    let One(id) = request.path;
    let view = request.app.readmodel.api_key(request.asker(), id).await?;
    let view = view.ok_or_else(|| Problem::new(Code::ApiKeyNotFound))?;
    Ok(request.found_as(&ApiKey::new(&view, Utc::now()), view.key.version))
}

/// Update an API key
///
/// Absent fields keep their values; null clears. An organization's key needs `api_keys:write`.
#[utoipa::path(
    patch, path = "/api-keys/{id}", tag = TAG, operation_id = "update_api_key",
    responses(
        (status = 403, description = "More than the caller has"),
        (status = 409, description = "Revoked or expired"),
    ),
)]
async fn update(
    Writes { by, path: id, body, .. }: Writes<ApiKeyChanges, One<ApiKeyId>>,
) -> Result<Changed<ApiKey<'static>>, Problem> {
    let command = UpdateApiKey { id, patch: body.check(&by.app).await? };
    Ok(by.run(&command, shown).await?.into())
}

/// Rotate the secret of an API key
///
/// The reply shows the new secret, this once. The previous secret keeps working for the grace period. The caller must
/// have everything that the key has.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotate", tag = TAG, operation_id = "rotate_api_key",
    responses((status = 409, description = "Revoked or expired")),
)]
async fn rotate(
    Writes { by, path: id, body, .. }: Writes<ApiKeyRotation, One<ApiKeyId>>,
) -> Result<Changed<IssuedApiKey<'static>>, Problem> {
    let (grace, expires_at) = body.check(Utc::now().trunc_subsecs(3))?;
    let row = by.app.readmodel.api_key_row(id).await?.ok_or_else(|| Problem::new(Code::ApiKeyNotFound))?;
    let NewSecret { key, kept: secret } = NewSecret::new(&row.handle);
    let command = RotateApiKey { id, secret, grace, expires_at };
    let appended = by.run(&command, |view| issued(view, StatusCode::OK)).await?;
    Ok(with_key(&by, appended, &key)?.into())
}

/// Disable an API key
///
/// It is refused until it is enabled again.
#[utoipa::path(
    post, path = "/api-keys/{id}/disable", tag = TAG, operation_id = "disable_api_key",
    responses((status = 409, description = "Already disabled, or revoked or expired")),
)]
async fn disable(
    Writes { by, path: id, .. }: Writes<Nothing, One<ApiKeyId>>,
) -> Result<Changed<ApiKey<'static>>, Problem> {
    Ok(by.run(&ChangeApiKeyStatus { id, change: StatusChange::Disable }, shown).await?.into())
}

/// Enable an API key
///
/// One that was disabled works again, with the same secret. An organization's key needs `api_keys:write`.
#[utoipa::path(
    post, path = "/api-keys/{id}/enable", tag = TAG, operation_id = "enable_api_key",
    responses((status = 409, description = "Not disabled, or revoked or expired")),
)]
async fn enable(
    Writes { by, path: id, .. }: Writes<Nothing, One<ApiKeyId>>,
) -> Result<Changed<ApiKey<'static>>, Problem> {
    Ok(by.run(&ChangeApiKeyStatus { id, change: StatusChange::Enable }, shown).await?.into())
}

/// Revoke an API key
///
/// This is permanent. Revoking a revoked key changes nothing.
#[utoipa::path(post, path = "/api-keys/{id}/revoke", tag = TAG, operation_id = "revoke_api_key")]
async fn revoke(
    Writes { by, path: id, body, .. }: Writes<ApiKeyRevocation, One<ApiKeyId>>,
) -> Result<Changed<ApiKey<'static>>, Problem> {
    Ok(by.run(&RevokeApiKey { id, reason: body.check()? }, shown).await?.into())
}

/// What memory says is not shown when it cannot be known to be true.
fn stale(error: database::Error) -> Problem {
    tracing::warn!(error = %database::chain(&error), "an API key could not be described");
    Problem::new(Code::AuthorizationStale)
}

/// Shows the key as it is after the write.
fn shown(view: &ApiKeyView) -> StoredReply {
    reply::changed(&ApiKey::new(view, Utc::now()), view.key.version)
}

/// The same for a key that has a new secret, which is not part of what is stored.
fn issued(view: &ApiKeyView, status: StatusCode) -> StoredReply {
    let api_key = ApiKey::new(view, Utc::now());
    let body = IssuedApiKey { api_key, secret_available: false, key: None, download: None };
    let version = view.key.version;
    match status {
        StatusCode::CREATED => reply::created(&body, version, format!("/api/v1/api-keys/{}", view.key.id)),
        status => reply::stored(status, &body, Some(version)),
    }
}

/// Shows the key, this once.
fn with_key(by: &Writer, appended: Appended, key: &SecretString) -> Result<Appended, Problem> {
    reply::with_secret(appended, &by.write, |body| {
        let masked = body.get("masked_key").and_then(|masked| masked.as_str()).unwrap_or_default();
        let download = Download::new(masked, key.expose_secret(), &by.app.settings.public_url);
        body.insert("key".to_owned(), key.expose_secret().into());
        body.insert("download".to_owned(), serde_json::to_value(download).unwrap_or_default());
        body.insert("secret_available".to_owned(), true.into());
    })
}
