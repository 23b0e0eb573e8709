//! Decisions on the roles that an organization makes for itself.

use serde::{Deserialize, Serialize};

use super::{
    Organization, OrganizationError as Error, OrganizationEvent as Event, RoleChanges, RoleCommand, members::missing,
};
use crate::{
    authorization::{CustomRoleKey, Permissions, RoleKey, Standing},
    change::{Change, changed},
    ids::{InvitationId, UserId},
};

/// How many roles of its own an organization has at most.
pub const MAX_ROLES: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRole {
    pub name: String,
    pub description: Option<String>,
    pub permissions: Permissions,
}

impl Organization {
    pub(super) fn decide_on_role(&self, by: Standing, command: RoleCommand) -> Result<Vec<Event>, Error> {
        self.changeable()?;
        match command {
            RoleCommand::Create { key, name, description, permissions } => {
                missing(by, permissions)?;
                if self.roles.contains_key(&key) {
                    return Err(Error::RoleExists(RoleKey::Custom(key)));
                }
                if self.roles.len() >= MAX_ROLES {
                    return Err(Error::TooManyRoles(MAX_ROLES));
                }
                Ok(vec![Event::RoleCreated { key, name, description, permissions }])
            }
            RoleCommand::Update { key, patch } => {
                let (key, role) = self.own_role(key)?;
                missing(by, role.permissions)?;
                missing(by, patch.permissions.unwrap_or_default())?;
                let changes = RoleChanges {
                    name: Change::wanted(&role.name, patch.name),
                    description: Change::wanted(&role.description, patch.description),
                    permissions: Change::wanted(&role.permissions, patch.permissions),
                };
                Ok(changed(changes, |changes| Event::RoleUpdated { key, changes }))
            }
            RoleCommand::Delete { key, remap_to } => self.delete_role(by, key, remap_to),
        }
    }

    fn delete_role(&self, by: Standing, key: RoleKey, remap_to: Option<RoleKey>) -> Result<Vec<Event>, Error> {
        let (custom, role) = self.own_role(key.clone())?;
        missing(by, role.permissions)?;
        if remap_to.as_ref() == Some(&key) {
            return Err(Error::RemapToItself);
        }
        if let Some(other) = &remap_to {
            self.may_give(by, other)?;
        }
        let (members, invitations) = self.holders(&key);
        if remap_to.is_none() && !(members.is_empty() && invitations.is_empty()) {
            return Err(Error::RoleInUse { members: members.len(), invitations: invitations.len() });
        }
        Ok(vec![Event::RoleDeleted { key: custom, remap_to, members, invitations }])
    }

    /// Who has a role or was offered it, in the order of their ids.
    fn holders(&self, key: &RoleKey) -> (Vec<UserId>, Vec<InvitationId>) {
        let members = self.members.iter().filter(|(_, member)| member.role == *key).map(|(id, _)| *id);
        let invitations = self.invitations.iter().filter(|(_, invitation)| invitation.role == *key).map(|(id, _)| *id);
        let (mut members, mut invitations): (Vec<_>, Vec<_>) = (members.collect(), invitations.collect());
        members.sort_unstable();
        invitations.sort_unstable();
        (members, invitations)
    }

    fn own_role(&self, key: RoleKey) -> Result<(CustomRoleKey, &CustomRole), Error> {
        match &key {
            RoleKey::BuiltIn(_) => Err(Error::BuiltInRole(key)),
            RoleKey::Custom(custom) => match self.roles.get(custom) {
                Some(role) => Ok((custom.clone(), role)),
                None => Err(Error::RoleNotFound(key)),
            },
        }
    }
}
