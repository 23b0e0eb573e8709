//! `/organizations/{org}/workspaces`.

mod body;
mod representation;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use projections::workspaces::WorkspaceRow;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use self::body::{NewWorkspace, WorkspaceChanges};
pub(super) use self::{
    body::{workspace_at, workspace_named},
    representation::Workspace,
};
use super::organizations::{NoParams, resolve};
use crate::{
    commands::workspaces::ArchiveWorkspace,
    ledger::StoredReply,
    readmodel::{StatusFilter, organizations::Reference, workspaces::WorkspaceReference},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::Fields,
        list::{List, Paging},
        reply,
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
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = NewWorkspace,
    responses(
        (status = 201, body = Workspace, headers(("Location" = String), ("ETag" = String), ("Ledger-Position" = i64))),
        (status = 409, description = "The slug is taken, or the limit is reached", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn create(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<NewWorkspace>,
) -> Result<Response, Problem> {
    let command = input.body.check(resolve(&app, &org).await?)?;
    let present = |row: &WorkspaceRow| {
        let location = format!("/api/v1/organizations/{}/workspaces/{}", row.organization_id, row.id);
        reply::created(&Workspace::from(row), row.version, location)
    };
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `active`, `archived` or `all`; `active` when absent.
    status: Option<String>,
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

/// List the workspaces of an organization
///
/// Newest first. Needs the permission `workspaces:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/workspaces", tag = TAG, operation_id = "list_workspaces",
    params(("org" = String, Path, description = "Id, slug or old slug"), ListParams),
    responses((status = 200, body = Vec<Workspace>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let ListParams { status, limit, cursor, include } = params;
    let mut fields = Fields::default();
    let wanted = fields.optional("?status", status.as_deref(), str::parse::<StatusFilter>).unwrap_or_default();
    let (path, filters) = (format!("/organizations/{org}/workspaces"), vec![("status", status)]);
    let list = List::check(&app, caller.asker(), path, filters, Paging { limit, cursor, include }, fields)?;
    let organization = Reference::parse(&org);
    let found =
        app.readmodel.workspaces(caller.asker(), &organization, wanted, list.page(), list.wants_total()).await?;
    list.answer(&found.rows, |row| row.id.uuid(), Workspace::from, found.total)
}

/// Get a workspace
///
/// Needs the permission `workspaces:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/workspaces/{workspace}", tag = TAG, operation_id = "get_workspace",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("workspace" = String, Path, description = "Id or slug"),
    ),
    responses((status = 200, body = Workspace), (status = 404, description = "Unknown", body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((org, workspace)): Path<(String, String)>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let (organization, workspace) = (Reference::parse(&org), WorkspaceReference::parse(&workspace));
    let found = app.readmodel.workspace(caller.asker(), &organization, &workspace).await?;
    let row = found.ok_or_else(|| Problem::new(Code::WorkspaceNotFound))?;
    reply::resource(&headers, &Workspace::from(&row), row.version)
}

/// Update a workspace
///
/// Absent fields keep their values; null clears. Needs the permission `workspaces:write`.
#[utoipa::path(
    patch, path = "/organizations/{org}/workspaces/{workspace}", tag = TAG, operation_id = "update_workspace",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("workspace" = String, Path, description = "Id or slug"),
    ),
    request_body = WorkspaceChanges,
    responses(
        (status = 200, body = Workspace),
        (status = 409, description = "The slug is taken, or the workspace is archived", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn update(
    State(app): State<App>,
    Path((org, workspace)): Path<(String, String)>,
    input: Input<WorkspaceChanges>,
) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let command = input.body.check(organization, WorkspaceReference::parse(&workspace))?;
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

/// Archive a workspace
///
/// It keeps its slug and no longer counts towards the organization's limit. Needs the permission `workspaces:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/workspaces/{workspace}/archive", tag = TAG, operation_id = "archive_workspace",
    params(
        ("org" = String, Path, description = "Id, slug or old slug"),
        ("workspace" = String, Path, description = "Id or slug"),
    ),
    responses(
        (status = 200, body = Workspace),
        (status = 409, description = "The default workspace, or archived already", body = ProblemDocument),
    ),
)]
async fn archive(
    State(app): State<App>,
    Path((org, workspace)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let command = ArchiveWorkspace { organization, workspace: WorkspaceReference::parse(&workspace) };
    reply::written(app.commands.run(&input.write, &command, shown).await?)
}

/// Shows the workspace as it is after the write.
fn shown(row: &WorkspaceRow) -> StoredReply {
    reply::stored(StatusCode::OK, &Workspace::from(row), Some(row.version))
}
