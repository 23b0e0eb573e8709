//! Who may do what: permissions, built-in roles, and the one function that decides.
//!
//! Writes feed [`decide`] from the write model, reads feed it from the joined membership. Nothing else decides.

mod permission;
mod role;

use thiserror::Error;

pub use self::{
    permission::{Permission, Permissions, UnknownPermission},
    role::{BuiltInRole, CustomRoleKey, MAX_ROLE_KEY, RoleKey, RoleKeyError, UnknownRole},
};
use crate::{
    ids::{OrganizationId, UserId},
    organization::Status,
};

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
    /// Everything that this standing allows.
    pub fn permissions(self) -> Permissions {
        match self {
            Self::Superadmin => Permissions::all(),
            Self::Member { permissions, .. } => permissions,
            Self::Outsider => Permissions::default(),
        }
    }

    /// Whether ownership is his to give and to take.
    pub fn owns(self) -> bool {
        matches!(self, Self::Superadmin | Self::Member { owner: true, .. })
    }

    pub fn has(self, permission: Permission) -> bool {
        match self {
            Self::Superadmin => true,
            Self::Member { permissions, .. } => permissions.contains(permission),
            Self::Outsider => false,
        }
    }
}

/// How far an asker's credential reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// As far as the person.
    Everywhere,
    /// One organization: in all others, whoever carries it is an outsider.
    Within(OrganizationId),
}

impl Reach {
    pub fn includes(self, organization: OrganizationId) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Within(only) => only == organization,
        }
    }
}

/// Who asks, as far as decisions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    User {
        id: UserId,
        superadmin: bool,
        reach: Reach,
    },
    /// The product itself, by the clock.
    System,
}

impl Asker {
    /// What the asker is to an organization in which his membership gives him this.
    pub fn standing(self, organization: OrganizationId, membership: Standing) -> Standing {
        match self {
            Self::User { reach, .. } if !reach.includes(organization) => Standing::Outsider,
            _ if self.operates() => Standing::Superadmin,
            _ => membership,
        }
    }

    /// Whether the asker stands above all organizations. A credential that reaches into one of them does not.
    pub fn operates(self) -> bool {
        matches!(self, Self::User { superadmin: true, reach: Reach::Everywhere, .. } | Self::System)
    }

    /// The only organization that the asker's credential reaches, if it does not reach everywhere.
    pub fn within(self) -> Option<OrganizationId> {
        match self {
            Self::User { reach: Reach::Within(organization), .. } => Some(organization),
            Self::User { reach: Reach::Everywhere, .. } | Self::System => None,
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
    /// Going away from an organization: any member of one that is active, whatever his role.
    Leave,
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
    #[error("This token is bound to another organization")]
    BoundElsewhere,
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
