//! Who the caller is, and what they may do where.

use aggregates::{
    authorization::{Asker, Denied, Reach},
    ids::{OrganizationId, SessionId, UserId},
    name::parse_name,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use projections::users::UserRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::TAG;
use crate::{
    commands::users::UpdateUser,
    identity::Credential,
    readmodel::memberships::MembershipView,
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Query},
        fields::{Fields, present},
        list::{List, Paging},
        reply,
        time::time,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(get, update))
}

/// A person's account, as they see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile<'a> {
    #[schema(value_type = Uuid)]
    pub id: UserId,
    pub email: Option<&'a str>,
    /// Null until the person has given one.
    pub name: Option<&'a str>,
    /// The organization that the person says they belong to.
    pub organization: Option<&'a str>,
    pub is_superadmin: bool,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
}

impl<'a> From<&'a UserRow> for Profile<'a> {
    fn from(row: &'a UserRow) -> Self {
        Self {
            id: row.id,
            email: row.email.as_deref(),
            name: row.name.as_deref(),
            organization: row.organization.as_deref(),
            is_superadmin: row.is_superadmin,
            created_at: row.created_at,
        }
    }
}

/// The caller: their account, their memberships, and what they are signed in with.
#[derive(Debug, Serialize, ToSchema)]
struct Me<'a> {
    #[serde(flatten)]
    profile: Profile<'a>,
    /// Oldest first, except in deleted organizations.
    memberships: Vec<Membership<'a>>,
    /// Null for a caller who sent e-mail address and password, or an API key.
    #[schema(value_type = Option<Uuid>)]
    session_id: Option<SessionId>,
    /// The organization that the access token is bound to.
    #[schema(value_type = Option<Uuid>)]
    organization_id: Option<OrganizationId>,
}

/// A membership in an organization.
#[derive(Debug, Serialize, ToSchema)]
struct Membership<'a> {
    organization: OrganizationSummary<'a>,
    role: RoleSummary<'a>,
    /// What the role allows, as far as the caller's credential allows it too.
    permissions: Vec<String>,
    /// `active` or `suspended`.
    status: &'static str,
    #[serde(serialize_with = "time")]
    joined_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
struct OrganizationSummary<'a> {
    #[schema(value_type = Uuid)]
    id: OrganizationId,
    name: &'a str,
    slug: &'a str,
    /// `active` or `suspended`.
    status: &'static str,
    is_personal: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoleSummary<'a> {
    key: &'a str,
    name: &'a str,
}

impl<'a> From<&'a MembershipView> for Membership<'a> {
    fn from(view: &'a MembershipView) -> Self {
        let (organization, membership) = (&view.organization, &view.membership);
        let name = membership.role_name(view.role.as_ref());
        Self {
            organization: OrganizationSummary {
                id: organization.id,
                name: &organization.name,
                slug: &organization.slug,
                status: organization.status.as_str(),
                is_personal: organization.is_personal,
            },
            role: RoleSummary { key: membership.role.as_str(), name },
            permissions: view.permissions.into(),
            status: membership.status.as_str(),
            joined_at: membership.joined_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MeParams {
    /// Memberships on a page, 1 to 100; all of them when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
}

/// Who you are
///
/// With all memberships, or a page of them when `limit` is given.
#[utoipa::path(
    get, path = "/me", tag = TAG, operation_id = "get_me",
    params(MeParams),
    responses((status = 200, body = Me), (status = 401, body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(MeParams { limit, cursor }): Query<MeParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user = caller.asker.user().ok_or(Denied::PersonRequired)?;
    let row = app.readmodel.user(caller.asker, user).await?.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    let paging = Paging { limit, cursor, include: None };
    let paged = paging.limit.is_some() || paging.cursor.is_some();
    let list = List::check(&app, caller.asker, "/me".to_owned(), vec![], paging, Fields::default())?;
    let found = app.readmodel.memberships_of(caller.asker, user, paged.then(|| list.page())).await?;
    let shown = if paged { list.shown(&found) } else { &found };
    let next = list.link(shown.len() < found.len(), shown, |view| view.organization.id.uuid());
    let me = Me {
        profile: Profile::from(&row),
        memberships: shown.iter().map(Membership::from).collect(),
        session_id: match caller.credential {
            Credential::Session(id) => Some(id),
            Credential::Basic | Credential::ApiKey(..) | Credential::None => None,
        },
        organization_id: match caller.asker {
            Asker::User { reach: Reach::Within(id), .. } => Some(id),
            _ => None,
        },
    };
    reply::linked(reply::resource(&headers, &me, row.version)?, next)
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProfileChanges {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// The organization that the person says they belong to.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    organization: Option<Option<String>>,
}

/// Change your profile
#[utoipa::path(
    patch, path = "/me", tag = TAG, operation_id = "update_me",
    request_body = ProfileChanges,
    responses((status = 200, body = Profile), (status = 422, body = ProblemDocument)),
)]
async fn update(State(app): State<App>, input: Input<ProfileChanges>) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let name = fields.nullable("/name", input.body.name, |name| parse_name(&name));
    let organization = fields.nullable("/organization", input.body.organization, |name| parse_name(&name));
    let user = input.principal.require_person()?;
    let command = fields.finish(Some(UpdateUser { user, name, organization }))?;
    let present = |row: &UserRow| reply::stored(StatusCode::OK, &Profile::from(row), Some(row.version));
    reply::written(app.commands.run(&input.write, &command, present).await?)
}
