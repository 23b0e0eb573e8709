//! `/users`: every account, for superadmins.

use aggregates::{authorization::Asker, email::Email, ids::UserId, name::parse_name};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use projections::users::UserRow;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::organizations::NoParams;
use crate::{
    commands::{
        Write,
        users::{Administer, Administration, IssuePasswordReset, UpdateAccount},
    },
    identity::one_time::OneTime,
    readmodel::users::UserFilter,
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::{Fields, present},
        list::{List, Paging},
        reply,
        time::time,
    },
};

const TAG: &str = "users";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(get, update))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(grant_superadmin))
        .routes(routes!(revoke_superadmin))
        .routes(routes!(password_reset))
}

/// An account, as the platform's operator sees it.
#[derive(Debug, Serialize, ToSchema)]
struct User<'a> {
    #[schema(value_type = Uuid)]
    id: UserId,
    email: Option<&'a str>,
    name: Option<&'a str>,
    /// The organization that the person says they belong to.
    organization: Option<&'a str>,
    /// `invited`, `active` or `disabled`.
    status: &'static str,
    is_superadmin: bool,
    #[serde(serialize_with = "time")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    updated_at: DateTime<Utc>,
}

impl<'a> From<&'a UserRow> for User<'a> {
    fn from(row: &'a UserRow) -> Self {
        Self {
            id: row.id,
            email: row.email.as_deref(),
            name: row.name.as_deref(),
            organization: row.organization.as_deref(),
            status: match (row.disabled, row.activated) {
                (true, _) => "disabled",
                (false, true) => "active",
                (false, false) => "invited",
            },
            is_superadmin: row.is_superadmin,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Part of the name or e-mail address; case is ignored.
    search: Option<String>,
    /// 1 to 100.
    limit: Option<i64>,
    /// From the `Link` of the previous page.
    cursor: Option<String>,
}

fn operator(asker: Asker) -> Result<(), Problem> {
    if asker.operates() { Ok(()) } else { Err(Problem::new(Code::SuperadminOnly)) }
}

/// An account, whose existence only superadmins learn of.
fn account(asker: Asker, id: &str) -> Result<UserId, Problem> {
    operator(asker)?;
    id.parse().map_err(|_| Problem::new(Code::UserNotFound))
}

/// List accounts
///
/// Newest first.
#[utoipa::path(
    get, path = "/users", tag = TAG, operation_id = "list_users", params(ListParams),
    responses((status = 200, body = Vec<User>), (status = 403, body = ProblemDocument)),
)]
async fn list(State(app): State<App>, caller: Caller, Query(params): Query<ListParams>) -> Result<Response, Problem> {
    operator(caller.asker())?;
    let filter = UserFilter { search: params.search.filter(|text| !text.is_empty()) };
    let filters = vec![("search", filter.search.clone())];
    let paging = Paging { limit: params.limit, cursor: params.cursor, include: None };
    let list = List::check(&app, caller.asker(), "/users".to_owned(), filters, paging, Fields::default())?;
    let rows = app.readmodel.users(caller.asker(), &filter, list.page()).await?;
    list.answer(&rows, |row| row.id.uuid(), User::from, None)
}

/// Get an account
#[utoipa::path(
    get, path = "/users/{id}", tag = TAG, operation_id = "get_user",
    params(("id" = String, Path, description = "Id of an account")),
    responses((status = 200, body = User), (status = 404, body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user = account(caller.asker(), &id)?;
    let row = app.readmodel.user(caller.asker(), user).await?.ok_or_else(|| Problem::new(Code::UserNotFound))?;
    reply::resource(&headers, &User::from(&row), row.version)
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountChanges {
    email: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    organization: Option<Option<String>>,
}

/// Change an account
#[utoipa::path(
    patch, path = "/users/{id}", tag = TAG, operation_id = "update_user",
    params(("id" = String, Path, description = "Id of an account")),
    request_body = AccountChanges,
    responses((status = 200, body = User), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    input: Input<AccountChanges>,
) -> Result<Response, Problem> {
    let user = account(input.principal.asker, &id)?;
    let mut fields = Fields::default();
    let email = fields.optional("/email", input.body.email, |email| Email::parse(&email));
    let name = fields.nullable("/name", input.body.name, |name| parse_name(&name));
    let organization = fields.nullable("/organization", input.body.organization, |name| parse_name(&name));
    let command = fields.finish(Some(UpdateAccount { user, email, name, organization }))?;
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

fn shown(row: &UserRow) -> crate::ledger::StoredReply {
    reply::stored(StatusCode::OK, &User::from(row), Some(row.version))
}

async fn administer(app: &App, id: &str, write: &Write, administration: Administration) -> Result<Response, Problem> {
    let command = Administer { user: account(write.asker, id)?, administration };
    reply::written(app.commands.run(write, &command, shown).await?)
}

/// Disable an account
///
/// All its sessions end, and nobody can sign in to it.
#[utoipa::path(
    post, path = "/users/{id}/disable", tag = TAG, operation_id = "disable_user",
    params(("id" = String, Path, description = "Id of an account")),
    responses((status = 200, body = User), (status = 409, body = ProblemDocument)),
)]
async fn disable(State(app): State<App>, Path(id): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    administer(&app, &id, &input.write, Administration::Disable).await
}

/// Enable a disabled account
#[utoipa::path(
    post, path = "/users/{id}/enable", tag = TAG, operation_id = "enable_user",
    params(("id" = String, Path, description = "Id of an account")),
    responses((status = 200, body = User), (status = 409, body = ProblemDocument)),
)]
async fn enable(State(app): State<App>, Path(id): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    administer(&app, &id, &input.write, Administration::Enable).await
}

/// Make a user a superadmin
#[utoipa::path(
    post, path = "/users/{id}/grant-superadmin", tag = TAG, operation_id = "grant_superadmin",
    params(("id" = String, Path, description = "Id of an account")),
    responses((status = 200, body = User)),
)]
async fn grant_superadmin(
    State(app): State<App>,
    Path(id): Path<String>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    administer(&app, &id, &input.write, Administration::GrantSuperadmin).await
}

/// Make a superadmin an ordinary user again
///
/// Superadmins cannot do this to themselves, so that there is always one.
#[utoipa::path(
    post, path = "/users/{id}/revoke-superadmin", tag = TAG, operation_id = "revoke_superadmin",
    params(("id" = String, Path, description = "Id of an account")),
    responses((status = 200, body = User), (status = 409, body = ProblemDocument)),
)]
async fn revoke_superadmin(
    State(app): State<App>,
    Path(id): Path<String>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    administer(&app, &id, &input.write, Administration::RevokeSuperadmin).await
}

/// A token for setting a new password.
#[derive(Debug, Serialize, ToSchema)]
struct PasswordResetLink {
    #[schema(value_type = Uuid)]
    user_id: UserId,
    /// For POST /api/v1/auth/password-reset, works once, within 24 hours. Absent in a repeated reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Whether the token is included.
    secret_available: bool,
}

/// Create a password reset link
///
/// Until the product sends mail, the superadmin passes the link on. It also activates an invited account.
#[utoipa::path(
    post, path = "/users/{id}/password-reset", tag = TAG, operation_id = "issue_password_reset",
    params(("id" = String, Path, description = "Id of an account")),
    responses((status = 200, body = PasswordResetLink), (status = 409, body = ProblemDocument)),
)]
async fn password_reset(
    State(app): State<App>,
    Path(id): Path<String>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let user = account(input.principal.asker, &id)?;
    let link = OneTime::new(user.uuid());
    let command = IssuePasswordReset { user, token_hash: link.hash };
    let present = move |_: &UserRow| {
        reply::stored(StatusCode::OK, &PasswordResetLink { user_id: user, token: None, secret_available: false }, None)
    };
    let appended = app.commands.run(&input.write, &command, present).await?;
    let revealed = reply::with_secret(appended, &input.write, |body| {
        body.insert("token".to_owned(), link.token.expose_secret().into());
        body.insert("secret_available".to_owned(), true.into());
    });
    reply::written(revealed?)
}
