//! Roles of an organization.

use async_graphql::{Context, Result, SimpleObject};

use super::organizations::Page;
use crate::readmodel::roles::RoleView;

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

/// The built-in roles, then its own in the order of their keys.
pub(super) async fn of(ctx: &Context<'_>, organization: Result<Page<'_>>) -> Result<Vec<Role>> {
    let organization = organization?;
    let found = organization.siblings.roles(ctx, organization.id).await?;
    Ok(found.into_iter().map(Role::from).collect())
}
