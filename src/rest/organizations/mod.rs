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
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) use self::representation::Organization;
pub(super) use self::{
    body::{NewOrganization, OrganizationChanges},
    representation::{ActivationLink, NewlyCreated},
};
use crate::{
    commands::{
        members::Activation,
        organizations::{CreatedOrganization, Life, LifeCommand},
    },
    identity::one_time::OneTime,
    readmodel::organizations::{Filter, Reference},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::Fields,
        list::{List, Paging},
        reply,
    },
};
use aggregates::{
    authorization::Asker,
    ids::{OrganizationId, UserId},
};

pub(super) const TAG: &str = "organizations";

pub fn routes() -> Routes {
    Routes::new()
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
/// With a default workspace and the built-in roles. The caller becomes the owner, unless `owner_email` names another
/// person. For an address without an account, an invited user is created, who gets in with the `activation` of the
/// answer. When no slug is sent, one is derived from the name.
#[utoipa::path(
    post, path = "/organizations", tag = TAG, operation_id = "create_organization",
    request_body = NewOrganization,
    responses(
        (status = 201, body = NewlyCreated, headers(("Location" = String), ("ETag" = String), ("Ledger-Position" = i64))),
        (status = 409, description = "The slug is taken", body = ProblemDocument),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
    ),
)]
async fn create(State(app): State<App>, input: Input<NewOrganization>) -> Result<Response, Problem> {
    let (asker, dry_run) = (input.write.asker, input.write.dry_run);
    if input.body.owner_email.is_some() {
        admit_address(&app, asker)?;
    }
    let (activation, token) = new_activation();
    let command = input.body.check(app.settings.creation, activation)?;
    let present = move |view: &CreatedOrganization| {
        let body = NewlyCreated::new(view, asker, dry_run);
        let location = format!("/api/v1/organizations/{}", body.organization.id);
        reply::created(&body, view.organization.organization.version, location)
    };
    let appended = app.commands.run(&input.write, &command, present).await?;
    reply::written(reply::with_activation(&app, appended, &input.write, &token)?)
}

/// What lets a person in who has no account yet: what is kept of it, and the token.
pub(super) fn new_activation() -> (Activation, SecretString) {
    let user = UserId::new(Uuid::now_v7());
    let OneTime { token, hash: token_hash } = OneTime::new(user.uuid());
    (Activation { user, token_hash }, token)
}

/// A caller who names an address learns whether it has an account. That is limited, as it is for signing up.
pub(super) fn admit_address(app: &App, asker: Asker) -> Result<(), Problem> {
    if asker.operates() {
        return Ok(());
    }
    let user = asker.responsible().map(|user| user.to_string());
    let admitted = app.addresses.admit(user.as_deref());
    admitted.map_err(|too_many| Problem::limited(Code::RateLimited, &too_many))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Part of the name or slug; case is ignored.
    search: Option<String>,
    /// `active`, `suspended` or `deleted`; all but deleted ones when absent.
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
    let ListParams { search, status, limit, cursor, include } = params;
    let mut fields = Fields::default();
    let wanted = fields.optional("?status", status.as_deref(), |status| {
        status.parse().map_err(|()| "must be active, suspended or deleted")
    });
    let filter = Filter { search, status: wanted };
    let list = listed(&app, caller.asker(), &filter, Paging { limit, cursor, include }, fields)?;
    let views = app.readmodel.organizations(caller.asker(), &filter, list.page()).await?;
    let total = match list.wants_total() {
        true => Some(app.readmodel.count_organizations(caller.asker(), &filter).await?),
        false => None,
    };
    list.answer(&views, |view| view.organization.id.uuid(), |view| Organization::new(view, caller.asker()), total)
}

/// The list of organizations, for REST and for the graph.
pub(crate) fn listed<'a>(
    app: &'a App,
    asker: Asker,
    filter: &Filter,
    paging: Paging,
    fields: Fields,
) -> Result<List<'a>, Problem> {
    let status = filter.status.map(|status| status.as_str().to_owned());
    let filters = vec![("search", filter.search.clone()), ("status", status)];
    List::check(app, asker, "/organizations".to_owned(), filters, paging, fields)
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
/// Absent fields keep their values; null clears. `metadata` is merged pair by pair; a pair with null is removed.
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
/// It is hidden and stops working at once, and can be restored for 30 days.
#[utoipa::path(
    delete, path = "/organizations/{org}", tag = TAG, operation_id = "delete_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses((status = 204, description = "Deleted", headers(("Ledger-Position" = i64)))),
)]
async fn delete(State(app): State<App>, Path(org): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
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
