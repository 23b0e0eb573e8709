//! `/projects`: those of all organizations.

use aggregates::authorization::Asker;
use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{Project, TAG};
use crate::{
    readmodel::{StatusFilter, organizations::Reference, projects::ProjectsFilter},
    web::{
        App, Problem, Routes,
        extract::{Caller, Query},
        fields::Fields,
        list::{List, Paging},
    },
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Id, slug or old slug of an organization whose projects are listed.
    organization: Option<String>,
    /// `active`, `archived` or `all`; `active` when absent.
    status: Option<String>,
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

/// List projects
///
/// The projects of every organization in which the caller has the permission `projects:read`; a superadmin sees all.
/// Those of deleted organizations are left out, unless a superadmin names the organization. Newest first.
#[utoipa::path(
    get, path = "/projects", tag = TAG, operation_id = "list_all_projects",
    params(ListParams),
    responses((status = 200, body = Vec<Project>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(State(app): State<App>, caller: Caller, Query(params): Query<ListParams>) -> Result<Response, Problem> {
    let ListParams { organization, status, limit, cursor, include } = params;
    let (list, filter) = listed(&app, caller.asker(), organization, status, Paging { limit, cursor, include })?;
    let found = app.readmodel.projects_everywhere(caller.asker(), &filter, list.page(), list.wants_total()).await?;
    list.answer(&found.rows, |view| view.project.id.uuid(), Project::from, found.total)
}

/// The list of projects and which of them it shows, for REST and for the graph.
pub(crate) fn listed(
    app: &App,
    asker: Asker,
    organization: Option<String>,
    status: Option<String>,
    paging: Paging,
) -> Result<(List<'_>, ProjectsFilter), Problem> {
    let mut fields = Fields::default();
    let wanted = fields.optional("?status", status.as_deref(), str::parse::<StatusFilter>).unwrap_or_default();
    let filter = ProjectsFilter { status: wanted, organization: organization.as_deref().map(Reference::parse) };
    let filters = vec![("organization", organization), ("status", status)];
    Ok((List::check(app, asker, "/projects".to_owned(), filters, paging, fields)?, filter))
}
