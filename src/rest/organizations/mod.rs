//! `/organizations`.

mod body;
mod life;
mod representation;
mod slug_and_limits;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use self::representation::{Organization, Person};
pub(super) use self::{
    body::{NewOrganization, OrganizationChanges},
    representation::time,
};
use super::{
    App, Problem,
    extract::{Caller, Input, Query},
    fields::FieldProblem,
    problem::{Code, ProblemDocument},
    reply,
};
use crate::{
    commands::organizations::{Life, LifeCommand},
    readmodel::organizations::{Filter, Page, Reference},
};
use aggregates::{authorization::Asker, ids::OrganizationId};

pub(super) const TAG: &str = "organizations";
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .merge(life::routes())
        .merge(slug_and_limits::routes())
}

/// The id behind the `{org}` segment, for a command.
pub(super) async fn resolve(app: &App, org: &str) -> Result<OrganizationId, Problem> {
    tracing::Span::current().record("organization", org);
    let found = app.readmodel.organization_id(&Reference::parse(org)).await?;
    found.ok_or_else(|| Problem::new(Code::OrganizationNotFound))
}

/// Create an organization
///
/// With its default workspace and the built-in roles. The caller becomes its owner, unless `owner_email` names somebody
/// else; an unknown address becomes an invited user. Without a slug one is derived from the name.
#[utoipa::path(
    post, path = "/organizations", tag = TAG, operation_id = "create_organization",
    request_body = NewOrganization,
    responses(
        (status = 201, body = Organization, headers(("Location" = String), ("ETag" = String), ("Ledger-Position" = i64))),
        (status = 409, description = "The slug is taken", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn create(State(app): State<App>, input: Input<NewOrganization>) -> Result<Response, Problem> {
    let asker = input.write.asker;
    let command = input.body.check(app.settings.creation)?;
    let present = move |view: &_| {
        let body = Organization::new(view, asker);
        reply::created(&body, view.organization.version, format!("/api/v1/organizations/{}", body.id))
    };
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Part of the name or slug, in any case.
    search: Option<String>,
    /// `active`, `suspended` or `deleted`; without it all but the deleted ones.
    status: Option<String>,
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

/// List organizations
///
/// Those that the caller belongs to; a superadmin sees all. Newest first.
#[utoipa::path(
    get, path = "/organizations", tag = TAG, operation_id = "list_organizations",
    params(ListParams),
    responses((status = 200, body = Vec<Organization>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(State(app): State<App>, caller: Caller, Query(params): Query<ListParams>) -> Result<Response, Problem> {
    let asker = caller.asker();
    let (filter, limit, total) = check_list(&params)?;
    let name = list_name(&filter);
    let after = params.cursor.as_deref().map(|cursor| app.cursors.decode(cursor, asker, &name)).transpose()?;
    let mut views = app.readmodel.organizations(asker, &filter, Page { after, limit: limit + 1 }).await?;
    let rows = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = views.len() > rows;
    views.truncate(rows);
    let next = views.last().filter(|_| more).map(|last| {
        let cursor = app.cursors.encode(last.organization.id.uuid(), asker, &name);
        next_link(&app.settings.public_url, &params, &cursor)
    });
    let total = if total { Some(app.readmodel.count_organizations(asker, &filter).await?) } else { None };
    let items: Vec<_> = views.iter().map(|view| Organization::new(view, asker)).collect();
    reply::page(&items, next, total)
}

fn check_list(params: &ListParams) -> Result<(Filter, i64, bool), Problem> {
    let mut problems = Vec::new();
    let mut problem = |pointer: &str, detail: &str| problems.push(FieldProblem::new(pointer, detail));
    let status = params.status.as_ref().and_then(|status| {
        status.parse().map_err(|()| problem("?status", "must be active, suspended or deleted")).ok()
    });
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        problem("?limit", "must be between 1 and 100");
    }
    if params.include.as_deref().is_some_and(|include| include != "total") {
        problem("?include", "must be total");
    }
    if !problems.is_empty() {
        return Err(Problem::invalid(problems));
    }
    Ok((Filter { search: params.search.clone(), status }, limit, params.include.is_some()))
}

/// What a cursor is bound to.
pub(crate) fn list_name(filter: &Filter) -> String {
    let status = filter.status.map(aggregates::organization::Status::as_str).unwrap_or_default();
    format!("organizations?status={status}&search={}", filter.search.as_deref().unwrap_or_default())
}

fn next_link(public_url: &str, params: &ListParams, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let limit = params.limit.map(|limit| limit.to_string());
    for (name, value) in [
        ("search", params.search.as_deref()),
        ("status", params.status.as_deref()),
        ("limit", limit.as_deref()),
        ("include", params.include.as_deref()),
        ("cursor", Some(cursor)),
    ] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    format!("{public_url}/api/v1/organizations?{}", query.finish())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoParams {}

/// Get an organization
#[utoipa::path(
    get, path = "/organizations/{org}", tag = TAG, operation_id = "get_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses(
        (status = 200, body = Organization, headers(("ETag" = String))),
        (status = 304, description = "The caller has this state already"),
        (status = 403, description = "Not a member", body = ProblemDocument),
        (status = 404, description = "Unknown or deleted", body = ProblemDocument),
    ),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let view = app.readmodel.organization(caller.asker(), &Reference::parse(&org)).await?;
    reply::resource(&headers, &Organization::new(&view, caller.asker()), view.organization.version)
}

/// Update an organization
///
/// Fields that are absent stay; null clears. Pairs of `metadata` are merged, a pair with null is removed.
#[utoipa::path(
    patch, path = "/organizations/{org}", tag = TAG, operation_id = "update_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = OrganizationChanges,
    responses(
        (status = 200, body = Organization, headers(("ETag" = String), ("Ledger-Position" = i64))),
        (status = 412, description = "If-Match named another version", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn update(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<OrganizationChanges>,
) -> Result<Response, Problem> {
    let id = resolve(&app, &org).await?;
    let command = input.body.check(id)?;
    reply::written(app.commands.run(&input.write, &command, shown(input.write.asker)).await?)
}

/// Delete an organization
///
/// It is invisible and powerless at once, and can be restored for 30 days.
#[utoipa::path(
    delete, path = "/organizations/{org}", tag = TAG, operation_id = "delete_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses((status = 204, description = "Deleted", headers(("Ledger-Position" = i64)))),
)]
async fn delete(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<super::extract::Nothing>,
) -> Result<Response, Problem> {
    let id = resolve(&app, &org).await?;
    let command = LifeCommand { id, life: Life::Delete };
    reply::written(app.commands.run(&input.write, &command, |_| reply::no_content()).await?)
}

/// Shows the organization as it is after the write.
pub(super) fn shown(
    asker: Asker,
) -> impl Fn(&crate::readmodel::organizations::OrganizationView) -> crate::ledger::StoredReply + Clone + Send + Sync + 'static
{
    move |view| reply::stored(StatusCode::OK, &Organization::new(view, asker), Some(view.organization.version))
}
