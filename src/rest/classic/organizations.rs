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
use utoipa_axum::routes;

use super::{
    TAG,
    whole::{ListParams, Whole},
};
use crate::{
    commands::{
        self,
        organizations::{CreatedOrganization, DefaultOrganization, Life, LifeCommand},
    },
    identity::{Credential, RequestContext},
    readmodel::organizations::{Filter, OrganizationView, Reference},
    rest::organizations::{NewOrganization, NoParams, OrganizationChanges, admit_address, new_activation, resolve},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        reply, streamed,
        time::time,
    },
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
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

/// The six fields of an organization in the list of a Bearer caller.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicResource<'a> {
    #[schema(value_type = Uuid)]
    id: OrganizationId,
    name: &'a str,
    /// Empty where the organization has none.
    domain: &'a str,
    users_count: i64,
    /// How many workspaces are allocated.
    workspaces_count: i64,
    #[serde(serialize_with = "time")]
    created_at: DateTime<Utc>,
}

/// The list in the form that the caller's scheme asks for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what is written row by row")]
enum ClassicListing<'a> {
    Basic(ClassicList<'a>),
    Bearer(Vec<ClassicResource<'a>>),
}

impl<'a> From<&'a OrganizationView> for ClassicResource<'a> {
    fn from(view: &'a OrganizationView) -> Self {
        let row = &view.organization;
        Self {
            id: row.id,
            name: &row.name,
            domain: row.domain.as_deref().unwrap_or_default(),
            users_count: view.counters.users,
            workspaces_count: row.limits().max_workspaces,
            created_at: row.created_at,
        }
    }
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
///
/// Callers with Basic get an object, callers with Bearer an array. For a Bearer caller who can see none, one is
/// created, named after the organization in their profile; only once, however many calls arrive together.
#[utoipa::path(
    get, path = "/organizations", tag = TAG, operation_id = "classic_list_organizations",
    params(ListParams), responses((status = 200, body = ClassicListing), (status = 401, body = ProblemDocument)),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    context: RequestContext,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    let (asker, bearer) = (caller.asker(), caller.0.credential != Credential::Basic);
    let whole = Whole::new(&params)?;
    let readmodel = app.readmodel.clone();
    let read = move |page| {
        let readmodel = readmodel.clone();
        async move { readmodel.organizations(asker, &Filter::default(), page).await }
    };
    let mut first = read(whole.page()).await?;
    if let Some(user) = asker.person().filter(|_| first.is_empty() && bearer) {
        let write = caller.0.write(&context);
        let command = DefaultOrganization { user, creation: app.settings.creation };
        app.commands.run(&write, &command, |()| reply::no_content()).await?;
        first = read(whole.page()).await?;
    }
    let rest = whole.rest(&first, |view| view.organization.id.uuid(), read);
    Ok(if bearer {
        streamed::list(("[", "]"), first, rest, |view| serde_json::to_vec(&ClassicResource::from(view)))
    } else {
        let around = (r#"{"organizations":["#, "]}");
        streamed::list(around, first, rest, |view| serde_json::to_vec(&ClassicSummary::from(view)))
    })
}

/// Create an organization
#[utoipa::path(
    post, path = "/organizations", tag = TAG, operation_id = "classic_create_organization",
    request_body = NewOrganization,
    responses((status = 201, body = ClassicOrganization), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
async fn create(State(app): State<App>, input: Input<NewOrganization>) -> Result<Response, Problem> {
    if input.body.owner_email.is_some() {
        admit_address(&app, input.write.asker)?;
    }
    // The six fields have no place for the owner's way in; a superadmin asks for another one.
    let (activation, _) = new_activation();
    let command = input.body.check(app.settings.creation, activation)?;
    let present = |CreatedOrganization { organization: view, .. }: &CreatedOrganization| {
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
/// Fields that are not sent keep their values.
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

/// The classic fields cannot say that an organization is deleted: here it is gone at once.
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
