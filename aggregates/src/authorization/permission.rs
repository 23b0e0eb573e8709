//! Permissions and sets of them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

macro_rules! permissions {
    ($($name:ident = $text:literal,)*) => {
        /// Something that a role may allow inside one organization.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Permission { $($name,)* }

        impl Permission {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The public form, `resource:action`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

permissions! {
    OrganizationRead = "organization:read",
    OrganizationUpdate = "organization:update",
    OrganizationDelete = "organization:delete",
    OrganizationBilling = "organization:billing",
    MembersRead = "members:read",
    MembersInvite = "members:invite",
    MembersUpdate = "members:update",
    MembersRemove = "members:remove",
    RolesRead = "roles:read",
    RolesWrite = "roles:write",
    TeamsRead = "teams:read",
    TeamsWrite = "teams:write",
    WorkspacesRead = "workspaces:read",
    WorkspacesWrite = "workspaces:write",
    ProjectsRead = "projects:read",
    ProjectsWrite = "projects:write",
    AgentsRead = "agents:read",
    AgentsWrite = "agents:write",
    AgentsRun = "agents:run",
    ApiKeysRead = "api_keys:read",
    ApiKeysWrite = "api_keys:write",
    ApiKeysWriteOwn = "api_keys:write_own",
    SpacesRead = "spaces:read",
    SpacesWrite = "spaces:write",
    CatalogRead = "catalog:read",
    CatalogWrite = "catalog:write",
    AuditRead = "audit:read",
    UsageRead = "usage:read",
    WebhooksRead = "webhooks:read",
    WebhooksWrite = "webhooks:write",
    SsoRead = "sso:read",
    SsoWrite = "sso:write",
}

impl Permission {
    const fn bit(self) -> u64 {
        #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless enum has no other conversion")]
        let place = self as u8;
        1 << place
    }

    pub(super) fn is_read(self) -> bool {
        self.as_str().ends_with(":read")
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Permissions(u64);

impl Permissions {
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    pub fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether `other` grants nothing that this set lacks.
    pub fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |p| self.contains(*p))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such permission")]
pub struct UnknownPermission;

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text).ok_or(UnknownPermission)
    }
}

impl FromStr for Permissions {
    type Err = UnknownPermission;

    /// One permission, `resource:*` for all of a resource, or `*` for all there are.
    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        if text == "*" {
            return Ok(Self::all());
        }
        let Some(resource) = text.strip_suffix(":*") else {
            return text.parse().map(|one: Permission| Self(one.bit()));
        };
        let of_resource = |permission: &Permission| permission.as_str().split(':').next() == Some(resource);
        let all: Self = Permission::ALL.iter().copied().filter(of_resource).collect();
        if all == Self::default() { Err(UnknownPermission) } else { Ok(all) }
    }
}

impl From<Permissions> for Vec<String> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().map(|permission| permission.as_str().to_owned()).collect()
    }
}

impl TryFrom<Vec<String>> for Permissions {
    type Error = UnknownPermission;

    fn try_from(texts: Vec<String>) -> Result<Self, UnknownPermission> {
        texts.iter().try_fold(Self::default(), |all, text| Ok(all.union(text.parse()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_a_resource_or_for_everything() {
        assert_eq!("*".parse(), Ok(Permissions::all()));
        let agents: Permissions = "agents:*".parse().expect("a resource");
        assert_eq!(Vec::from(agents), ["agents:read", "agents:write", "agents:run"]);
        assert_eq!("agents:run".parse::<Permissions>().map(Vec::from), Ok(vec!["agents:run".to_owned()]));
        for unknown in ["", "agents", "agent:*", "agents:", "*:*", "agents:fly", "Agents:read", "agents:read "] {
            assert_eq!(unknown.parse::<Permissions>(), Err(UnknownPermission), "{unknown}");
        }
    }

    #[test]
    fn a_set_is_stored_as_the_list_of_its_permissions() {
        let set: Permissions = [Permission::TeamsRead, Permission::RolesRead].into_iter().collect();
        let json = serde_json::to_value(set).expect("json");
        assert_eq!(json, serde_json::json!(["roles:read", "teams:read"]));
        assert_eq!(serde_json::from_value::<Permissions>(json).ok(), Some(set));
    }
}
