//! Decisions on who belongs to an organization and with which role.
//!
//! Two rules hold for all of them: nobody gives, takes or touches permissions that they do not have, and there is
//! always an active owner.

use chrono::{DateTime, TimeDelta, Utc};

use super::{MemberCommand, Organization, OrganizationError as Error, OrganizationEvent as Event, Removal};
use crate::{
    authorization::{BuiltInRole, Permissions, RoleKey, Standing},
    ids::UserId,
};

/// How long a removed member can be reinstated, in days.
pub const REINSTATE_DAYS: i64 = 90;

impl Organization {
    pub(super) fn decide_on_member(
        &self,
        by: Standing,
        command: MemberCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Error> {
        let profile = self.changeable()?;
        match command {
            MemberCommand::Add { user, role } => {
                self.may_give(by, &role)?;
                if self.members.contains_key(&user) {
                    return Err(Error::AlreadyMember);
                }
                self.free_seat(now)?;
                Ok(vec![Event::MemberAdded { user, role }])
            }
            MemberCommand::ChangeRole { user, role } => {
                let from = self.may_touch(by, user)?;
                self.may_give(by, &role)?;
                if from == role {
                    return Ok(vec![]);
                }
                let mut events = self.without_owner(user, &from)?;
                events.push(Event::MemberRoleChanged { user, from, to: role });
                Ok(events)
            }
            MemberCommand::Suspend { user } => {
                let role = self.may_touch(by, user)?;
                if self.members.get(&user).is_some_and(|member| !member.active) {
                    return Err(Error::MemberSuspended);
                }
                let mut events = self.without_owner(user, &role)?;
                events.push(Event::MemberSuspended { user });
                Ok(events)
            }
            MemberCommand::Reinstate { user } => {
                let role = self.reinstatable(user, now)?;
                self.may_give(by, &role)?;
                if !self.members.contains_key(&user) {
                    self.free_seat(now)?;
                }
                Ok(vec![Event::MemberReinstated { user, role }])
            }
            MemberCommand::Remove { user } => {
                let role = self.may_touch(by, user)?;
                self.remove(user, role, Removal::Removed, now)
            }
            MemberCommand::Leave { user } => {
                let role = self.members.get(&user).ok_or(Error::MemberNotFound)?.role.clone();
                self.remove(user, role, Removal::Left, now)
            }
            MemberCommand::TransferOwnership { to, keep_owner } => {
                if !by.owns() {
                    return Err(Error::OwnersOnly);
                }
                let successor = self.members.get(&to).ok_or(Error::MemberNotFound)?;
                if !successor.active {
                    return Err(Error::MemberSuspended);
                }
                let from = profile.owner;
                if from == to {
                    return Ok(vec![]);
                }
                Ok(vec![Event::OwnershipTransferred { from, to, keep_owner }])
            }
        }
    }

    fn remove(&self, user: UserId, role: RoleKey, reason: Removal, now: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        let mut events = self.without_owner(user, &role)?;
        let reinstatable_until = now + TimeDelta::days(REINSTATE_DAYS);
        events.push(Event::MemberRemoved { user, role, reason, reinstatable_until });
        Ok(events)
    }

    /// The role that a suspended or lately removed user comes back with.
    fn reinstatable(&self, user: UserId, now: DateTime<Utc>) -> Result<RoleKey, Error> {
        let suspended = self.members.get(&user).filter(|member| !member.active).map(|member| &member.role);
        let removed = || self.former.get(&user).filter(|former| now < former.until).map(|former| &former.role);
        match (self.members.contains_key(&user), suspended) {
            (true, None) => Err(Error::NotReinstatable),
            (true, Some(role)) => Ok(role.clone()),
            (false, _) => removed().cloned().ok_or(Error::NotReinstatable),
        }
    }

    /// What has to happen before an owner stops being one: another active owner stays, and takes over from a primary
    /// one.
    fn without_owner(&self, user: UserId, role: &RoleKey) -> Result<Vec<Event>, Error> {
        let was_active = self.members.get(&user).is_some_and(|member| member.active);
        if !role.is_owner() || !was_active {
            return Ok(vec![]);
        }
        let others = self.members.iter().filter(|(id, member)| **id != user && member.active && member.role.is_owner());
        let successor = others.map(|(id, _)| *id).min().ok_or(Error::LastOwner)?;
        let is_primary = self.owner() == Some(user);
        Ok(if is_primary { vec![Event::PrimaryOwnerChanged { from: user, to: successor }] } else { vec![] })
    }

    /// The role of a member whom an asker of this standing may change.
    fn may_touch(&self, by: Standing, user: UserId) -> Result<RoleKey, Error> {
        let role = self.members.get(&user).ok_or(Error::MemberNotFound)?.role.clone();
        // A role that was deleted gives nothing, so everyone who may change members may change it.
        let theirs = self.permissions(&role).unwrap_or_default();
        covers(by, &role, theirs)?;
        Ok(role)
    }

    pub(super) fn may_give(&self, by: Standing, role: &RoleKey) -> Result<(), Error> {
        let given = self.permissions(role).ok_or_else(|| Error::RoleNotFound(role.clone()))?;
        covers(by, role, given)
    }

    /// What a role allows; none where there is no such role.
    pub fn permissions(&self, role: &RoleKey) -> Option<Permissions> {
        match role {
            RoleKey::BuiltIn(role) => Some(role.permissions()),
            RoleKey::Custom(key) => self.roles.get(key).map(|role| role.permissions),
        }
    }

    /// Seats are active and suspended members and pending invitations.
    pub(super) fn free_seat(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let live = self.invitations.values().filter(|invitation| invitation.is_live(now)).count();
        let current = i64::try_from(self.members.len() + live).unwrap_or(i64::MAX);
        let limit = self.limits().map_or(0, |limits| limits.max_members);
        if current < limit { Ok(()) } else { Err(Error::SeatsTaken { limit, current }) }
    }
}

/// Ownership is more than its permissions: only owners give and take it.
fn covers(by: Standing, role: &RoleKey, permissions: Permissions) -> Result<(), Error> {
    if *role == RoleKey::BuiltIn(BuiltInRole::Owner) && !by.owns() {
        return Err(Error::OwnersOnly);
    }
    missing(by, permissions)
}

/// Refuses what an asker of this standing lacks.
pub(super) fn missing(by: Standing, permissions: Permissions) -> Result<(), Error> {
    let own = by.permissions();
    if own.covers(permissions) { Ok(()) } else { Err(Error::Exceeds(permissions.without(own))) }
}
