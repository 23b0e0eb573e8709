//! `/api/organizations`: the same commands and queries as `/api/v1`, in the fields of the classic documents.

use aggregates::{
    ids::OrganizationId,
    organization::{Plan, Status},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    TAG,
    whole::{Most, Whole},
};
use crate::{
    commands::{
        self,
        organizations::{CreatedOrganization, DefaultOrganization, Life, LifeCommand},
    },
    identity::{Credential, RequestContext},
    readmodel::organizations::{OrganizationFilter, OrganizationView},
    rest::organizations::{NewOrganization, OrganizationChanges, admit_address, new_activation},
    web::{
        Code, Problem, Routes,
        extract::{In, Nothing, Reads, Writes},
        reply::{self, Changed, Created, Found, Plain, Removed},
        routes, streamed,
        time::time,
        words::{self, Named},
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
    #[schema(schema_with = words::schema::<Plan>)]
    plan: Named<Plan>,
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
    #[schema(schema_with = words::schema::<Plan>)]
    plan: Named<Plan>,
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
            plan: Named(row.plan),
            created_at: row.created_at,
        }
    }
}

impl<'a> From<&'a OrganizationView> for ClassicSummary<'a> {
    fn from(view: &'a OrganizationView) -> Self {
        let row = &view.organization;
        Self { id: row.id, name: &row.name, slug: &row.slug, plan: Named(row.plan) }
    }
}

/// List organizations
///
/// Callers with Basic get an object, callers with Bearer an array. For a Bearer caller who can see none, one is
/// created, named after the organization in their profile; only once, however many calls arrive together.
#[utoipa::path(get, path = "/organizations", tag = TAG, operation_id = "classic_list_organizations")]
async fn list(context: RequestContext, request: Reads<(), Most>) -> Result<Plain<ClassicListing<'static>>, Problem> {
    let (app, asker) = (&request.app, request.asker());
    let bearer = request.principal.credential != Credential::Basic;
    let whole = Whole::new(&request.query);
    let readmodel = app.readmodel.clone();
    let read = move |page| {
        let readmodel = readmodel.clone();
        async move { readmodel.organizations(asker, &OrganizationFilter::default(), page).await }
    };
    let mut first = read(whole.page()).await?;
    if let Some(user) = asker.person().filter(|_| first.is_empty() && bearer) {
        let write = request.principal.write(&context);
        let command = DefaultOrganization { user, creation: app.settings.creation };
        app.commands.run(&write, &command, |()| reply::no_content()).await?;
        first = read(whole.page()).await?;
    }
    let rest = whole.rest(&first, |view| view.organization.id.uuid(), read);
    Ok(Plain::from(if bearer {
        streamed::list(("[", "]"), first, rest, |view| serde_json::to_vec(&ClassicResource::from(view)))
    } else {
        let around = (r#"{"organizations":["#, "]}");
        streamed::list(around, first, rest, |view| serde_json::to_vec(&ClassicSummary::from(view)))
    }))
}

/// Create an organization
///
/// With the same fields and rules as `POST /api/v1/organizations`. The answer has no way in for an invited owner: a
/// superadmin asks for one with `POST /api/v1/users/{id}/password-reset`.
#[utoipa::path(
    post, path = "/organizations", tag = TAG, operation_id = "classic_create_organization",
    responses((status = 409, description = "The slug is taken")),
)]
async fn create(
    Writes { by, body, .. }: Writes<NewOrganization>,
) -> Result<Created<ClassicOrganization<'static>>, Problem> {
    if body.owner_email.is_some() {
        admit_address(&by.app, by.asker())?;
    }
    // The six fields have no place for the owner's way in; a superadmin asks for another one.
    let (activation, _) = new_activation();
    let command = body.check(by.app.settings.creation, activation)?;
    let present = |CreatedOrganization { organization: view, .. }: &CreatedOrganization| {
        let body = ClassicOrganization::from(view);
        reply::created(&body, view.organization.version, format!("/api/organizations/{}", body.id))
    };
    Ok(by.run(&command, present).await?.into())
}

/// Get an organization
///
/// Needs the permission `organization:read`. One that is deleted is not found, not even by its owners.
#[utoipa::path(get, path = "/organizations/{id}", tag = TAG, operation_id = "classic_get_organization")]
async fn get(request: Reads<In>) -> Result<Found<ClassicOrganization<'static>>, Problem> {
    let In(organization) = &request.path;
    let view = request.app.readmodel.organization(request.asker(), organization).await?;
    if view.organization.status == Status::Deleted {
        return Err(Problem::new(Code::OrganizationNotFound));
    }
    Ok(request.found_as(&ClassicOrganization::from(&view), view.organization.version))
}

/// Update an organization
///
/// It merges: fields that are not sent stay.
#[utoipa::path(put, path = "/organizations/{id}", tag = TAG, operation_id = "classic_update_organization")]
async fn update(
    Writes { by, path: id, body, .. }: Writes<OrganizationChanges, In>,
) -> Result<Changed<ClassicOrganization<'static>>, Problem> {
    let present = |view: &OrganizationView| reply::changed(&ClassicOrganization::from(view), view.organization.version);
    Ok(by.run(&body.check(id)?, present).await.map_err(gone)?.into())
}

/// The classic fields cannot say that an organization is deleted: here it is gone at once.
pub(super) fn gone(error: commands::Error) -> Problem {
    match Problem::from(error) {
        Problem { code: Code::OrganizationDeleted, .. } => Problem::new(Code::OrganizationNotFound),
        problem => problem,
    }
}

/// Delete an organization
///
/// Here it is gone at once; `POST /api/v1/organizations/{org}/restore` brings it back for 30 days. Needs the permission
/// `organization:delete`.
#[utoipa::path(delete, path = "/organizations/{id}", tag = TAG, operation_id = "classic_delete_organization")]
async fn delete(Writes { by, path: id, .. }: Writes<Nothing, In>) -> Result<Removed, Problem> {
    by.remove(&LifeCommand { id, life: Life::Delete }).await.map_err(gone)
}
