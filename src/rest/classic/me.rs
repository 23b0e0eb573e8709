//! `/api/me`: the caller in the five fields of the classic document.

use aggregates::{
    authorization::{BuiltInRole, RoleKey},
    ids::UserId,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::TAG;
use crate::{
    rest::organizations::NoParams,
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Query},
        reply,
    },
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(get))
}

/// The five fields of a person.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicUser<'a> {
    #[schema(value_type = Uuid)]
    id: UserId,
    email: Option<&'a str>,
    name: Option<&'a str>,
    /// The name of the primary organization.
    organization: Option<&'a str>,
    /// `admin` for superadmins and for owners and admins of the primary organization, else `user`.
    role: &'static str,
}

/// Who you are
#[utoipa::path(
    get, path = "/me", tag = TAG, operation_id = "classic_get_me",
    responses((status = 200, body = ClassicUser), (status = 401, body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user = caller.require_person()?;
    let row = app.readmodel.user(caller.asker, user).await?.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    let memberships = app.readmodel.memberships_of(caller.asker, user, None).await?;
    // A person who left it belongs first to the organization that they have been in longest.
    let chosen = memberships.iter().find(|view| Some(view.organization.id) == row.primary_organization_id);
    let primary = chosen.or(memberships.first());
    let manages = |role: &RoleKey| matches!(role, RoleKey::BuiltIn(BuiltInRole::Owner | BuiltInRole::Admin));
    let is_admin = row.is_superadmin || primary.is_some_and(|view| manages(&view.membership.role));
    let user = ClassicUser {
        id: row.id,
        email: row.email.as_deref(),
        name: row.name.as_deref(),
        organization: primary.map(|view| view.organization.name.as_str()),
        role: if is_admin { "admin" } else { "user" },
    };
    reply::resource(&headers, &user, row.version)
}
