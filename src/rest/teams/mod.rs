//! `/organizations/{org}/teams`.

mod body;
mod members;
mod representation;

use aggregates::ids::TeamId;

pub(super) use self::body::NewTeam;
use self::{body::TeamChanges, representation::Team};
use crate::{
    commands::teams::DeleteTeam,
    readmodel::teams::TeamView,
    web::{
        Code, Problem, Routes,
        extract::{At, In, Listing, Nothing, Reads, Writes},
        reply::{Changed, Created, Found, Page, Removed},
        routes,
    },
};

const TAG: &str = "teams";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).merge(members::routes())
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
    responses((status = 409, description = "The name is taken")),
)]
async fn create(
    Writes { by, path: organization, body, .. }: Writes<NewTeam, In>,
) -> Result<Created<Team<'static>>, Problem> {
    Ok(by.create(&body.check(organization)?, location).await?)
}

/// List the teams of an organization
///
/// Newest first. Needs the permission `teams:read`.
#[utoipa::path(get, path = "/organizations/{org}/teams", tag = TAG, operation_id = "list_teams")]
async fn list(request: Listing<(), In>) -> Result<Page<Team<'static>>, Problem> {
    let In(organization) = &request.path;
    let readmodel = &request.app.readmodel;
    let found = readmodel.teams(request.asker(), organization, request.page(), request.wants_total()).await?;
    Ok(request.answer(found))
}

/// Get a team
///
/// Needs the permission `teams:read`.
#[utoipa::path(get, path = "/organizations/{org}/teams/{team}", tag = TAG, operation_id = "get_team")]
async fn get(request: Reads<At<TeamId>>) -> Result<Found<Team<'static>>, Problem> {
    let At(organization, team) = &request.path;
    let found = request.app.readmodel.team(request.asker(), organization, *team).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::TeamNotFound))?))
}

/// Update a team
///
/// Absent fields keep their values; null clears. Needs the permission `teams:write`.
#[utoipa::path(
    patch, path = "/organizations/{org}/teams/{team}", tag = TAG, operation_id = "update_team",
    responses((status = 409, description = "The name is taken")),
)]
async fn update(
    Writes { by, path: (organization, team), body, .. }: Writes<TeamChanges, At<TeamId>>,
) -> Result<Changed<Team<'static>>, Problem> {
    Ok(by.change(&body.check(organization, team)?).await?)
}

/// Delete a team
///
/// Its name is free again. Needs the permission `teams:write`.
#[utoipa::path(delete, path = "/organizations/{org}/teams/{team}", tag = TAG, operation_id = "delete_team")]
async fn delete(Writes { by, path: (organization, id), .. }: Writes<Nothing, At<TeamId>>) -> Result<Removed, Problem> {
    Ok(by.remove(&DeleteTeam { organization, id }).await?)
}
