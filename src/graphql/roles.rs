//! Roles of an organization.

use aggregates::{authorization::Asker, ids::OrganizationId};
use async_graphql::{Context, Result, SimpleObject};

use super::{organizations::Page, siblings::Belonging};
use crate::{
    database,
    readmodel::{Grouped, ReadModel, roles::RoleView},
};

/// A set of permissions that members can have.
#[derive(Debug, SimpleObject)]
pub struct Role {
    key: String,
    name: String,
    description: Option<String>,
    permissions: Vec<String>,
    /// Whether every organization has it.
    built_in: bool,
    /// Active and suspended members who have it.
    member_count: i64,
}

impl From<RoleView> for Role {
    fn from(view: RoleView) -> Self {
        Self {
            built_in: view.is_built_in(),
            key: view.key.to_string(),
            name: view.name,
            description: view.description,
            permissions: view.permissions.into(),
            member_count: view.member_count,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Roles;

impl Belonging<OrganizationId> for Roles {
    type Row = RoleView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, RoleView>, database::Error> {
        readmodel.roles_of(asker, of).await
    }
}

/// The built-in roles, then its own in the order of their keys.
pub(super) async fn of(ctx: &Context<'_>, organization: Page<'_>) -> Result<Vec<Role>> {
    let found = organization.load(ctx, Roles).await?;
    Ok(found.into_iter().map(Role::from).collect())
}
