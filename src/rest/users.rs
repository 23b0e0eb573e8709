//! `/users`: every account, for superadmins.

use aggregates::{authorization::Asker, email::Email, ids::UserId, name::parse_name};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use projections::users::UserRow;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    commands::users::{Administer, Administration, IssuePasswordReset, UpdateAccount},
    identity::one_time::OneTime,
    readmodel::{
        Listed, Untagged,
        users::{UserFilter, UserStatus},
    },
    web::{
        Code, Problem, Routes,
        extract::{Listing, Nothing, One, Reads, Segment, Writer, Writes},
        fields::{Fields, present},
        list::Filter,
        query::{Parameters, Query},
        reply::{self, Answered, Changed, Found, Page, Represents},
        routes,
        time::time,
        words::{self, Named},
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
    #[schema(schema_with = words::schema::<UserStatus>)]
    status: Named<UserStatus>,
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
            status: Named(UserStatus::of(row)),
            is_superadmin: row.is_superadmin,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Represents for User<'_> {
    type View = UserRow;
    type As<'v> = User<'v>;
}

/// An account, whose existence only superadmins learn of. None where the path has no id.
struct Account(Option<UserId>);

impl Segment for Account {
    const MEANING: &'static str = "Id of an account";

    fn parse(text: &str) -> Result<Self, Problem> {
        Ok(Self(text.parse().ok()))
    }
}

impl Account {
    fn shown_to(&self, asker: Asker) -> Result<UserId, Problem> {
        if !asker.operates() {
            return Err(Problem::new(Code::SuperadminOnly));
        }
        self.0.ok_or_else(|| Problem::new(Code::UserNotFound))
    }
}

impl Filter for UserFilter {
    const COUNTED: bool = false;
}

impl Parameters for UserFilter {
    fn read(query: &mut Query) -> Self {
        let search = query.text("search", "Part of the name or e-mail address; case is ignored.");
        Self { search: search.filter(|text| !text.is_empty()) }
    }
}

/// List accounts
///
/// Newest first.
#[utoipa::path(
    get, path = "/users", tag = TAG, operation_id = "list_users",
    responses((status = 403, description = "The caller is not a superadmin")),
)]
async fn list(request: Listing<UserFilter>) -> Result<Page<User<'static>>, Problem> {
    let rows = request.app.readmodel.users(request.asker(), &request.filter, request.page()).await?;
    Ok(request.answer(Listed { rows, total: None }))
}

/// Get an account
///
/// Any account, for superadmins.
#[utoipa::path(
    get, path = "/users/{id}", tag = TAG, operation_id = "get_user",
    responses((status = 403, description = "The caller is not a superadmin")),
)]
async fn get(request: Reads<One<Account>>) -> Result<Found<User<'static>>, Problem> {
    let One(account) = &request.path;
    let found = request.app.readmodel.user(request.asker(), account.shown_to(request.asker())?).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::UserNotFound))?))
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountChanges {
    #[schema(max_length = 254)]
    email: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    organization: Option<Option<String>>,
}

/// Change an account
///
/// Absent fields keep their values; null clears. For superadmins.
#[utoipa::path(
    patch, path = "/users/{id}", tag = TAG, operation_id = "update_user",
    responses(
        (status = 403, description = "The caller is not a superadmin"),
        (status = 409, description = "Another account has the e-mail address"),
    ),
)]
async fn update(
    Writes { by, path: account, body, .. }: Writes<AccountChanges, One<Account>>,
) -> Result<Changed<User<'static>>, Problem> {
    let user = account.shown_to(by.asker())?;
    let mut fields = Fields::default();
    let email = fields.optional("/email", body.email, |email| Email::parse(&email));
    let name = fields.nullable("/name", body.name, |name| parse_name(&name));
    let organization = fields.nullable("/organization", body.organization, |name| parse_name(&name));
    let command = fields.finish(Some(UpdateAccount { user, email, name, organization }))?;
    Ok(by.change(&command).await?)
}

async fn administer(
    by: &Writer,
    account: &Account,
    administration: Administration,
) -> Result<Changed<User<'static>>, Problem> {
    Ok(by.change(&Administer { user: account.shown_to(by.asker())?, administration }).await?)
}

/// Disable an account
///
/// All its sessions end, and nobody can sign in to it.
#[utoipa::path(
    post, path = "/users/{id}/disable", tag = TAG, operation_id = "disable_user",
    responses(
        (status = 403, description = "The caller is not a superadmin"),
        (status = 409, description = "It is disabled already, or is the caller's own"),
    ),
)]
async fn disable(
    Writes { by, path: account, .. }: Writes<Nothing, One<Account>>,
) -> Result<Changed<User<'static>>, Problem> {
    administer(&by, &account, Administration::Disable).await
}

/// Enable a disabled account
///
/// Its person can sign in again; the sessions that ended stay ended. For superadmins.
#[utoipa::path(
    post, path = "/users/{id}/enable", tag = TAG, operation_id = "enable_user",
    responses(
        (status = 403, description = "The caller is not a superadmin"),
        (status = 409, description = "It is not disabled"),
    ),
)]
async fn enable(
    Writes { by, path: account, .. }: Writes<Nothing, One<Account>>,
) -> Result<Changed<User<'static>>, Problem> {
    administer(&by, &account, Administration::Enable).await
}

/// Make a user a superadmin
///
/// From then on the person may do everything in every organization. For superadmins.
#[utoipa::path(
    post, path = "/users/{id}/grant-superadmin", tag = TAG, operation_id = "grant_superadmin",
    responses((status = 403, description = "The caller is not a superadmin")),
)]
async fn grant_superadmin(
    Writes { by, path: account, .. }: Writes<Nothing, One<Account>>,
) -> Result<Changed<User<'static>>, Problem> {
    administer(&by, &account, Administration::GrantSuperadmin).await
}

/// Make a superadmin an ordinary user again
///
/// Superadmins cannot do this to themselves, so that there is always one.
#[utoipa::path(
    post, path = "/users/{id}/revoke-superadmin", tag = TAG, operation_id = "revoke_superadmin",
    responses(
        (status = 403, description = "The caller is not a superadmin"),
        (status = 409, description = "It is the caller's own"),
    ),
)]
async fn revoke_superadmin(
    Writes { by, path: account, .. }: Writes<Nothing, One<Account>>,
) -> Result<Changed<User<'static>>, Problem> {
    administer(&by, &account, Administration::RevokeSuperadmin).await
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
    responses(
        (status = 403, description = "The caller is not a superadmin"),
        (status = 409, description = "The account is disabled"),
    ),
)]
async fn password_reset(
    Writes { by, path: account, .. }: Writes<Nothing, One<Account>>,
) -> Result<Answered<PasswordResetLink>, Problem> {
    let user = account.shown_to(by.asker())?;
    let link = OneTime::new(user.uuid());
    let command = IssuePasswordReset { user, token_hash: link.hash };
    let present = move |_: &Untagged<UserRow>| {
        reply::stored(StatusCode::OK, &PasswordResetLink { user_id: user, token: None, secret_available: false }, None)
    };
    let appended = by.run(&command, present).await?;
    let revealed = reply::with_secret(appended, &by.write, |body| {
        body.insert("token".to_owned(), link.token.expose_secret().into());
        body.insert("secret_available".to_owned(), true.into());
    });
    Ok(revealed?.into())
}
