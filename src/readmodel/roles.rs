//! Roles: the five that every organization has, and its own.

use std::{collections::HashMap, sync::LazyLock};

use aggregates::{
    authorization::{Action, Asker, BuiltInRole, Permission, Permissions, RoleKey},
    ids::OrganizationId,
};
use projections::{
    roles::RoleRow,
    row::{Kind, One, Value},
};

use super::{Error, ReadModel, columns::columns, organizations::Reference};
use crate::database::{self, Batch};

/// A role with how many hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleView {
    pub key: RoleKey,
    pub name: String,
    pub description: Option<String>,
    pub permissions: Permissions,
    /// Active and suspended members.
    pub member_count: i64,
    pub version: i64,
}

impl RoleView {
    fn built_in(role: BuiltInRole, member_count: i64) -> Self {
        Self {
            key: RoleKey::BuiltIn(role),
            name: role.name().to_owned(),
            description: None,
            permissions: role.permissions(),
            member_count,
            // Built-in roles never change.
            version: 1,
        }
    }

    pub fn custom(row: &RoleRow, member_count: i64) -> Self {
        Self {
            key: row.key.clone(),
            name: row.name.clone(),
            description: row.description.clone(),
            permissions: row.permissions.0,
            member_count,
            version: row.version,
        }
    }

    pub fn is_built_in(&self) -> bool {
        matches!(self.key, RoleKey::BuiltIn(_))
    }
}

static ROLES: LazyLock<String> = LazyLock::new(|| {
    let columns = columns::<RoleRow>("r");
    format!(
        "SELECT {columns} FROM {{batch}} k JOIN roles r ON r.organization_id = k.organization_id \
         ORDER BY r.organization_id, r.key"
    )
});

const HOLDERS: &str = "SELECT m.organization_id, m.role, count(*) FROM {batch} k \
    JOIN memberships m ON m.organization_id = k.organization_id GROUP BY m.organization_id, m.role";

impl ReadModel {
    /// The roles of an organization: the built-in ones, then its own by their keys.
    pub async fn roles(&self, asker: Asker, organization: OrganizationId) -> Result<Vec<RoleView>, Error> {
        self.permitted(asker, &Reference::Id(organization), Action::Use(Permission::RolesRead)).await?;
        let mut roles = self.roles_of(&[organization]).await?;
        Ok(roles.remove(&organization).unwrap_or_default())
    }

    /// One of them, if there is one with this key.
    pub async fn role(
        &self,
        asker: Asker,
        organization: OrganizationId,
        key: &RoleKey,
    ) -> Result<Option<RoleView>, Error> {
        Ok(self.roles(asker, organization).await?.into_iter().find(|role| role.key == *key))
    }

    /// The roles of several organizations. For an asker who may see all of them: that is decided on the organizations
    /// that were read before.
    pub async fn roles_of(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<HashMap<OrganizationId, Vec<RoleView>>, database::Error> {
        let rows: Vec<RoleRow> = self.database.fetch_batch(&ROLES, all_of(organizations)).await?;
        let found: Vec<(One<OrganizationId>, One<RoleKey>, One<i64>)> =
            self.database.fetch_batch(HOLDERS, all_of(organizations)).await?;
        let holders: HashMap<_, _> = found.into_iter().map(|(One(id), One(key), One(n))| ((id, key), n)).collect();
        let count = |id: OrganizationId, key: &RoleKey| holders.get(&(id, key.clone())).copied().unwrap_or(0);
        let built_in = |id| {
            let role = move |role: BuiltInRole| (role, RoleKey::BuiltIn(role));
            let roles = BuiltInRole::ALL.into_iter().map(role);
            (id, roles.map(|(role, key)| RoleView::built_in(role, count(id, &key))).collect())
        };
        let mut roles: HashMap<OrganizationId, Vec<_>> = organizations.iter().copied().map(built_in).collect();
        for row in rows {
            let members = count(row.organization_id, &row.key);
            roles.entry(row.organization_id).or_default().push(RoleView::custom(&row, members));
        }
        Ok(roles)
    }
}

fn all_of(organizations: &[OrganizationId]) -> Batch {
    let rows = organizations.iter().map(|id| vec![Value::Uuid(id.uuid())]).collect();
    Batch::new(&[("organization_id", Kind::Uuid)], rows)
}
