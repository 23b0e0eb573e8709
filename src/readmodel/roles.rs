//! Roles: the five that every organization has, and its own.

use std::collections::HashMap;

use aggregates::{
    authorization::{Asker, BuiltInRole, Permission, Permissions, RoleKey},
    ids::OrganizationId,
};
use projections::{
    RowKeys, Rows,
    roles::RoleRow,
    row::{Json, One},
};

use super::{
    Current, Error, Grouped, ReadModel, Versioned, View,
    organizations::Reference,
    within::{Args, Whole},
};
use crate::database;

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

    fn custom(row: &RoleRow, member_count: i64) -> Self {
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

/// One of the organization's own.
impl View for RoleView {
    /// With how many hold it.
    type Of = (OrganizationId, RoleKey, i64);

    fn rows((organization, key, _): &Self::Of) -> RowKeys {
        RowKeys::of::<RoleRow>([(*organization, key.clone())])
    }

    fn read(rows: &Rows, (organization, key, members): &Self::Of) -> Option<Self> {
        rows.roles.get(&(*organization, key.clone())).map(|row| Self::custom(row, *members))
    }

    fn current(rows: &Rows, (organization, key, _): &Self::Of) -> Current {
        Current::of::<RoleRow>(rows, &(*organization, key.clone()))
    }
}

impl Versioned for RoleView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// What is recorded of a role: a key, and either what the role is or how many members have it.
type Part = (One<Option<RoleKey>>, Option<Described>, One<Option<i64>>);

/// Name, description, permissions and version of a role of the organization's own.
type Described = (One<String>, One<Option<String>>, One<Json<Permissions>>, One<i64>);

const ROLES: Whole = Whole {
    permission: Permission::RolesRead,
    alias: "p",
    columns: "p.key, p.name, p.description, p.permissions, p.version, p.members",
    order: "p.key",
};

fn parts(of: &str, _: &mut Args) -> String {
    format!(
        "(SELECT c.organization_id, c.key, c.name, c.description, c.permissions, c.version, \
             CAST(NULL AS bigint) AS members FROM roles c WHERE c.organization_id {of} \
         UNION ALL SELECT b.organization_id, b.role, NULL, NULL, NULL, NULL, count(*) \
             FROM memberships b WHERE b.organization_id {of} GROUP BY b.organization_id, b.role)"
    )
}

/// The built-in ones, then the organization's own by their keys.
fn put_together(parts: Vec<Part>) -> Vec<RoleView> {
    let mut members = HashMap::new();
    let mut own = Vec::new();
    for (One(key), described, One(count)) in parts {
        let Some(key) = key else { continue };
        match (described, count) {
            (Some(described), _) => own.push((key, described)),
            (None, Some(count)) => drop(members.insert(key, count)),
            (None, None) => {}
        }
    }
    let members = |key: &RoleKey| members.get(key).copied().unwrap_or(0);
    let built_in = |role| RoleView::built_in(role, members(&RoleKey::BuiltIn(role)));
    let own = own.into_iter().map(|(key, (One(name), One(description), One(Json(permissions)), One(version)))| {
        RoleView { member_count: members(&key), key, name, description, permissions, version }
    });
    BuiltInRole::ALL.into_iter().map(built_in).chain(own).collect()
}

impl ReadModel {
    /// The roles of an organization: the built-in ones, then its own by their keys.
    pub async fn roles(&self, asker: Asker, organization: &Reference) -> Result<Vec<RoleView>, Error> {
        Ok(put_together(ROLES.one(self, asker, organization, parts).await?))
    }

    /// One of them, if there is one with this key.
    pub async fn role(&self, asker: Asker, organization: &Reference, key: &RoleKey) -> Result<Option<RoleView>, Error> {
        Ok(self.roles(asker, organization).await?.into_iter().find(|role| role.key == *key))
    }

    /// The roles of each organization.
    pub async fn roles_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, RoleView>, database::Error> {
        let found = ROLES.of_each(self, asker, organizations, parts).await?;
        Ok(found.into_iter().map(|(id, parts)| (id, parts.map(put_together))).collect())
    }
}
