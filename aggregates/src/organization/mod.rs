//! The organization: the tenant. Its profile, status, limits and members; it decides who may do what.

mod command;
mod error;
mod event;
mod fold;
mod invitations;
mod limits;
mod members;
mod roles;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::Aggregate;
use imbl::{HashMap, OrdMap};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::{
    command::{
        Answer, InvitationCommand, MemberCommand, Offer, OrganizationCommand, ProfilePatch, RoleCommand, RolePatch,
        SettingsPatch,
    },
    error::OrganizationError,
    event::{OrganizationEvent, ProfileChanges, REVOCATIONS, Removal, RoleChanges},
    invitations::Invitation,
    limits::{LimitChanges, LimitOverrides, LimitProblem, Limits, LimitsPatch, Plan},
    members::REINSTATE_DAYS,
    roles::{CustomRole, MAX_ROLES},
};
pub use crate::status::Status;
use crate::{
    Moment,
    authorization::{BuiltInRole, CustomRoleKey, RoleKey, Standing},
    belonging::Belonging,
    change::{Change, changed},
    decide::{Decide, handle_by_deciding},
    ids::{InvitationId, OrganizationId, UserId},
    personal::Personal,
    slug::Slug,
};

/// How long a deleted organization can be restored, in days.
pub const RESTORE_DAYS: i64 = 30;
/// How many pairs of metadata an organization has at most.
pub const MAX_METADATA: usize = 50;
/// How many old slugs an organization keeps at most.
pub const MAX_OLD_SLUGS: usize = 20;
/// Lifetime of access tokens until the organization chooses another, in seconds.
pub const DEFAULT_JWT_EXPIRY_SECS: i64 = 3600;

/// How an organization presents itself and its times.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// A name of the IANA time zone database, `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// A BCP 47 language tag, `en-GB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Where the logo is, an `https` URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub role: RoleKey,
    pub active: bool,
}

/// A user who was a member and can be one again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Former {
    role: RoleKey,
    until: DateTime<Utc>,
}

/// The state that decisions need. Its maps are persistent: a copy for a decision shares all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Organization {
    profile: Option<Profile>,
    members: HashMap<UserId, Member>,
    former: HashMap<UserId, Former>,
    /// Those that can still be answered or sent again.
    invitations: HashMap<InvitationId, Invitation>,
    roles: OrdMap<CustomRoleKey, CustomRole>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    name: String,
    slug: Slug,
    old_slugs: BTreeSet<Slug>,
    description: Option<String>,
    domain: Option<String>,
    billing_email: Option<Personal<String>>,
    settings: Settings,
    metadata: BTreeMap<String, String>,
    jwt_expiry_secs: i64,
    owner: UserId,
    plan: Plan,
    limits: LimitOverrides,
    suspended: bool,
    purge_after: Option<DateTime<Utc>>,
    purged: bool,
}

impl Profile {
    fn status(&self) -> Status {
        match (self.purge_after, self.suspended) {
            (Some(_), _) => Status::Deleted,
            (None, true) => Status::Suspended,
            (None, false) => Status::Active,
        }
    }
}

impl Organization {
    /// None before creation and after the purge.
    pub fn status(&self) -> Option<Status> {
        self.existing().ok().map(Profile::status)
    }

    /// What a user is to this organization.
    pub fn standing(&self, user: UserId) -> Standing {
        match self.members.get(&user) {
            Some(member) if member.active => Standing::Member {
                permissions: self.permissions(&member.role).unwrap_or_default(),
                owner: member.role.is_owner(),
            },
            _ => Standing::Outsider,
        }
    }

    /// The role of a member, active or suspended.
    pub fn role(&self, user: UserId) -> Option<&RoleKey> {
        self.members.get(&user).map(|member| &member.role)
    }

    /// Whether a user is a member, active or suspended.
    pub fn is_member(&self, user: UserId) -> bool {
        self.members.contains_key(&user)
    }

    /// How many members have a role, active or suspended.
    pub fn members_with(&self, role: &RoleKey) -> usize {
        self.members.values().filter(|member| member.role == *role).count()
    }

    /// The primary owner: the creator, until ownership is transferred.
    pub fn owner(&self) -> Option<UserId> {
        self.profile.as_ref().map(|profile| profile.owner)
    }

    /// Lifetime of access tokens that are bound to this organization, in seconds.
    pub fn jwt_expiry_secs(&self) -> Option<i64> {
        self.profile.as_ref().map(|profile| profile.jwt_expiry_secs)
    }

    pub fn limits(&self) -> Option<Limits> {
        self.profile.as_ref().map(|profile| profile.limits.over(profile.plan))
    }

    fn existing(&self) -> Result<&Profile, OrganizationError> {
        self.profile.as_ref().filter(|profile| !profile.purged).ok_or(OrganizationError::NotFound)
    }

    /// The profile of an organization that can be changed: it exists and is not deleted.
    fn changeable(&self) -> Result<&Profile, OrganizationError> {
        let profile = self.existing()?;
        if profile.status() == Status::Deleted { Err(OrganizationError::Deleted) } else { Ok(profile) }
    }

    fn change_slug(&self, slug: Slug, release: Vec<Slug>) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        let profile = self.changeable()?;
        let mut old = profile.old_slugs.clone();
        let mut events = Vec::new();
        if slug != profile.slug {
            old.remove(&slug);
            old.insert(profile.slug.clone());
            events.push(OrganizationEvent::OrganizationSlugChanged { from: profile.slug.clone(), to: slug });
        }
        for slug in release {
            if !old.remove(&slug) {
                return Err(OrganizationError::NotAnOldSlug(slug.into_string()));
            }
            events.push(OrganizationEvent::OrganizationSlugReleased { slug });
        }
        if old.len() > MAX_OLD_SLUGS {
            return Err(OrganizationError::TooManySlugs(MAX_OLD_SLUGS));
        }
        Ok(events)
    }
}

impl ProfilePatch {
    fn changes(self, profile: &Profile, id: OrganizationId) -> Result<ProfileChanges, OrganizationError> {
        let billing_email =
            self.billing_email.map(|email| email.map(|email| Personal::new(id.uuid(), email.as_str().to_owned())));
        let settings = Settings {
            timezone: self.settings.timezone.unwrap_or_else(|| profile.settings.timezone.clone()),
            locale: self.settings.locale.unwrap_or_else(|| profile.settings.locale.clone()),
            logo_url: self.settings.logo_url.unwrap_or_else(|| profile.settings.logo_url.clone()),
        };
        let metadata = self.metadata.map(|pairs| {
            let mut metadata = profile.metadata.clone();
            for (key, value) in pairs {
                match value {
                    Some(value) => metadata.insert(key, value),
                    None => metadata.remove(&key),
                };
            }
            metadata
        });
        if metadata.as_ref().is_some_and(|pairs| pairs.len() > MAX_METADATA) {
            return Err(OrganizationError::TooMuchMetadata(MAX_METADATA));
        }
        Ok(ProfileChanges {
            name: Change::wanted(&profile.name, self.name),
            description: Change::wanted(&profile.description, self.description),
            domain: Change::wanted(&profile.domain, self.domain),
            billing_email: Change::wanted(&profile.billing_email, billing_email),
            settings: Change::wanted(&profile.settings, Some(settings)),
            metadata: Change::wanted(&profile.metadata, metadata),
            jwt_expiry_secs: Change::wanted(&profile.jwt_expiry_secs, self.jwt_expiry_secs),
        })
    }
}

impl Decide for Organization {
    fn decide(
        &self,
        command: OrganizationCommand,
        Moment { now }: Moment,
    ) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        use OrganizationCommand as Command;
        use OrganizationEvent as Event;
        Ok(match command {
            Command::Create { name, slug, description, domain, owner, plan, is_personal } => {
                if self.profile.is_some() {
                    return Err(OrganizationError::AlreadyExists);
                }
                vec![Event::OrganizationCreated { name, slug, description, domain, owner, plan, is_personal }]
            }
            Command::Update { id, patch } => {
                let changes = patch.changes(self.changeable()?, id)?;
                changed(changes, |changes| Event::OrganizationUpdated { changes: Box::new(changes) })
            }
            Command::ChangePlan { plan } => {
                let from = self.changeable()?.plan;
                if from == plan { vec![] } else { vec![Event::PlanChanged { from, to: plan }] }
            }
            Command::ChangeSlug { slug, release } => self.change_slug(slug, release)?,
            Command::ChangeLimits { patch, above_plan } => {
                let profile = self.changeable()?;
                let changes =
                    patch.changes(&profile.limits, profile.plan, above_plan).map_err(OrganizationError::Limits)?;
                changed(changes, |changes| Event::LimitsChanged { changes })
            }
            Command::Suspend { reason } => match self.changeable()?.suspended {
                true => return Err(OrganizationError::Suspended),
                false => vec![Event::OrganizationSuspended { reason }],
            },
            Command::Reactivate => match self.changeable()?.suspended {
                true => vec![Event::OrganizationReactivated {}],
                false => return Err(OrganizationError::NotSuspended),
            },
            Command::Delete => {
                self.changeable()?;
                vec![Event::OrganizationDeleted { purge_after: now + TimeDelta::days(RESTORE_DAYS) }]
            }
            Command::Restore => match self.existing()?.purge_after {
                None => return Err(OrganizationError::NotDeleted),
                Some(end) if now >= end => return Err(OrganizationError::RestoreWindowPassed),
                Some(_) => vec![Event::OrganizationRestored {}],
            },
            Command::Purge { early } => {
                let profile = self.existing()?;
                match profile.purge_after {
                    None => return Err(OrganizationError::NotDeleted),
                    Some(end) if now < end && !early => return Err(OrganizationError::StillRestorable),
                    Some(_) => {}
                }
                let slugs = std::iter::once(&profile.slug).chain(&profile.old_slugs).cloned().collect();
                vec![Event::OrganizationPurged { slugs }]
            }
            Command::Member { by, command } => self.decide_on_member(by, command, now)?,
            Command::Invitation { by, command } => self.decide_on_invitation(by, command, now)?,
            Command::Role { by, command } => self.decide_on_role(by, command)?,
        })
    }
}

impl Belonging for Organization {
    fn belongs_to(&self, id: Uuid, _: &OrganizationCommand) -> Option<OrganizationId> {
        Some(OrganizationId::new(id))
    }
}

impl Aggregate for Organization {
    const TYPE: &'static str = "organization";
    type Command = OrganizationCommand;
    type Event = OrganizationEvent;
    type Error = OrganizationError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: OrganizationEvent) {
        self.fold(event);
    }
}
