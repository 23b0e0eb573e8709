//! `/organizations/{org}/teams/{team}/members`.

use aggregates::ids::UserId;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use utoipa_axum::routes;

use super::{ListParams, TAG, representation::TeamMember, resolve_team, team_id};
use crate::{
    commands::teams::{AddTeamMember, RemoveTeamMember},
    readmodel::{organizations::Reference, teams::TeamMemberView},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(add, remove))
}

/// List the members of a team
///
/// Only active members of the organization are listed, newest account first. Needs the permission `teams:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/teams/{team}/members", tag = TAG, operation_id = "list_team_members",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("team" = String, Path, description = "Id"),
        ListParams,
    ),
    responses((status = 200, body = Vec<TeamMember>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path((org, team)): Path<(String, String)>,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let (organization, id) = (Reference::parse(&org), team_id(&team)?);
    let list = params.list(&app, &caller, format!("/organizations/{org}/teams/{id}/members"))?;
    let found = app.readmodel.team_members(caller.asker(), &organization, id, list.page(), list.wants_total()).await?;
    let found = found.ok_or_else(|| Problem::new(Code::TeamNotFound))?;
    list.answer(&found.rows, |view| view.member.user_id.uuid(), TeamMember::from, found.total)
}

/// Add a member to a team
///
/// For a member who is in the team already, nothing changes. The ETag is that of the team, whose version goes up when
/// it changes. Needs the permission `teams:write`.
#[utoipa::path(
    put, path = "/organizations/{org}/teams/{team}/members/{user_id}", tag = TAG, operation_id = "add_team_member",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("team" = String, Path, description = "Id"),
        ("user_id" = String, Path, description = "Id of a member of the organization, active or suspended"),
    ),
    responses(
        (status = 200, body = TeamMember),
        (status = 404, description = "No such team, or not a member of the organization", body = ProblemDocument),
    ),
)]
async fn add(
    State(app): State<App>,
    Path((org, team, user)): Path<(String, String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let (organization, team) = resolve_team(&app, &org, &team).await?;
    let command = AddTeamMember { organization, team, user: user_id(&user)? };
    let present = |(view, version): &(TeamMemberView, i64)| {
        reply::stored(StatusCode::OK, &TeamMember::from(view), Some(*version))
    };
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

/// Remove a member from a team
///
/// Needs the permission `teams:write`.
#[utoipa::path(
    delete, path = "/organizations/{org}/teams/{team}/members/{user_id}", tag = TAG, operation_id = "remove_team_member",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("team" = String, Path, description = "Id"),
        ("user_id" = String, Path, description = "Id of a user"),
    ),
    responses((status = 204, description = "The user is not in the team, whether or not they were before")),
)]
async fn remove(
    State(app): State<App>,
    Path((org, team, user)): Path<(String, String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let (organization, team) = resolve_team(&app, &org, &team).await?;
    let command = RemoveTeamMember { organization, team, user: user_id(&user)? };
    reply::written(app.commands.run(&input.write, &command, |()| reply::no_content()).await?)
}

/// The id in the `{user_id}` segment.
fn user_id(text: &str) -> Result<UserId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::MemberNotFound))
}
