//! `/organizations/{org}/teams`.

mod body;
mod members;
mod representation;

use aggregates::ids::{OrganizationId, TeamId};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

pub(super) use self::body::NewTeam;
use self::{body::TeamChanges, representation::Team};
use super::organizations::{NoParams, resolve};
use crate::{
    commands::teams::DeleteTeam,
    readmodel::{organizations::Reference, teams::TeamView},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::Fields,
        list::{List, Paging},
        reply,
    },
};

const TAG: &str = "teams";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).merge(members::routes())
}

/// The id in the `{team}` segment.
fn team_id(text: &str) -> Result<TeamId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::TeamNotFound))
}

/// The organization and the team that a path names, for a command.
async fn resolve_team(app: &App, org: &str, team: &str) -> Result<(OrganizationId, TeamId), Problem> {
    Ok((resolve(app, org).await?, team_id(team)?))
}

/// Where a team is found.
pub(super) fn location(view: &TeamView) -> String {
    format!("/api/v1/organizations/{}/teams/{}", view.team.organization_id, view.team.id)
}

/// Create a team
///
/// Needs the permission `teams:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/teams", tag = TAG, operation_id = "create_team",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = NewTeam,
    responses(
        (status = 201, body = Team, headers(("Location" = String), ("ETag" = String), ("Ledger-Position" = i64))),
        (status = 409, description = "The name is taken", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn create(State(app): State<App>, Path(org): Path<String>, input: Input<NewTeam>) -> Result<Response, Problem> {
    let command = input.body.check(resolve(&app, &org).await?)?;
    let present = |view: &TeamView| reply::created(&Team::from(view), view.team.version, location(view));
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

impl ListParams {
    fn list<'a>(self, app: &'a App, caller: &Caller, path: String) -> Result<List<'a>, Problem> {
        let Self { limit, cursor, include } = self;
        List::check(app, caller.asker(), path, vec![], Paging { limit, cursor, include }, Fields::default())
    }
}

/// List the teams of an organization
///
/// Newest first. Needs the permission `teams:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/teams", tag = TAG, operation_id = "list_teams",
    params(("org" = String, Path, description = "Id, slug or old slug"), ListParams),
    responses((status = 200, body = Vec<Team>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let list = params.list(&app, &caller, format!("/organizations/{org}/teams"))?;
    let organization = Reference::parse(&org);
    let found = app.readmodel.teams(caller.asker(), &organization, list.page(), list.wants_total()).await?;
    list.answer(&found.rows, |view| view.team.id.uuid(), Team::from, found.total)
}

/// Get a team
///
/// Needs the permission `teams:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/teams/{team}", tag = TAG, operation_id = "get_team",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("team" = String, Path, description = "Id")),
    responses((status = 200, body = Team), (status = 404, description = "Unknown or deleted", body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((org, team)): Path<(String, String)>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let found = app.readmodel.team(caller.asker(), &Reference::parse(&org), team_id(&team)?).await?;
    let view = found.ok_or_else(|| Problem::new(Code::TeamNotFound))?;
    reply::resource(&headers, &Team::from(&view), view.team.version)
}

/// Update a team
///
/// Absent fields keep their values; null clears. Needs the permission `teams:write`.
#[utoipa::path(
    patch, path = "/organizations/{org}/teams/{team}", tag = TAG, operation_id = "update_team",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("team" = String, Path, description = "Id")),
    request_body = TeamChanges,
    responses(
        (status = 200, body = Team),
        (status = 409, description = "The name is taken", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn update(
    State(app): State<App>,
    Path((org, team)): Path<(String, String)>,
    input: Input<TeamChanges>,
) -> Result<Response, Problem> {
    let (organization, id) = resolve_team(&app, &org, &team).await?;
    let command = input.body.check(organization, id)?;
    let present = |view: &TeamView| reply::stored(StatusCode::OK, &Team::from(view), Some(view.team.version));
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

/// Delete a team
///
/// Its name is free again. Needs the permission `teams:write`.
#[utoipa::path(
    delete, path = "/organizations/{org}/teams/{team}", tag = TAG, operation_id = "delete_team",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("team" = String, Path, description = "Id")),
    responses((status = 204, description = "Deleted")),
)]
async fn delete(
    State(app): State<App>,
    Path((org, team)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let (organization, id) = resolve_team(&app, &org, &team).await?;
    let command = DeleteTeam { organization, id };
    reply::written(app.commands.run(&input.write, &command, |()| reply::no_content()).await?)
}
