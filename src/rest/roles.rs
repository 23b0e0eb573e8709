//! `/organizations/{org}/roles`.

use aggregates::{
    authorization::{CustomRoleKey, Permissions, RoleKey},
    ids::OrganizationId,
    name::parse_name,
    organization::{OrganizationError, RolePatch},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    commands::roles::{CreateRole, DeleteRole, UpdateRole},
    readmodel::roles::RoleView,
    web::{
        Code, Problem, Routes,
        extract::{At, In, Nothing, Reads, Writes},
        fields::{FieldProblem, Fields, description, not_null, present},
        query::{Parameters, Query},
        reply::{Changed, Created, Found, Removed, Represents, Whole},
        routes,
    },
};

const TAG: &str = "roles";

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

impl<'a> From<&'a RoleView> for Role<'a> {
    fn from(view: &'a RoleView) -> Self {
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

impl Represents for Role<'_> {
    type View = RoleView;
    type As<'v> = Role<'v>;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    /// 1 to 63 lower-case letters, digits, `_` or `-`, beginning with a letter. It cannot be changed later.
    #[schema(example = "billing-clerk", min_length = 1, max_length = 63)]
    key: String,
    /// 1 to 255 characters.
    #[schema(example = "Billing clerk", min_length = 1, max_length = 255)]
    name: String,
    /// At most 2000 characters.
    #[schema(max_length = 2000)]
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
    #[schema(nullable = false, min_length = 1, max_length = 255)]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2000)]
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

fn permissions(fields: &mut Fields, texts: &[String]) -> Permissions {
    let parsed = texts.iter().enumerate().map(|(place, text)| {
        fields.check(&format!("/permissions/{place}"), text.parse::<Permissions>()).unwrap_or_default()
    });
    parsed.fold(Permissions::default(), Permissions::union)
}

/// List roles
///
/// The built-in roles, then the organization's own in the order of their keys. The list has no pages: an organization
/// has at most 100 roles of its own.
#[utoipa::path(get, path = "/organizations/{org}/roles", tag = TAG, operation_id = "list_roles")]
async fn list(request: Reads<In>) -> Result<Whole<Role<'static>>, Problem> {
    let In(organization) = &request.path;
    let roles = request.app.readmodel.roles(request.asker(), organization).await?;
    Ok(Whole::new(&roles.iter().map(Role::from).collect::<Vec<_>>()))
}

/// Create a role
///
/// No role gets a permission that its creator lacks. Needs the permission `roles:write`.
#[utoipa::path(
    post, path = "/organizations/{org}/roles", tag = TAG, operation_id = "create_role",
    responses((status = 409, description = "The key is taken, or there is no room for more roles")),
)]
async fn create(
    Writes { by, path: organization, body, .. }: Writes<NewRole, In>,
) -> Result<Created<Role<'static>>, Problem> {
    let command = body.check(organization)?;
    let location = move |view: &RoleView| format!("/api/v1/organizations/{organization}/roles/{}", view.key);
    Ok(by.create(&command, location).await?)
}

/// Get a role
///
/// A built-in role, or one of the organization's own. Needs the permission `roles:read`.
#[utoipa::path(get, path = "/organizations/{org}/roles/{role}", tag = TAG, operation_id = "get_role")]
async fn get(request: Reads<At<RoleKey>>) -> Result<Found<Role<'static>>, Problem> {
    let At(organization, key) = &request.path;
    let found = request.app.readmodel.role(request.asker(), organization, key).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::RoleNotFound))?))
}

/// Update a role
///
/// Only the organization's own roles can be changed, by callers who have every permission that the role has before and
/// after.
#[utoipa::path(
    patch, path = "/organizations/{org}/roles/{role}", tag = TAG, operation_id = "update_role",
    responses((status = 409, description = "A built-in role")),
)]
async fn update(
    Writes { by, path: (organization, key), body, .. }: Writes<RoleChanges, At<RoleKey>>,
) -> Result<Changed<Role<'static>>, Problem> {
    Ok(by.change(&body.check(organization, key)?).await?)
}

/// What becomes of those who have a role that is deleted.
struct Remapping {
    to: Option<RoleKey>,
}

impl Parameters for Remapping {
    fn read(query: &mut Query) -> Self {
        let meaning = "The key of the role that members and invitations with this one get instead. When absent, the role \
                       must not be in use.";
        Self { to: query.parsed("remap_to", meaning, str::parse::<RoleKey>) }
    }
}

/// Delete a role
///
/// A role that is in use by members or invitations needs `remap_to`.
#[utoipa::path(
    delete, path = "/organizations/{org}/roles/{role}", tag = TAG, operation_id = "delete_role",
    responses((status = 409, description = "A built-in role, or in use")),
)]
async fn delete(
    Writes { by, path: (organization, key), query: Remapping { to: remap_to }, .. }: Writes<
        Nothing,
        At<RoleKey>,
        Remapping,
    >,
) -> Result<Removed, Problem> {
    let command = DeleteRole { organization, key, remap_to };
    by.remove(&command).await.map_err(|error| match error.refusal() {
        Some(OrganizationError::RoleNotFound(missing)) if *missing != command.key => {
            Problem::invalid(vec![FieldProblem::new("?remap_to", "there is no such role")])
        }
        _ => error.into(),
    })
}
