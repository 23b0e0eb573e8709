//! `/organizations/{org}/workspaces`.

mod body;
mod representation;

use projections::workspaces::WorkspaceRow;

use self::body::{NewWorkspace, WorkspaceChanges};
pub(super) use self::{
    body::{workspace_at, workspace_named},
    representation::Workspace,
};
use crate::{
    commands::workspaces::ArchiveWorkspace,
    readmodel::{
        StatusFilter,
        workspaces::{WorkspaceFilter, WorkspaceReference},
    },
    web::{
        Code, Problem, Routes,
        extract::{At, In, Listing, Nothing, Reads, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{Changed, Created, Found, Page},
        routes,
    },
};

const TAG: &str = "workspaces";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update)).routes(routes!(archive))
}

/// Create a workspace
///
/// When no slug is sent, one is derived from the name. Needs the permission `workspaces:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/workspaces", tag = TAG, operation_id = "create_workspace",
    responses((status = 409, description = "The slug is taken, or the limit is reached")),
)]
async fn create(
    Writes { by, path: organization, body, .. }: Writes<NewWorkspace, In>,
) -> Result<Created<Workspace<'static>>, Problem> {
    let command = body.check(organization)?;
    let location = |row: &WorkspaceRow| format!("/api/v1/organizations/{}/workspaces/{}", row.organization_id, row.id);
    Ok(by.create(&command, location).await?)
}

impl Filter for WorkspaceFilter {}

impl Parameters for WorkspaceFilter {
    fn read(query: &mut Query) -> Self {
        let status = query.word("status", "`active` when absent.");
        Self { status: status.unwrap_or(StatusFilter::Active) }
    }
}

/// List the workspaces of an organization
///
/// Newest first. Needs the permission `workspaces:read`.
#[utoipa::path(get, path = "/organizations/{org}/workspaces", tag = TAG, operation_id = "list_workspaces")]
async fn list(request: Listing<WorkspaceFilter, In>) -> Result<Page<Workspace<'static>>, Problem> {
    let (In(organization), filter) = (&request.path, request.filter);
    let readmodel = &request.app.readmodel;
    let found =
        readmodel.workspaces(request.asker(), organization, filter.status, request.page(), request.wants_total());
    Ok(request.answer(found.await?))
}

/// Get a workspace
///
/// Needs the permission `workspaces:read`.
#[utoipa::path(get, path = "/organizations/{org}/workspaces/{workspace}", tag = TAG, operation_id = "get_workspace")]
async fn get(request: Reads<At<WorkspaceReference>>) -> Result<Found<Workspace<'static>>, Problem> {
    let At(organization, workspace) = &request.path;
    let found = request.app.readmodel.workspace(request.asker(), organization, workspace).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::WorkspaceNotFound))?))
}

/// Update a workspace
///
/// Absent fields keep their values; null clears. Needs the permission `workspaces:write`.
#[utoipa::path(
    patch, path = "/organizations/{org}/workspaces/{workspace}", tag = TAG, operation_id = "update_workspace",
    responses((status = 409, description = "The slug is taken, or the workspace is archived")),
)]
async fn update(
    Writes { by, path: (organization, workspace), body, .. }: Writes<WorkspaceChanges, At<WorkspaceReference>>,
) -> Result<Changed<Workspace<'static>>, Problem> {
    Ok(by.change(&body.check(organization, workspace)?).await?)
}

/// Archive a workspace
///
/// It keeps its slug and no longer counts towards the organization's limit. Needs the permission `workspaces:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/workspaces/{workspace}/archive", tag = TAG, operation_id = "archive_workspace",
    responses((status = 409, description = "The default workspace, or archived already")),
)]
async fn archive(
    Writes { by, path: (organization, workspace), .. }: Writes<Nothing, At<WorkspaceReference>>,
) -> Result<Changed<Workspace<'static>>, Problem> {
    Ok(by.change(&ArchiveWorkspace { organization, workspace }).await?)
}
