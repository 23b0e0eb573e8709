//! `/organizations/{org}/teams/{team}/members`.

use aggregates::ids::TeamId;

use super::{TAG, representation::TeamMember};
use crate::{
    commands::teams::{AddTeamMember, RemoveTeamMember},
    readmodel::teams::TeamMemberView,
    web::{
        Code, Problem, Routes,
        extract::{At, Listing, Member, Nothing, Under, Writes},
        reply::{Changed, Page, Removed},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(add, remove))
}

/// List the members of a team
///
/// Only active members of the organization are listed, newest account first. Needs the permission `members:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/teams/{team}/members", tag = TAG, operation_id = "list_team_members",
)]
async fn list(request: Listing<(), At<TeamId>>) -> Result<Page<TeamMember<'static>>, Problem> {
    let At(organization, team) = &request.path;
    let readmodel = &request.app.readmodel;
    let found = readmodel.team_members(request.asker(), organization, *team, request.page(), request.wants_total());
    let found = found.await?.ok_or_else(|| Problem::new(Code::TeamNotFound))?;
    let id = |view: &TeamMemberView| view.member.user_id.uuid();
    Ok(request.answer_as(&found.rows, id, |view| vec![TeamMember::from(view)], found.total))
}

/// Add a member to a team
///
/// For a member who is in the team already, nothing changes. The ETag is that of the team, whose version goes up when
/// it changes. Needs the permission `teams:write`.
#[utoipa::path(
    put, path = "/organizations/{org}/teams/{team}/members/{user_id}", tag = TAG, operation_id = "add_team_member",
    responses((status = 404, description = "No such team, or not a member of the organization")),
)]
async fn add(
    Writes { by, path: (organization, team, Member(user)), .. }: Writes<Nothing, Under<TeamId, Member>>,
) -> Result<Changed<TeamMember<'static>>, Problem> {
    Ok(by.change(&AddTeamMember { organization, team, user }).await?)
}

/// Remove a member from a team
///
/// A user who is not in the team stays out. Needs the permission `teams:write`.
#[utoipa::path(
    delete, path = "/organizations/{org}/teams/{team}/members/{user_id}", tag = TAG, operation_id = "remove_team_member",
)]
async fn remove(
    Writes { by, path: (organization, team, Member(user)), .. }: Writes<Nothing, Under<TeamId, Member>>,
) -> Result<Removed, Problem> {
    Ok(by.remove(&RemoveTeamMember { organization, team, user }).await?)
}
