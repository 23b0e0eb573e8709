//! `/api/organizations`: the same commands and queries as `/api/v1`, in the fields of the classic documents.

use aggregates::{ids::OrganizationId, organization::Status};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    TAG,
    whole::{ListParams, Whole},
};
use crate::{
    commands::{
        self,
        organizations::{Life, LifeCommand},
    },
    readmodel::organizations::{Filter, OrganizationView, Reference},
    rest::{
        App, Problem,
        extract::{Caller, Input, Nothing, Query},
        organizations::{NewOrganization, NoParams, OrganizationChanges, resolve, time},
        problem::{Code, ProblemDocument},
        reply,
    },
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// The six fields of a single organization.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicOrganization<'a> {
    #[schema(value_type = Uuid)]
    id: OrganizationId,
    name: &'a str,
    slug: &'a str,
    owner_email: Option<&'a str>,
    plan: &'static str,
    #[serde(serialize_with = "time")]
    created_at: DateTime<Utc>,
}

/// The four fields of an organization in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicSummary<'a> {
    #[schema(value_type = Uuid)]
    id: OrganizationId,
    name: &'a str,
    slug: &'a str,
    plan: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClassicList<'a> {
    organizations: Vec<ClassicSummary<'a>>,
}

impl<'a> From<&'a OrganizationView> for ClassicOrganization<'a> {
    fn from(view: &'a OrganizationView) -> Self {
        let row = &view.organization;
        Self {
            id: row.id,
            name: &row.name,
            slug: &row.slug,
            owner_email: view.owner.as_ref().and_then(|owner| owner.email.as_deref()),
            plan: row.plan.as_str(),
            created_at: row.created_at,
        }
    }
}

impl<'a> From<&'a OrganizationView> for ClassicSummary<'a> {
    fn from(view: &'a OrganizationView) -> Self {
        let row = &view.organization;
        Self { id: row.id, name: &row.name, slug: &row.slug, plan: row.plan.as_str() }
    }
}

/// List organizations
#[utoipa::path(
    get, path = "/organizations", tag = TAG, operation_id = "classic_list_organizations",
    params(ListParams), responses((status = 200, body = ClassicList), (status = 401, body = ProblemDocument)),
)]
async fn list(State(app): State<App>, caller: Caller, Query(params): Query<ListParams>) -> Result<Response, Problem> {
    let mut views: Vec<OrganizationView> = Vec::new();
    let mut whole = Whole::new(&params)?;
    while let Some(page) = whole.next() {
        let chunk = app.readmodel.organizations(caller.asker(), &Filter::default(), page).await?;
        whole.took(&chunk, |view| view.organization.id.uuid());
        views.extend(chunk);
    }
    let organizations = views.iter().map(ClassicSummary::from).collect();
    reply::page(&ClassicList { organizations }, None, None)
}

/// Create an organization
#[utoipa::path(
    post, path = "/organizations", tag = TAG, operation_id = "classic_create_organization",
    request_body = NewOrganization,
    responses((status = 201, body = ClassicOrganization), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
async fn create(State(app): State<App>, input: Input<NewOrganization>) -> Result<Response, Problem> {
    let command = input.body.check(app.settings.creation)?;
    let present = |view: &OrganizationView| {
        let body = ClassicOrganization::from(view);
        reply::created(&body, view.organization.version, format!("/api/organizations/{}", body.id))
    };
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

/// Get an organization
#[utoipa::path(
    get, path = "/organizations/{id}", tag = TAG, operation_id = "classic_get_organization",
    params(("id" = String, Path, description = "Id, slug or old slug")),
    responses((status = 200, body = ClassicOrganization), (status = 404, body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &id);
    let view = app.readmodel.organization(caller.asker(), &Reference::parse(&id)).await?;
    if view.organization.status == Status::Deleted {
        return Err(Problem::new(Code::OrganizationNotFound));
    }
    reply::resource(&headers, &ClassicOrganization::from(&view), view.organization.version)
}

/// Update an organization
///
/// It merges: fields that are not sent stay.
#[utoipa::path(
    put, path = "/organizations/{id}", tag = TAG, operation_id = "classic_update_organization",
    params(("id" = String, Path, description = "Id, slug or old slug")),
    request_body = OrganizationChanges,
    responses((status = 200, body = ClassicOrganization), (status = 422, body = ProblemDocument)),
)]
async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    input: Input<OrganizationChanges>,
) -> Result<Response, Problem> {
    let id = resolve(&app, &id).await?;
    let command = input.body.check(id)?;
    let present = |view: &OrganizationView| {
        reply::stored(StatusCode::OK, &ClassicOrganization::from(view), Some(view.organization.version))
    };
    reply::written(app.commands.run(&input.write, &command, present).await.map_err(gone)?)
}

/// Nothing in the classic fields tells that an organization is deleted: here it is gone at once.
pub(super) fn gone(error: commands::Error) -> Problem {
    match Problem::from(error) {
        Problem { code: Code::OrganizationDeleted, .. } => Problem::new(Code::OrganizationNotFound),
        problem => problem,
    }
}

/// Delete an organization
#[utoipa::path(
    delete, path = "/organizations/{id}", tag = TAG, operation_id = "classic_delete_organization",
    params(("id" = String, Path, description = "Id, slug or old slug")),
    responses((status = 204, description = "Deleted")),
)]
async fn delete(State(app): State<App>, Path(id): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    let id = resolve(&app, &id).await?;
    let command = LifeCommand { id, life: Life::Delete };
    reply::written(app.commands.run(&input.write, &command, |_| reply::no_content()).await.map_err(gone)?)
}
