//! `/organizations/{org}/projects`, and `/projects` over all organizations.

mod body;
mod everywhere;
mod representation;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

pub(crate) use self::everywhere::listed;
use self::{
    body::{NewProject, ProjectChanges},
    representation::Project,
};
use super::{
    organizations::{NoParams, resolve},
    workspaces::workspace_at,
};
use crate::{
    commands::projects::ArchiveProject,
    ledger::StoredReply,
    readmodel::{
        StatusFilter,
        organizations::Reference,
        projects::{ProjectFilter, ProjectReference, ProjectView},
        workspaces::WorkspaceReference,
    },
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::Fields,
        list::{List, Paging},
        reply,
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
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = NewProject,
    responses(
        (status = 201, body = Project, headers(("Location" = String), ("ETag" = String), ("Ledger-Position" = i64))),
        (status = 409, description = "The slug is taken", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn create(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<NewProject>,
) -> Result<Response, Problem> {
    let command = input.body.check(resolve(&app, &org).await?)?;
    let present = |view: &ProjectView| {
        let location = format!("/api/v1/organizations/{}/projects/{}", view.organization.id, view.project.id);
        reply::created(&Project::from(view), view.project.version, location)
    };
    reply::written(app.commands.run(&input.write, &command, present).await.map_err(workspace_at("/workspace"))?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `active`, `archived` or `all`; `active` when absent.
    status: Option<String>,
    /// Id or slug of a workspace whose projects are listed.
    workspace: Option<String>,
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

/// List the projects of an organization
///
/// Newest first. Needs the permission `projects:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/projects", tag = TAG, operation_id = "list_projects",
    params(("org" = String, Path, description = "Id, slug or old slug"), ListParams),
    responses((status = 200, body = Vec<Project>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let ListParams { status, workspace, limit, cursor, include } = params;
    let mut fields = Fields::default();
    let wanted = fields.optional("?status", status.as_deref(), str::parse::<StatusFilter>).unwrap_or_default();
    let filter = ProjectFilter { status: wanted, workspace: workspace.as_deref().map(WorkspaceReference::parse) };
    let (path, filters) =
        (format!("/organizations/{org}/projects"), vec![("status", status), ("workspace", workspace)]);
    let list = List::check(&app, caller.asker(), path, filters, Paging { limit, cursor, include }, fields)?;
    let organization = Reference::parse(&org);
    let found = app.readmodel.projects(caller.asker(), &organization, &filter, list.page(), list.wants_total()).await?;
    list.answer(&found.rows, |view| view.project.id.uuid(), Project::from, found.total)
}

/// Get a project
///
/// Needs the permission `projects:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/projects/{project}", tag = TAG, operation_id = "get_project",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("project" = String, Path, description = "Id or slug"),
    ),
    responses((status = 200, body = Project), (status = 404, description = "Unknown", body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((org, project)): Path<(String, String)>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let (organization, project) = (Reference::parse(&org), ProjectReference::parse(&project));
    let found = app.readmodel.project(caller.asker(), &organization, &project).await?;
    let view = found.ok_or_else(|| Problem::new(Code::ProjectNotFound))?;
    reply::resource(&headers, &Project::from(&view), view.project.version)
}

/// Update a project
///
/// Absent fields keep their values; null clears. Needs the permission `projects:write`.
#[utoipa::path(
    patch, path = "/organizations/{org}/projects/{project}", tag = TAG, operation_id = "update_project",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("project" = String, Path, description = "Id or slug"),
    ),
    request_body = ProjectChanges,
    responses(
        (status = 200, body = Project),
        (status = 409, description = "The slug is taken, or the project is archived", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn update(
    State(app): State<App>,
    Path((org, project)): Path<(String, String)>,
    input: Input<ProjectChanges>,
) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let command = input.body.check(organization, ProjectReference::parse(&project))?;
    reply::written(app.commands.run(&input.write, &command, shown).await.map_err(workspace_at("/workspace"))?)
}

/// Archive a project
///
/// It keeps its slug. Needs the permission `projects:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/projects/{project}/archive", tag = TAG, operation_id = "archive_project",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("project" = String, Path, description = "Id or slug"),
    ),
    responses(
        (status = 200, body = Project),
        (status = 409, description = "Archived already", body = ProblemDocument),
    ),
)]
async fn archive(
    State(app): State<App>,
    Path((org, project)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let command = ArchiveProject { organization, project: ProjectReference::parse(&project) };
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

/// Shows the project as it is after the write.
fn shown(view: &ProjectView) -> StoredReply {
    reply::stored(StatusCode::OK, &Project::from(view), Some(view.project.version))
}
