//! `/api-keys`: making, changing, ending and verifying API keys.

mod body;
mod representation;
mod verify;

use aggregates::ids::{ApiKeyId, OrganizationId};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{SubsecRound, Utc};
use projections::api_keys::KeyStatus;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) use self::representation::ApiKey;
use self::{
    body::{ApiKeyChanges, NewApiKey, RevocationReason, Rotation},
    representation::{Download, IssuedApiKey, KeyOwner, RateLimit},
};
use super::organizations::{NoParams, resolve};
use crate::{
    commands::{
        Write,
        api_keys::{ChangeApiKeyStatus, CreateApiKey, RevokeApiKey, RotateApiKey, StatusChange, UpdateApiKey},
    },
    database,
    identity::{Credential, NewSecret},
    ledger::{Appended, StoredReply},
    readmodel::{api_keys::ApiKeyView, organizations::Reference},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::Fields,
        list::{List, Paging},
        reply,
        time::optional_time,
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
        .routes(routes!(presented))
        .routes(routes!(verify::verify))
        .routes(routes!(verify::revoke_self))
}

/// Create an API key
///
/// The reply shows the key, this once. All people may create keys for themselves, with `*:*` or for organizations in
/// which they have `api_keys:write_own`. A key of an organization needs `api_keys:write` there. No key gets more than
/// its creator has.
#[utoipa::path(
    post, path = "/api-keys", tag = TAG, operation_id = "create_api_key",
    request_body = NewApiKey,
    responses(
        (status = 201, body = IssuedApiKey, headers(("Location" = String), ("ETag" = String), ("Ledger-Position" = i64))),
        (status = 403, description = "More than the caller has", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn create(State(app): State<App>, input: Input<NewApiKey>) -> Result<Response, Problem> {
    let organization = match &input.body.organization {
        Some(reference) => Some(resolve(&app, reference).await?),
        None => None,
    };
    let (details, expires_at) = input.body.check(&app, Utc::now().trunc_subsecs(3)).await?;
    let handle = NewSecret::handle();
    let NewSecret { key, kept: secret } = NewSecret::new(&handle);
    let command = CreateApiKey { id: ApiKeyId::new(Uuid::now_v7()), handle, secret, organization, expires_at, details };
    let appended = app.commands.run(&input.write, &command, |shown| issued(shown, StatusCode::CREATED)).await?;
    reply::written(with_key(&app, appended, &input.write, &key)?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Id or slug of the organization whose keys are listed; your own keys when absent.
    organization: Option<String>,
    /// `active`, `disabled`, `expired` or `revoked`; all when absent.
    status: Option<String>,
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

/// What a key can be.
fn parse_status(text: &str) -> Result<KeyStatus, &'static str> {
    let all = [KeyStatus::Active, KeyStatus::Disabled, KeyStatus::Expired, KeyStatus::Revoked];
    all.into_iter().find(|status| status.as_str() == text).ok_or("must be active, disabled, expired or revoked")
}

/// List API keys
///
/// Your own, or an organization's, which needs the permission `api_keys:read`. Newest first.
#[utoipa::path(
    get, path = "/api-keys", tag = TAG, operation_id = "list_api_keys",
    params(ListParams),
    responses((status = 200, body = Vec<ApiKey>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(State(app): State<App>, caller: Caller, Query(params): Query<ListParams>) -> Result<Response, Problem> {
    let ListParams { organization, status, limit, cursor, include } = params;
    let mut fields = Fields::default();
    let wanted = fields.optional("?status", status.as_deref(), parse_status);
    let filters = vec![("organization", organization.clone()), ("status", status)];
    let paging = Paging { limit, cursor, include };
    let list = List::check(&app, caller.asker(), "/api-keys".to_owned(), filters, paging, fields)?;
    let (page, count) = (list.page(), list.wants_total());
    let found = match organization {
        Some(organization) => {
            let reference = Reference::parse(&organization);
            app.readmodel.api_keys(caller.asker(), &reference, wanted, page, count).await?
        }
        None => app.readmodel.own_api_keys(caller.asker(), wanted, page, count).await?,
    };
    let now = Utc::now();
    list.answer(&found.rows, |view| view.key.id.uuid(), |view| ApiKey::new(view, now), found.total)
}

/// Get an API key
///
/// Your own, or one of an organization where you have the permission `api_keys:read`. Callers who have neither that nor
/// `api_keys:write` there never learn that the key exists.
#[utoipa::path(
    get, path = "/api-keys/{id}", tag = TAG, operation_id = "get_api_key",
    params(("id" = String, Path, description = "Id")),
    responses((status = 200, body = ApiKey), (status = 404, description = "Unknown", body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.readmodel.api_key(caller.asker(), parse_id(&id)?).await?;
    let view = view.ok_or_else(|| Problem::new(Code::ApiKeyNotFound))?;
    reply::resource(&headers, &ApiKey::new(&view, Utc::now()), view.key.version)
}

/// Update an API key
///
/// Absent fields keep their values; null clears. An organization's key needs `api_keys:write`.
#[utoipa::path(
    patch, path = "/api-keys/{id}", tag = TAG, operation_id = "update_api_key",
    params(("id" = String, Path, description = "Id")),
    request_body = ApiKeyChanges,
    responses(
        (status = 200, body = ApiKey),
        (status = 403, description = "More than the caller has", body = ProblemDocument),
        (status = 409, description = "Revoked or expired", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    input: Input<ApiKeyChanges>,
) -> Result<Response, Problem> {
    let command = UpdateApiKey { id: parse_id(&id)?, patch: input.body.check(&app).await? };
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

/// Rotate the secret of an API key
///
/// The reply shows the new secret, this once. The previous secret keeps working for the grace period. The caller must
/// have everything that the key has.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotate", tag = TAG, operation_id = "rotate_api_key",
    params(("id" = String, Path, description = "Id")),
    request_body = Rotation,
    responses(
        (status = 200, body = IssuedApiKey),
        (status = 409, description = "Revoked or expired", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn rotate(State(app): State<App>, Path(id): Path<String>, input: Input<Rotation>) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let (grace, expires_at) = input.body.check(Utc::now().trunc_subsecs(3))?;
    let row = app.readmodel.api_key_row(id).await?.ok_or_else(|| Problem::new(Code::ApiKeyNotFound))?;
    let NewSecret { key, kept: secret } = NewSecret::new(&row.handle);
    let command = RotateApiKey { id, secret, grace, expires_at };
    let appended = app.commands.run(&input.write, &command, |shown| issued(shown, StatusCode::OK)).await?;
    reply::written(with_key(&app, appended, &input.write, &key)?)
}

/// Disable an API key
///
/// It is refused until it is enabled again.
#[utoipa::path(
    post, path = "/api-keys/{id}/disable", tag = TAG, operation_id = "disable_api_key",
    params(("id" = String, Path, description = "Id")),
    responses((status = 200, body = ApiKey), (status = 409, description = "Already disabled, or revoked or expired", body = ProblemDocument)),
)]
async fn disable(State(app): State<App>, Path(id): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    let command = ChangeApiKeyStatus { id: parse_id(&id)?, change: StatusChange::Disable };
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

/// Enable an API key
#[utoipa::path(
    post, path = "/api-keys/{id}/enable", tag = TAG, operation_id = "enable_api_key",
    params(("id" = String, Path, description = "Id")),
    responses((status = 200, body = ApiKey), (status = 409, description = "Not disabled, or revoked or expired", body = ProblemDocument)),
)]
async fn enable(State(app): State<App>, Path(id): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    let command = ChangeApiKeyStatus { id: parse_id(&id)?, change: StatusChange::Enable };
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

/// Revoke an API key
///
/// This is permanent. Revoking a revoked key changes nothing.
#[utoipa::path(
    post, path = "/api-keys/{id}/revoke", tag = TAG, operation_id = "revoke_api_key",
    params(("id" = String, Path, description = "Id")),
    request_body = RevocationReason,
    responses((status = 200, body = ApiKey), (status = 422, description = "A field is not valid", body = ProblemDocument)),
)]
async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
    input: Input<RevocationReason>,
) -> Result<Response, Problem> {
    let command = RevokeApiKey { id: parse_id(&id)?, reason: input.body.check()? };
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

/// The API key that a request was made with.
#[derive(Debug, Serialize, ToSchema)]
struct PresentedKey<'a> {
    #[schema(value_type = Uuid)]
    id: ApiKeyId,
    name: &'a str,
    owner: KeyOwner,
    /// The organization that the key works for, if there is only one.
    #[schema(value_type = Option<Uuid>)]
    organization: Option<OrganizationId>,
    scopes: Vec<String>,
    #[serde(serialize_with = "optional_time")]
    expires_at: Option<chrono::DateTime<Utc>>,
    rate_limit: Option<RateLimit>,
}

/// Describe the API key of this request
///
/// A cheap way for a program to see whether its key works; the answer comes from memory.
#[utoipa::path(
    get, path = "/api-keys/self", tag = TAG, operation_id = "get_presented_api_key",
    responses(
        (status = 200, body = PresentedKey),
        (status = 401, description = "The request carries no valid API key", body = ProblemDocument),
    ),
)]
async fn presented(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(NoParams {}): Query<NoParams>,
) -> Result<Response, Problem> {
    let Credential::ApiKey(id, _) = caller.credential else { return Err(Problem::new(Code::ApiKeyRequired)) };
    let known = app.api_keys.presented(id).await.map_err(stale)?.ok_or_else(Problem::invalid_token)?;
    let shown = PresentedKey {
        id,
        name: &known.row.name,
        owner: known.row.owner().into(),
        organization: known.organization(),
        scopes: app.api_keys.written(&known).await.map_err(stale)?,
        expires_at: known.row.expires_at,
        rate_limit: app.api_keys.rate_limit(known.rate_limit()).map(RateLimit::from),
    };
    Ok(reply::plain(&shown))
}

/// What memory says is not shown when it cannot be known to be true.
fn stale(error: database::Error) -> Problem {
    tracing::warn!(error = %database::chain(&error), "an API key could not be described");
    Problem::new(Code::AuthorizationStale)
}

fn parse_id(text: &str) -> Result<ApiKeyId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::ApiKeyNotFound))
}

/// Shows the key as it is after the write.
fn shown(view: &ApiKeyView) -> StoredReply {
    reply::stored(StatusCode::OK, &ApiKey::new(view, Utc::now()), Some(view.key.version))
}

/// Shows a key that has a new secret. The secret is not part of what is stored.
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
fn with_key(app: &App, appended: Appended, write: &Write, key: &SecretString) -> Result<Appended, Problem> {
    reply::with_secret(appended, write, |body| {
        let masked = body.get("masked_key").and_then(|masked| masked.as_str()).unwrap_or_default();
        let download = Download::new(masked, key.expose_secret(), &app.settings.public_url);
        body.insert("key".to_owned(), key.expose_secret().into());
        body.insert("download".to_owned(), serde_json::to_value(download).unwrap_or_default());
        body.insert("secret_available".to_owned(), true.into());
    })
}
