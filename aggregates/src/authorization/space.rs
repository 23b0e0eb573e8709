//! Spaces: their roles, and what an asker is to one.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Asker, Permission, Permissions, Reach, Standing};
use crate::ids::OrganizationId;

/// What can be done in a space.
const OF_SPACES: [Permission; 4] =
    [Permission::SpacesRead, Permission::SpacesWrite, Permission::CatalogRead, Permission::CatalogWrite];

/// What a member of a space is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpaceRole {
    /// Manages the space and who is in it.
    Admin,
    /// Changes what is in it.
    Editor,
    Viewer,
}

impl SpaceRole {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    pub fn permissions(self) -> Permissions {
        use Permission::*;
        let more: &[Permission] = match self {
            Self::Admin => &[CatalogWrite, SpacesWrite],
            Self::Editor => &[CatalogWrite],
            Self::Viewer => &[],
        };
        [SpacesRead, CatalogRead].iter().chain(more).copied().collect()
    }
}

impl FromStr for SpaceRole {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Admin, Self::Editor, Self::Viewer].into_iter().find(|role| role.as_str() == text).ok_or(())
    }
}

/// Members with this permission have all spaces of their organization, whoever is in them.
pub const SEES_ALL_SPACES: Permission = Permission::SpacesWrite;

impl Asker {
    /// What the asker is to a space: one that belongs to an organization, in which the membership gives them this, or one
    /// that is its members' own. `role` is what they are in the space itself.
    ///
    /// Nobody is anything to a space of an organization to which they do not belong, and a role in it gives nothing to those
    /// who may not even read such things in the organization.
    pub fn standing_in_space(
        self,
        organization: Option<(OrganizationId, Standing)>,
        role: Option<SpaceRole>,
    ) -> Standing {
        let Some((id, membership)) = organization else {
            return match (self.operates(), self.person(), role) {
                (true, ..) => Standing::Superadmin,
                (_, Some(_), Some(role)) => Standing::Member { permissions: role.permissions(), owner: false },
                _ => Standing::Outsider,
            };
        };
        let Standing::Member { permissions: here, owner } = self.standing(id, membership) else {
            return self.standing(id, membership);
        };
        // The organization's own key works for it in all its spaces.
        let Self::User { reach, .. } = self else {
            return Standing::Member { permissions: here.intersection(of_spaces()), owner };
        };
        let given = match reach {
            Reach::Scoped(granted) => granted.permissions(id),
            Reach::Everywhere | Reach::Within(_) => Permissions::all(),
        };
        let here = membership.permissions();
        let wide = if here.contains(SEES_ALL_SPACES) { here.intersection(of_spaces()) } else { Permissions::default() };
        let own = role.map(SpaceRole::permissions).unwrap_or_default();
        let own: Permissions = own.iter().filter(|permission| here.contains(read_by(*permission))).collect();
        if wide.union(own) == Permissions::default() {
            return Standing::Outsider;
        }
        Standing::Member { permissions: wide.union(own).intersection(given), owner: false }
    }
}

/// What a member has to have in the organization, so that a role in one of its spaces gives them a permission.
fn read_by(permission: Permission) -> Permission {
    match permission {
        Permission::SpacesRead | Permission::SpacesWrite => Permission::SpacesRead,
        _ => Permission::CatalogRead,
    }
}

fn of_spaces() -> Permissions {
    OF_SPACES.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        authorization::{BuiltInRole, Scope, Scopes},
        ids::UserId,
    };

    const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
    const OTHER: OrganizationId = OrganizationId::new(Uuid::from_u128(2));

    fn person(reach: Reach) -> Asker {
        Asker::User { id: UserId::new(Uuid::from_u128(3)), superadmin: false, reach }
    }

    fn scoped(grant: &str) -> Asker {
        let scope = Scope { organization: ACME, grant: grant.parse().expect("a grant") };
        person(Scopes::Within(vec![scope]).reach())
    }

    fn member(role: BuiltInRole) -> Standing {
        Standing::Member { permissions: role.permissions(), owner: role == BuiltInRole::Owner }
    }

    fn may(asker: Asker, organization: Option<(OrganizationId, Standing)>, role: Option<SpaceRole>) -> Vec<String> {
        asker.standing_in_space(organization, role).permissions().into()
    }

    #[test]
    fn owners_and_admins_have_every_space_and_others_their_role_there() {
        let asker = person(Reach::Everywhere);
        let everything = ["spaces:read", "spaces:write", "catalog:read", "catalog:write"];
        for role in [BuiltInRole::Owner, BuiltInRole::Admin] {
            assert_eq!(may(asker, Some((ACME, member(role))), None), everything);
        }
        for role in [BuiltInRole::Developer, BuiltInRole::Member, BuiltInRole::Viewer] {
            let here = Some((ACME, member(role)));
            assert_eq!(asker.standing_in_space(here, None), Standing::Outsider);
            assert_eq!(may(asker, here, Some(SpaceRole::Admin)), everything);
            assert_eq!(may(asker, here, Some(SpaceRole::Editor)), ["spaces:read", "catalog:read", "catalog:write"]);
            assert_eq!(may(asker, here, Some(SpaceRole::Viewer)), ["spaces:read", "catalog:read"]);
        }
        let outside = Some((ACME, Standing::Outsider));
        assert_eq!(asker.standing_in_space(outside, Some(SpaceRole::Admin)), Standing::Outsider);
        let having = |permissions: &[Permission]| {
            Some((ACME, Standing::Member { permissions: permissions.iter().copied().collect(), owner: false }))
        };
        assert_eq!(may(asker, having(&[Permission::SpacesWrite]), None), ["spaces:write"]);
        let reader = having(&[Permission::CatalogRead]);
        assert_eq!(may(asker, reader, Some(SpaceRole::Admin)), ["catalog:read", "catalog:write"]);
        assert_eq!(asker.standing_in_space(having(&[]), Some(SpaceRole::Admin)), Standing::Outsider);
    }

    #[test]
    fn a_detached_space_is_its_members_own() {
        assert_eq!(may(person(Reach::Everywhere), None, Some(SpaceRole::Viewer)), ["spaces:read", "catalog:read"]);
        assert_eq!(person(Reach::Everywhere).standing_in_space(None, None), Standing::Outsider);
        for asker in [person(Reach::Within(ACME)), scoped("*")] {
            assert_eq!(asker.standing_in_space(None, Some(SpaceRole::Admin)), Standing::Outsider);
        }
    }

    #[test]
    fn a_credential_gives_no_more_than_it_was_given() {
        let here = Some((ACME, member(BuiltInRole::Member)));
        assert_eq!(may(scoped("catalog:*"), here, Some(SpaceRole::Viewer)), ["catalog:read"]);
        assert_eq!(may(scoped("catalog:read"), Some((ACME, member(BuiltInRole::Owner))), None), ["catalog:read"]);
        assert_eq!(may(scoped("members:read"), here, Some(SpaceRole::Admin)), [""; 0]);
        let elsewhere = Some((OTHER, member(BuiltInRole::Owner)));
        assert_eq!(scoped("*").standing_in_space(elsewhere, Some(SpaceRole::Admin)), Standing::Outsider);
        assert_eq!(person(Reach::Within(ACME)).standing_in_space(elsewhere, None), Standing::Outsider);
        let (permissions, creator) = ("catalog:read".parse().expect("a permission"), UserId::new(Uuid::nil()));
        let key = Asker::Organization { id: ACME, permissions, creator };
        assert_eq!(may(key, Some((ACME, Standing::Outsider)), None), ["catalog:read"]);
        assert_eq!(key.standing_in_space(elsewhere, None), Standing::Outsider);
        assert_eq!(key.standing_in_space(None, None), Standing::Outsider);
    }

    #[test]
    fn the_platform_stands_above_all_spaces() {
        let superadmin = Asker::User { id: UserId::new(Uuid::nil()), superadmin: true, reach: Reach::Everywhere };
        for organization in [None, Some((ACME, Standing::Outsider))] {
            assert_eq!(superadmin.standing_in_space(organization, None), Standing::Superadmin);
            assert_eq!(Asker::System.standing_in_space(organization, None), Standing::Superadmin);
        }
    }
}
