//! `/organizations/{org}/roles`.

use aggregates::{
    authorization::{CustomRoleKey, Permissions, RoleKey},
    ids::OrganizationId,
    name::{Lines, parse_name, parse_text},
    organization::{OrganizationError, RolePatch},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::organizations::{NoParams, resolve};
use crate::{
    commands::roles::{CreateRole, DeleteRole, UpdateRole},
    readmodel::{organizations::Reference, roles::RoleView},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::{FieldProblem, Fields, not_null, present},
        reply,
    },
};

const TAG: &str = "roles";
const MAX_DESCRIPTION: usize = 2000;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// A set of permissions that members can have.
#[derive(Debug, Serialize, ToSchema)]
pub struct Role<'a> {
    pub key: &'a str,
    pub name: &'a str,
    pub description: Option<&'a str>,
    /// One by one, without wildcards.
    pub permissions: Vec<&'static str>,
    /// Whether every organization has it, and none can change it.
    pub built_in: bool,
    /// How many members have it, active and suspended.
    pub member_count: i64,
}

impl<'a> Role<'a> {
    pub fn new(view: &'a RoleView) -> Self {
        Self {
            key: view.key.as_str(),
            name: &view.name,
            description: view.description.as_deref(),
            permissions: view.permissions.iter().map(aggregates::authorization::Permission::as_str).collect(),
            built_in: view.is_built_in(),
            member_count: view.member_count,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    /// 1 to 63 lower-case letters, digits, `_` or `-`, beginning with a letter. It cannot be changed later.
    #[schema(example = "billing-clerk")]
    key: String,
    /// 1 to 255 characters.
    #[schema(example = "Billing clerk")]
    name: String,
    /// At most 2000 characters.
    description: Option<String>,
    /// `resource:action`, `resource:*` for all actions of a resource, or `*`. None that the caller lacks.
    #[schema(example = json!(["organization:read", "organization:billing"]))]
    permissions: Vec<String>,
}

impl NewRole {
    fn check(self, organization: OrganizationId) -> Result<CreateRole, Problem> {
        let mut fields = Fields::default();
        let key = fields.check("/key", CustomRoleKey::parse(&self.key));
        let name = fields.check("/name", parse_name(&self.name));
        let description = fields.optional("/description", self.description, description);
        let permissions = permissions(&mut fields, &self.permissions);
        let whole = key.zip(name).map(|(key, name)| CreateRole {
            organization,
            key,
            name,
            description: description.filter(|text| !text.is_empty()),
            permissions,
        });
        fields.finish(whole)
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// All permissions that the role has from now on.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    permissions: Option<Vec<String>>,
}

impl RoleChanges {
    fn check(self, organization: OrganizationId, key: RoleKey) -> Result<UpdateRole, Problem> {
        let mut fields = Fields::default();
        let patch = RolePatch {
            name: fields.optional("/name", self.name, |name| parse_name(&name)),
            description: fields.nullable("/description", self.description, description),
            permissions: self.permissions.map(|texts| permissions(&mut fields, &texts)),
        };
        fields.finish(Some(UpdateRole { organization, key, patch }))
    }
}

fn description(text: String) -> Result<String, impl std::fmt::Display> {
    parse_text(&text, MAX_DESCRIPTION, Lines::Many)
}

fn permissions(fields: &mut Fields, texts: &[String]) -> Permissions {
    let parsed = texts.iter().enumerate().map(|(place, text)| {
        fields.check(&format!("/permissions/{place}"), text.parse::<Permissions>()).unwrap_or_default()
    });
    parsed.fold(Permissions::default(), Permissions::union)
}

/// The role that a path names. A text that cannot be a key names none.
fn key(text: &str) -> Result<RoleKey, Problem> {
    text.parse().map_err(|_| Problem::new(Code::RoleNotFound))
}

/// List roles
///
/// The built-in roles, then the organization's own in the order of their keys. The list has no pages: an organization
/// has at most 100 roles of its own.
#[utoipa::path(
    get, path = "/organizations/{org}/roles", tag = TAG, operation_id = "list_roles",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses((status = 200, body = Vec<Role>)),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(NoParams {}): Query<NoParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let roles = app.readmodel.roles(caller.asker(), &Reference::parse(&org)).await?;
    reply::page(&roles.iter().map(Role::new).collect::<Vec<_>>(), None, None)
}

/// Create a role
#[utoipa::path(
    post, path = "/organizations/{org}/roles", tag = TAG, operation_id = "create_role",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = NewRole,
    responses((status = 201, body = Role, headers(("Location" = String))), (status = 409, body = ProblemDocument)),
)]
async fn create(State(app): State<App>, Path(org): Path<String>, input: Input<NewRole>) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let command = input.body.check(organization)?;
    let present = move |view: &RoleView| {
        let location = format!("/api/v1/organizations/{organization}/roles/{}", view.key);
        reply::created(&Role::new(view), view.version, location)
    };
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

/// Get a role
#[utoipa::path(
    get, path = "/organizations/{org}/roles/{role}", tag = TAG, operation_id = "get_role",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("role" = String, Path, description = "Key")),
    responses((status = 200, body = Role), (status = 404, body = ProblemDocument)),
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((org, role)): Path<(String, String)>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let found = app.readmodel.role(caller.asker(), &Reference::parse(&org), &key(&role)?).await?;
    let view = found.ok_or_else(|| Problem::new(Code::RoleNotFound))?;
    reply::resource(&headers, &Role::new(&view), view.version)
}

/// Update a role
///
/// Only the organization's own roles can be changed, by callers who have every permission that the role has before and
/// after.
#[utoipa::path(
    patch, path = "/organizations/{org}/roles/{role}", tag = TAG, operation_id = "update_role",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("role" = String, Path, description = "Key")),
    request_body = RoleChanges,
    responses((status = 200, body = Role), (status = 409, body = ProblemDocument)),
)]
async fn update(
    State(app): State<App>,
    Path((org, role)): Path<(String, String)>,
    input: Input<RoleChanges>,
) -> Result<Response, Problem> {
    let command = input.body.check(resolve(&app, &org).await?, key(&role)?)?;
    let present = |view: &RoleView| reply::stored(StatusCode::OK, &Role::new(view), Some(view.version));
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeleteParams {
    /// The key of the role that members and invitations with this one get instead. When absent, the role must not be in
    /// use.
    remap_to: Option<String>,
}

/// Delete a role
///
/// A role that is in use by members or invitations needs `remap_to`.
#[utoipa::path(
    delete, path = "/organizations/{org}/roles/{role}", tag = TAG, operation_id = "delete_role",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("role" = String, Path, description = "Key"), DeleteParams),
    responses((status = 204, description = "Deleted"), (status = 409, body = ProblemDocument)),
)]
async fn delete(
    State(app): State<App>,
    Path((org, role)): Path<(String, String)>,
    input: Input<Nothing, DeleteParams>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let remap_to = fields.optional("?remap_to", input.query.remap_to.as_deref(), str::parse::<RoleKey>);
    fields.finish(Some(()))?;
    let command = DeleteRole { organization: resolve(&app, &org).await?, key: key(&role)?, remap_to };
    let appended = app.commands.run(&input.write, &command, |()| reply::no_content()).await;
    reply::written(appended.map_err(|error| match error.refusal() {
        Some(OrganizationError::RoleNotFound(missing)) if *missing != command.key => {
            Problem::invalid(vec![FieldProblem::new("?remap_to", "there is no such role")])
        }
        _ => error.into(),
    })?)
}
