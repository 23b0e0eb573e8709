//! Who may do what: permissions, built-in roles, and the one function that decides.
//!
//! Writes feed [`decide`] from the write model, reads feed it from the joined membership. Nothing else decides.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ids::UserId, organization::Status};

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

    fn is_read(self) -> bool {
        self.as_str().ends_with(":read")
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |p| self.contains(*p))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

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

/// What the asker is to the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The platform's operator, above all organizations; never granted through one.
    Superadmin,
    /// A member whose membership is active.
    Member { permissions: Permissions, owner: bool },
    /// Everybody else, suspended members among them.
    Outsider,
}

impl Standing {
    pub fn has(self, permission: Permission) -> bool {
        match self {
            Self::Superadmin => true,
            Self::Member { permissions, .. } => permissions.contains(permission),
            Self::Outsider => false,
        }
    }
}

/// Who asks, as far as decisions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    User {
        id: UserId,
        superadmin: bool,
    },
    /// The product itself, by the clock.
    System,
}

impl Asker {
    /// What the asker is to an organization in which his membership gives him this.
    pub fn standing(self, membership: Standing) -> Standing {
        match self {
            Self::User { superadmin: false, .. } => membership,
            Self::User { superadmin: true, .. } | Self::System => Standing::Superadmin,
        }
    }

    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(id),
            Self::System => None,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Whatever a permission covers.
    Use(Permission),
    /// Bringing a deleted organization back: its owners, as long as it is restorable.
    Restore,
    /// What only the platform's operator does: suspend, reactivate, purge, change the plan.
    Operate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// The organization is deleted; to this asker it does not exist.
    #[error("Organization not found")]
    NotFound,
    #[error("Not authorized for this organization")]
    NotAMember,
    #[error("This organization is suspended")]
    Suspended,
    #[error("Missing permission {0}")]
    Missing(Permission),
    #[error("Only a superadmin may do this")]
    SuperadminOnly,
}

/// The one decision: whether somebody of this standing may do this in an organization of this status.
pub fn decide(standing: Standing, status: Status, action: Action) -> Result<(), Denied> {
    let Standing::Member { permissions, owner } = standing else {
        return match (standing, status) {
            (Standing::Superadmin, _) => Ok(()),
            (_, Status::Deleted) => Err(Denied::NotFound),
            _ => Err(Denied::NotAMember),
        };
    };
    match (status, action) {
        (_, Action::Operate) if status != Status::Deleted => Err(Denied::SuperadminOnly),
        (Status::Deleted, Action::Restore | Action::Use(Permission::OrganizationRead)) if owner => Ok(()),
        (Status::Deleted, _) => Err(Denied::NotFound),
        (Status::Suspended, _) => Err(Denied::Suspended),
        (Status::Active, Action::Use(permission)) if !permissions.contains(permission) => {
            Err(Denied::Missing(permission))
        }
        (Status::Active, Action::Restore) if !owner => Err(Denied::Missing(Permission::OrganizationDelete)),
        (Status::Active, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: BuiltInRole) -> Standing {
        Standing::Member { permissions: role.permissions(), owner: role == BuiltInRole::Owner }
    }

    #[test]
    fn roles_have_what_the_table_says() {
        use Permission::*;
        assert!(!BuiltInRole::Admin.permissions().contains(OrganizationDelete));
        assert!(BuiltInRole::Admin.permissions().contains(ApiKeysWrite));
        let developer = BuiltInRole::Developer.permissions();
        assert!(developer.contains(AgentsRun) && developer.contains(UsageRead) && developer.contains(ApiKeysWriteOwn));
        assert!(
            !developer.contains(AuditRead) && !developer.contains(ApiKeysWrite) && !developer.contains(SpacesWrite)
        );
        assert!(!BuiltInRole::Viewer.permissions().contains(MembersRead));
        assert!(BuiltInRole::Member.permissions().covers(BuiltInRole::Viewer.permissions()));
        assert!(!BuiltInRole::Viewer.permissions().covers(BuiltInRole::Member.permissions()));
    }

    #[test]
    fn status_comes_before_permission() {
        let read = Action::Use(Permission::OrganizationRead);
        assert_eq!(decide(Standing::Outsider, Status::Active, read), Err(Denied::NotAMember));
        assert_eq!(decide(Standing::Outsider, Status::Deleted, read), Err(Denied::NotFound));
        assert_eq!(decide(Standing::Superadmin, Status::Deleted, read), Ok(()));
        assert_eq!(decide(member(BuiltInRole::Owner), Status::Deleted, read), Ok(()));
        assert_eq!(decide(member(BuiltInRole::Admin), Status::Deleted, read), Err(Denied::NotFound));
        assert_eq!(decide(member(BuiltInRole::Owner), Status::Suspended, read), Err(Denied::Suspended));
        assert_eq!(decide(member(BuiltInRole::Owner), Status::Active, Action::Operate), Err(Denied::SuperadminOnly));
        let update = Permission::OrganizationUpdate;
        assert_eq!(
            decide(member(BuiltInRole::Viewer), Status::Active, Action::Use(update)),
            Err(Denied::Missing(update))
        );
    }
}
