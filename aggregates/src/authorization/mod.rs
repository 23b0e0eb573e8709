//! Who may do what: permissions, built-in roles, and the one function that decides.
//!
//! Writes feed [`decide`] from the write model, reads feed it from the joined membership. Nothing else decides.

mod permission;
mod role;
mod scope;
mod space;

use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

pub use self::{
    permission::{Permission, Permissions, UnknownPermission},
    role::{BuiltInRole, CustomRoleKey, MAX_ROLE_KEY, RoleKey, RoleKeyError, UnknownRole},
    scope::{Grant, Granted, MAX_ORGANIZATIONS, MAX_SCOPES, Scope, ScopeError, Scopes, WrittenScope},
    space::{SEES_ALL_SPACES, SpaceRole},
};
use crate::{
    ids::{OrganizationId, UserId},
    refusal::refusal,
    status::Status,
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

    /// Whether it may give and take ownership.
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
#[expect(clippy::large_enum_variant, reason = "there is one for each request, which passes it on by copying it")]
pub enum Reach {
    /// As far as the person.
    Everywhere,
    /// One organization: in all others, its bearer is an outsider.
    Within(OrganizationId),
    /// Some permissions in some organizations: an API key that was not given everything.
    Scoped(Granted),
}

/// Who asks, as far as decisions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each request, which passes it on by copying it")]
pub enum Asker {
    User {
        id: UserId,
        superadmin: bool,
        reach: Reach,
    },
    /// An API key that belongs to an organization and not to a person. It works there alone.
    Organization {
        id: OrganizationId,
        permissions: Permissions,
        /// Who made the key, and answers for what it does.
        creator: UserId,
    },
    /// The product itself, by the clock.
    System,
}

impl Asker {
    /// The standing of the asker in an organization in which the membership gives them this.
    pub fn standing(self, organization: OrganizationId, membership: Standing) -> Standing {
        match self {
            Self::System => Standing::Superadmin,
            Self::Organization { id, permissions, .. } if id == organization => {
                Standing::Member { permissions, owner: false }
            }
            Self::Organization { .. } => Standing::Outsider,
            Self::User { superadmin, reach, .. } => match reach {
                Reach::Everywhere if superadmin => Standing::Superadmin,
                Reach::Everywhere => membership,
                Reach::Within(only) if only == organization => membership,
                Reach::Within(_) => Standing::Outsider,
                Reach::Scoped(granted) => granted.narrow(organization, membership),
            },
        }
    }

    /// Whether the asker stands above all organizations. A credential that does not reach everywhere does not.
    pub fn operates(self) -> bool {
        matches!(self, Self::User { superadmin: true, reach: Reach::Everywhere, .. } | Self::System)
    }

    /// The organizations in which the asker's credential lets them use this, if it does not reach everywhere.
    pub fn within(self, permission: Permission) -> Option<Vec<OrganizationId>> {
        match self {
            Self::System | Self::User { reach: Reach::Everywhere, .. } => None,
            Self::User { reach: Reach::Within(organization), .. } => Some(vec![organization]),
            Self::User { reach: Reach::Scoped(granted), .. } => {
                let allowed = granted.iter().filter(|(_, permissions)| permissions.contains(permission));
                Some(allowed.map(|(organization, _)| organization).collect())
            }
            Self::Organization { id, permissions, .. } => {
                Some(Some(id).filter(|_| permissions.contains(permission)).into_iter().collect())
            }
        }
    }

    /// The person, if the credential carries all that they are, wherever they ask.
    pub fn person(self) -> Option<UserId> {
        match self {
            Self::User { id, reach: Reach::Everywhere, .. } => Some(id),
            _ => None,
        }
    }

    /// The person, if the credential carries all that they are to this organization.
    pub fn person_in(self, organization: OrganizationId) -> Option<UserId> {
        match self {
            Self::User { id, reach: Reach::Within(only), .. } if only == organization => Some(id),
            _ => self.person(),
        }
    }

    /// Of the person or the organization; nil for the product itself.
    pub fn id(self) -> Uuid {
        match self {
            Self::User { id, .. } => id.uuid(),
            Self::Organization { id, .. } => id.uuid(),
            Self::System => Uuid::nil(),
        }
    }

    /// Whether the credential reaches as far as these scopes do.
    pub fn carries(self, scopes: &Scopes) -> bool {
        match self {
            Self::System | Self::User { reach: Reach::Everywhere, .. } => true,
            Self::User { reach: Reach::Within(only), .. } => {
                *scopes != Scopes::Everything && scopes.organizations().iter().all(|organization| *organization == only)
            }
            Self::User { reach: Reach::Scoped(granted), .. } => {
                *scopes != Scopes::Everything
                    && scopes
                        .organizations()
                        .into_iter()
                        .all(|organization| granted.permissions(organization).covers(scopes.permissions(organization)))
            }
            Self::Organization { .. } => false,
        }
    }

    /// Who answers for what is done: the person, or the creator of the organization's key.
    pub fn responsible(self) -> Option<UserId> {
        match self {
            Self::Organization { creator, .. } => Some(creator),
            _ => self.user(),
        }
    }

    /// The person to whom the credential belongs.
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(id),
            Self::Organization { .. } | Self::System => None,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Whatever a permission covers.
    Use(Permission),
    /// Leaving an organization: any member of an active one, whatever their role.
    Leave,
    /// Bringing a deleted organization back: its owners, as long as it is restorable.
    Restore,
    /// What only the platform's operator does: suspend, reactivate, purge, change the plan.
    Operate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// To this asker it does not exist: the organization, which is deleted, or what was named by its own id.
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
    /// Creating organizations is reserved to superadmins in this deployment.
    #[error("Only a superadmin may create organizations")]
    CreationReserved,
    #[error("This credential works for some organizations only")]
    BoundElsewhere,
    #[error("Only the person concerned can do this: nobody else, and no key with scopes")]
    PersonRequired,
}

refusal! {
    Denied {
        Self::NotFound => "organization_not_found",
        Self::NotAMember => "not_a_member",
        Self::Suspended => "organization_suspended",
        Self::Missing(_) => "missing_permission",
        Self::SuperadminOnly | Self::CreationReserved => "superadmin_only",
        Self::BoundElsewhere => "token_bound",
        Self::PersonRequired => "person_required",
    }
    {
        fn members(&self) -> Vec<(&'static str, Value)> {
            match self {
                Self::Missing(permission) => vec![("permission", permission.as_str().into())],
                _ => vec![],
            }
        }
    }
}

/// The one decision: whether an asker of this standing may do this in an organization of this status.
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

/// Decides on what is named by its own id, outside of its organization: it does not exist for askers who have none of
/// the permissions by which such things are known there.
pub fn decide_by_id(
    standing: Standing,
    status: Status,
    wanted: Permission,
    known_by: &[Permission],
) -> Result<(), Denied> {
    if known_by.iter().any(|permission| standing.has(*permission)) {
        decide(standing, status, Action::Use(wanted))
    } else {
        Err(Denied::NotFound)
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
    #[test]
    fn what_is_not_known_does_not_exist() {
        use Permission::{ApiKeysRead as Read, ApiKeysWrite as Write, ApiKeysWriteOwn as WriteOwn};
        let having = |permissions: &[Permission]| Standing::Member {
            permissions: permissions.iter().copied().collect(),
            owner: false,
        };
        let write = |standing, status| decide_by_id(standing, status, Write, &[Read, Write]);
        for status in [Status::Active, Status::Suspended, Status::Deleted] {
            assert_eq!(write(Standing::Outsider, status), Err(Denied::NotFound));
            assert_eq!(write(having(&[WriteOwn]), status), Err(Denied::NotFound));
            assert_eq!(write(Standing::Superadmin, status), Ok(()));
        }
        assert_eq!(write(having(&[Read]), Status::Active), Err(Denied::Missing(Write)));
        assert_eq!(write(having(&[Write]), Status::Active), Ok(()));
        assert_eq!(write(having(&[Write]), Status::Suspended), Err(Denied::Suspended));
        assert_eq!(write(member(BuiltInRole::Owner), Status::Deleted), Err(Denied::NotFound));
    }
}
