//! What events make of an organization. Nothing here may fail.

use std::collections::BTreeSet;

use super::{
    BTreeMap, BuiltInRole, CustomRole, DEFAULT_JWT_EXPIRY_SECS, Former, Invitation, LimitOverrides, Member,
    Organization, OrganizationEvent, Profile, ProfileChanges, RoleKey, Settings, members::REINSTATE_DAYS,
};
use chrono::TimeDelta;

use crate::change::Apply;

impl Organization {
    pub(super) fn fold(&mut self, event: OrganizationEvent) {
        use OrganizationEvent as Event;
        if let Event::OrganizationCreated { name, slug, description, domain, owner, plan, is_personal: _ } = event {
            self.members.insert(owner, Member { role: RoleKey::OWNER, active: true });
            self.profile = Some(Profile {
                name,
                slug,
                old_slugs: BTreeSet::new(),
                description,
                domain,
                billing_email: None,
                settings: Settings::default(),
                metadata: BTreeMap::new(),
                jwt_expiry_secs: DEFAULT_JWT_EXPIRY_SECS,
                owner,
                plan,
                limits: LimitOverrides::default(),
                suspended: false,
                purge_after: None,
                purged: false,
            });
            return;
        }
        let Some(profile) = &mut self.profile else { return };
        match event {
            Event::OrganizationCreated { .. } => {}
            Event::OrganizationUpdated { changes } => profile.apply(&changes),
            Event::PlanChanged { to, .. } => profile.plan = to,
            Event::OrganizationSlugChanged { from, to } => {
                profile.old_slugs.remove(&to);
                profile.old_slugs.insert(from);
                profile.slug = to;
            }
            Event::OrganizationSlugReleased { slug } => {
                profile.old_slugs.remove(&slug);
            }
            Event::LimitsChanged { changes } => profile.limits.apply(&changes),
            Event::OrganizationSuspended { .. } => profile.suspended = true,
            Event::OrganizationReactivated {} => profile.suspended = false,
            Event::OrganizationDeleted { purge_after } => profile.purge_after = Some(purge_after),
            Event::OrganizationRestored {} => profile.purge_after = None,
            Event::OrganizationPurged { .. } => {
                let purged = Profile { purged: true, ..profile.clone() };
                *self = Self { profile: Some(purged), ..Self::default() };
            }
            Event::OwnershipTransferred { from, to, keep_owner } => {
                profile.owner = to;
                self.set_role(to, RoleKey::OWNER);
                if !keep_owner {
                    self.set_role(from, RoleKey::BuiltIn(BuiltInRole::Admin));
                }
            }
            Event::PrimaryOwnerChanged { to, .. } => profile.owner = to,
            event => self.fold_people(event),
        }
    }

    fn fold_people(&mut self, event: OrganizationEvent) {
        use OrganizationEvent as Event;
        match event {
            Event::MemberAdded { user, role } | Event::MemberReinstated { user, role } => {
                self.former.remove(&user);
                self.members.insert(user, Member { role, active: true });
            }
            Event::MemberRoleChanged { user, to, .. } => self.set_role(user, to),
            Event::MemberSuspended { user } => {
                if let Some(member) = self.members.get_mut(&user) {
                    member.active = false;
                }
            }
            Event::MemberRemoved { user, role, reinstatable_until: until, .. } => {
                self.members.remove(&user);
                let now = until - TimeDelta::days(REINSTATE_DAYS);
                self.former.retain(|_, former| now < former.until);
                self.former.insert(user, Former { role, until });
            }
            Event::MemberInvited { invitation, email, role, token_hash, expires_at, .. } => {
                self.invitations.insert(invitation, Invitation { email, role, token_hash, expires_at, expired: false });
            }
            Event::InvitationResent { invitation, token_hash, expires_at } => {
                if let Some(sent) = self.invitations.get_mut(&invitation) {
                    (sent.token_hash, sent.expires_at, sent.expired) = (token_hash, expires_at, false);
                }
            }
            Event::InvitationExpired { invitation } => {
                if let Some(sent) = self.invitations.get_mut(&invitation) {
                    sent.expired = true;
                }
            }
            Event::InvitationRevoked { invitation }
            | Event::InvitationDeclined { invitation }
            | Event::InvitationAccepted { invitation, .. } => {
                self.invitations.remove(&invitation);
            }
            Event::RoleCreated { key, name, description, permissions } => {
                self.roles.insert(key, CustomRole { name, description, permissions });
            }
            Event::RoleUpdated { key, changes } => {
                if let Some(role) = self.roles.get_mut(&key) {
                    changes.name.apply(&mut role.name);
                    changes.description.apply(&mut role.description);
                    changes.permissions.apply(&mut role.permissions);
                }
            }
            Event::RoleDeleted { key, remap_to, members, invitations } => {
                self.roles.remove(&key);
                let Some(role) = remap_to else { return };
                members.into_iter().for_each(|user| self.set_role(user, role.clone()));
                for invitation in invitations {
                    if let Some(sent) = self.invitations.get_mut(&invitation) {
                        sent.role = role.clone();
                    }
                }
                let deleted = RoleKey::Custom(key);
                self.former
                    .iter_mut()
                    .filter(|(_, former)| former.role == deleted)
                    .for_each(|(_, f)| f.role = role.clone());
            }
            // All others are the organization's own.
            _ => {}
        }
    }

    fn set_role(&mut self, user: crate::ids::UserId, role: RoleKey) {
        if let Some(member) = self.members.get_mut(&user) {
            member.role = role;
        }
    }
}

impl Profile {
    fn apply(&mut self, changes: &ProfileChanges) {
        changes.name.apply(&mut self.name);
        changes.description.apply(&mut self.description);
        changes.domain.apply(&mut self.domain);
        changes.billing_email.apply(&mut self.billing_email);
        changes.settings.apply(&mut self.settings);
        changes.metadata.apply(&mut self.metadata);
        changes.jwt_expiry_secs.apply(&mut self.jwt_expiry_secs);
    }
}
