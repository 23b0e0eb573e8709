//! The roles that organizations made for themselves. The built-in ones are code.

use aggregates::{
    authorization::{CustomRoleKey, Permissions, RoleKey},
    ids::OrganizationId,
};
use chrono::{DateTime, Utc};

use crate::row::{Json, row};

row! {
    /// One role. `key` is the key of a role of the organization's own.
    pub struct RoleRow in "roles", key(organization_id: OrganizationId, key: RoleKey), group(organization_id) {
        pub organization_id: OrganizationId,
        pub key: RoleKey,
        pub name: String,
        pub description: Option<String>,
        pub permissions: Json<Permissions>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

/// The key of the row of a role.
pub fn row_key(organization: OrganizationId, key: &CustomRoleKey) -> (OrganizationId, RoleKey) {
    (organization, RoleKey::Custom(key.clone()))
}
