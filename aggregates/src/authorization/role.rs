//! Roles: the five that every organization has, and those that it makes for itself.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Permission, Permissions};

/// The longest key of a role, in characters.
pub const MAX_ROLE_KEY: usize = 63;

/// The roles that every organization has. They are code, not rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuiltInRole {
    Owner,
    Admin,
    Developer,
    Member,
    Viewer,
}

impl BuiltInRole {
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Developer, Self::Member, Self::Viewer];

    /// The stable key, `owner`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Developer => "developer",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// The display name, `Owner`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Developer => "Developer",
            Self::Member => "Member",
            Self::Viewer => "Viewer",
        }
    }

    pub fn permissions(self) -> Permissions {
        use Permission::*;
        let member = [
            OrganizationRead,
            MembersRead,
            RolesRead,
            TeamsRead,
            WorkspacesRead,
            ProjectsRead,
            AgentsRead,
            SpacesRead,
            CatalogRead,
        ];
        match self {
            Self::Owner => Permissions::all(),
            Self::Admin => Permission::ALL.iter().copied().filter(|p| *p != OrganizationDelete).collect(),
            Self::Developer => Permission::ALL
                .iter()
                .copied()
                .filter(|p| p.is_read() && !matches!(p, AuditRead | SsoRead | WebhooksRead))
                .chain([WorkspacesWrite, ProjectsWrite, AgentsWrite, AgentsRun, CatalogWrite, ApiKeysWriteOwn])
                .collect(),
            Self::Member => member.into_iter().collect(),
            Self::Viewer => member.into_iter().filter(|p| !matches!(p, MembersRead | RolesRead)).collect(),
        }
    }
}

impl FromStr for BuiltInRole {
    type Err = UnknownRole;

    fn from_str(key: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.key() == key).ok_or(UnknownRole)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no such role")]
pub struct UnknownRole;

/// The key of a role that an organization made for itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomRoleKey(String);

impl TryFrom<String> for CustomRoleKey {
    type Error = RoleKeyError;

    fn try_from(text: String) -> Result<Self, RoleKeyError> {
        Self::parse(&text)
    }
}

impl From<CustomRoleKey> for String {
    fn from(key: CustomRoleKey) -> Self {
        key.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RoleKeyError {
    #[error("must have 1 to {MAX_ROLE_KEY} lower-case letters, digits, _ or -, and begin with a letter")]
    Shape,
    #[error("is the key of a built-in role")]
    BuiltIn,
}

impl CustomRoleKey {
    pub fn parse(text: &str) -> Result<Self, RoleKeyError> {
        match text.parse()? {
            RoleKey::BuiltIn(_) => Err(RoleKeyError::BuiltIn),
            RoleKey::Custom(key) => Ok(key),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key of any role of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoleKey {
    BuiltIn(BuiltInRole),
    Custom(CustomRoleKey),
}

impl RoleKey {
    /// Whether it is a role that an organization made for itself.
    pub fn is_custom(&self) -> bool {
        matches!(self, Self::Custom(_))
    }
}

impl RoleKey {
    pub const OWNER: Self = Self::BuiltIn(BuiltInRole::Owner);

    pub fn as_str(&self) -> &str {
        match self {
            Self::BuiltIn(role) => role.key(),
            Self::Custom(key) => key.as_str(),
        }
    }

    pub fn is_owner(&self) -> bool {
        *self == Self::OWNER
    }
}

impl FromStr for RoleKey {
    type Err = RoleKeyError;

    fn from_str(text: &str) -> Result<Self, RoleKeyError> {
        if let Ok(role) = text.parse() {
            return Ok(Self::BuiltIn(role));
        }
        let fine = (1..=MAX_ROLE_KEY).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
            && text.starts_with(|c: char| c.is_ascii_lowercase());
        if fine { Ok(Self::Custom(CustomRoleKey(text.to_owned()))) } else { Err(RoleKeyError::Shape) }
    }
}

impl TryFrom<String> for RoleKey {
    type Error = RoleKeyError;

    fn try_from(text: String) -> Result<Self, RoleKeyError> {
        text.parse()
    }
}

impl From<RoleKey> for String {
    fn from(key: RoleKey) -> Self {
        key.as_str().to_owned()
    }
}

impl fmt::Display for RoleKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_a_built_in_role_or_one_of_the_organizations_own() {
        assert_eq!("owner".parse(), Ok(RoleKey::OWNER));
        assert_eq!("billing_clerk-2".parse::<RoleKey>().map(String::from).as_deref(), Ok("billing_clerk-2"));
        assert_eq!(CustomRoleKey::parse("viewer"), Err(RoleKeyError::BuiltIn));
        let long = "a".repeat(MAX_ROLE_KEY + 1);
        for wrong in ["", "Owner", "2nd", "_x", "a b", "a.b", "\u{e9}", long.as_str()] {
            assert_eq!(wrong.parse::<RoleKey>(), Err(RoleKeyError::Shape), "{wrong}");
        }
    }
}
