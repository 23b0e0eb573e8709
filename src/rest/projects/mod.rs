//! `/organizations/{org}/projects`, and `/projects` over all organizations.

mod body;
mod everywhere;
mod representation;

use self::{
    body::{NewProject, ProjectChanges},
    representation::Project,
};
use super::workspaces::workspace_at;
use crate::{
    commands::projects::ArchiveProject,
    readmodel::{
        StatusFilter,
        projects::{ProjectFilter, ProjectReference, ProjectView},
        workspaces::WorkspaceReference,
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

const TAG: &str = "projects";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(archive))
        .merge(everywhere::routes())
}

/// Create a project
///
/// When no slug is sent, one is derived from the name. Needs the permission `projects:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/projects", tag = TAG, operation_id = "create_project",
    responses((status = 409, description = "The slug is taken")),
)]
async fn create(
    Writes { by, path: organization, body, .. }: Writes<NewProject, In>,
) -> Result<Created<Project<'static>>, Problem> {
    let command = body.check(organization)?;
    let location =
        |view: &ProjectView| format!("/api/v1/organizations/{}/projects/{}", view.organization.id, view.project.id);
    by.create(&command, location).await.map_err(workspace_at("/workspace"))
}

impl Filter for ProjectFilter {}

impl Parameters for ProjectFilter {
    fn read(query: &mut Query) -> Self {
        let status = query.word("status", "`active` when absent.");
        let workspace = query.text("workspace", "Id or slug of a workspace whose projects are listed.");
        Self {
            status: status.unwrap_or(StatusFilter::Active),
            workspace: workspace.as_deref().map(WorkspaceReference::parse),
        }
    }
}

/// List the projects of an organization
///
/// Newest first. Needs the permission `projects:read`.
#[utoipa::path(get, path = "/organizations/{org}/projects", tag = TAG, operation_id = "list_projects")]
async fn list(request: Listing<ProjectFilter, In>) -> Result<Page<Project<'static>>, Problem> {
    let (In(organization), filter) = (&request.path, &request.filter);
    let readmodel = &request.app.readmodel;
    let found = readmodel.projects(request.asker(), organization, filter, request.page(), request.wants_total());
    Ok(request.answer(found.await?))
}

/// Get a project
///
/// Needs the permission `projects:read`.
#[utoipa::path(get, path = "/organizations/{org}/projects/{project}", tag = TAG, operation_id = "get_project")]
async fn get(request: Reads<At<ProjectReference>>) -> Result<Found<Project<'static>>, Problem> {
    let At(organization, project) = &request.path;
    let found = request.app.readmodel.project(request.asker(), organization, project).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::ProjectNotFound))?))
}

/// Update a project
///
/// Absent fields keep their values; null clears. Needs the permission `projects:write`.
#[utoipa::path(
    patch, path = "/organizations/{org}/projects/{project}", tag = TAG, operation_id = "update_project",
    responses((status = 409, description = "The slug is taken, or the project is archived")),
)]
async fn update(
    Writes { by, path: (organization, project), body, .. }: Writes<ProjectChanges, At<ProjectReference>>,
) -> Result<Changed<Project<'static>>, Problem> {
    by.change(&body.check(organization, project)?).await.map_err(workspace_at("/workspace"))
}

/// Archive a project
///
/// It keeps its slug. Needs the permission `projects:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/projects/{project}/archive", tag = TAG, operation_id = "archive_project",
    responses((status = 409, description = "Archived already")),
)]
async fn archive(
    Writes { by, path: (organization, project), .. }: Writes<Nothing, At<ProjectReference>>,
) -> Result<Changed<Project<'static>>, Problem> {
    Ok(by.change(&ArchiveProject { organization, project }).await?)
}
