//! The space: what a product is kept in, with members of its own. It belongs to one organization, or to its members alone.

#[cfg(test)]
mod tests;

use cqrs_es::Aggregate;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    Moment,
    authorization::{Permission, SpaceRole},
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::{OrganizationId, UserId},
    refusal::refusal,
    slug::Slug,
};

/// Events that may take away what a decision in a space rested on.
pub const REVOCATIONS: &[&str] =
    &["SpaceAttached", "SpaceDetached", "SpaceMemberRoleChanged", "SpaceMemberRemoved", "SpaceArchived", "SpacePurged"];

/// Those with one of these permissions in a space know that it is there.
pub const KNOWN_BY: &[Permission] =
    &[Permission::SpacesRead, Permission::SpacesWrite, Permission::CatalogRead, Permission::CatalogWrite];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpaceCommand {
    Create {
        organization: Option<OrganizationId>,
        name: String,
        slug: Slug,
        description: Option<String>,
        /// Its first member.
        admin: UserId,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        slug: Option<Slug>,
        description: Option<Option<String>>,
    },
    Attach {
        organization: OrganizationId,
    },
    /// Leaves its organization, and those behind who are nobody there.
    Detach {
        /// Its members who are not active in the organization.
        left: Vec<UserId>,
        /// Who manages it where no admin is left.
        admin: UserId,
    },
    /// Brings a user in, or gives a member another role.
    SetMember {
        user: UserId,
        role: SpaceRole,
    },
    /// Removing a user who is not in it changes nothing.
    RemoveMember {
        user: UserId,
    },
    Archive,
    /// Its organization is purged.
    Purge,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpaceEvent {
    SpaceCreated {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<OrganizationId>,
        name: String,
        slug: Slug,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// Its first member, in the role of an admin.
        admin: UserId,
    },
    SpaceUpdated {
        changes: SpaceChanges,
    },
    SpaceAttached {
        organization: OrganizationId,
        /// Whether it is archived, so that it counts for nothing.
        archived: bool,
    },
    SpaceDetached {
        organization: OrganizationId,
        archived: bool,
    },
    SpaceMemberAdded {
        user: UserId,
        role: SpaceRole,
    },
    SpaceMemberRoleChanged {
        user: UserId,
        from: SpaceRole,
        to: SpaceRole,
    },
    SpaceMemberRemoved {
        user: UserId,
    },
    /// It keeps its slug.
    SpaceArchived {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<OrganizationId>,
    },
    /// Gives up the slug. Everything in it goes with it.
    SpacePurged {
        organization: OrganizationId,
        slug: Slug,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SpaceChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    /// The slug before is free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Change<Slug>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
}

event_types! {
    SpaceEvent {
        SpaceCreated = "SpaceCreated",
        SpaceUpdated = "SpaceUpdated",
        SpaceAttached = "SpaceAttached",
        SpaceDetached = "SpaceDetached",
        SpaceMemberAdded = "SpaceMemberAdded",
        SpaceMemberRoleChanged = "SpaceMemberRoleChanged",
        SpaceMemberRemoved = "SpaceMemberRemoved",
        SpaceArchived = "SpaceArchived",
        SpacePurged = "SpacePurged",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpaceError {
    #[error("Space not found")]
    NotFound,
    #[error("This space exists already")]
    AlreadyExists,
    #[error("This space belongs to an organization already")]
    Attached,
    #[error("This space belongs to no organization")]
    Detached,
    #[error("This space is archived")]
    Archived,
    #[error("A space always has an admin")]
    LastAdmin,
    #[error("This person is not a member of the space")]
    MemberNotFound,
}

refusal! {
    SpaceError {
        Self::NotFound => "space_not_found",
        Self::AlreadyExists => "already_exists",
        Self::Attached => "space_attached",
        Self::Detached => "space_detached",
        Self::Archived => "space_archived",
        Self::LastAdmin => "last_space_admin",
        Self::MemberNotFound => "member_not_found",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Space {
    profile: Option<Profile>,
    members: OrdMap<UserId, SpaceRole>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    organization: Option<OrganizationId>,
    name: String,
    slug: Slug,
    description: Option<String>,
    archived: bool,
}

impl Space {
    pub fn exists(&self) -> bool {
        self.profile.is_some()
    }

    /// The organization that it belongs to.
    pub fn organization(&self) -> Option<OrganizationId> {
        self.profile.as_ref().and_then(|profile| profile.organization)
    }

    pub fn is_archived(&self) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.archived)
    }

    /// What a user is in it.
    pub fn role(&self, user: UserId) -> Option<SpaceRole> {
        self.members.get(&user).copied()
    }

    /// Who is in it, in the order of their ids.
    pub fn members(&self) -> impl Iterator<Item = UserId> {
        self.members.keys().copied()
    }

    /// What leaves these behind, and an admin in any case.
    fn handed_over(&self, left: &[UserId], admin: UserId) -> Vec<SpaceEvent> {
        let stays = |user: &UserId| *user == admin || !left.contains(user);
        let has_admin = self.members.iter().any(|(user, role)| *role == SpaceRole::Admin && stays(user));
        let to = SpaceRole::Admin;
        let promoted = match self.role(admin) {
            _ if has_admin => None,
            None => Some(SpaceEvent::SpaceMemberAdded { user: admin, role: to }),
            Some(from) => Some(SpaceEvent::SpaceMemberRoleChanged { user: admin, from, to }),
        };
        let removed = self.members().filter(|user| !stays(user)).map(|user| SpaceEvent::SpaceMemberRemoved { user });
        promoted.into_iter().chain(removed).collect()
    }

    /// Whether it would be left without an admin if this member were none.
    fn rests_on(&self, user: UserId) -> bool {
        let admins = self.members.iter().filter(|(_, role)| **role == SpaceRole::Admin);
        admins.map(|(user, _)| *user).eq([user])
    }
}

impl Decide for Space {
    fn decide(&self, command: SpaceCommand, _: Moment) -> Result<Vec<SpaceEvent>, SpaceError> {
        if let SpaceCommand::Create { organization, name, slug, description, admin } = command {
            return match self.profile {
                Some(_) => Err(SpaceError::AlreadyExists),
                None => Ok(vec![SpaceEvent::SpaceCreated { organization, name, slug, description, admin }]),
            };
        }
        let profile = self.profile.as_ref().ok_or(SpaceError::NotFound)?;
        let (organization, archived) = (profile.organization, profile.archived);
        Ok(match command {
            SpaceCommand::Attach { .. } if organization.is_some() => return Err(SpaceError::Attached),
            SpaceCommand::Attach { organization } => vec![SpaceEvent::SpaceAttached { organization, archived }],
            SpaceCommand::Detach { left, admin } => {
                let organization = organization.ok_or(SpaceError::Detached)?;
                let mut events = self.handed_over(&left, admin);
                events.push(SpaceEvent::SpaceDetached { organization, archived });
                events
            }
            SpaceCommand::Purge => {
                let organization = organization.ok_or(SpaceError::Detached)?;
                vec![SpaceEvent::SpacePurged { organization, slug: profile.slug.clone() }]
            }
            SpaceCommand::RemoveMember { user } => match self.role(user) {
                None => vec![],
                Some(_) if self.rests_on(user) => return Err(SpaceError::LastAdmin),
                Some(_) => vec![SpaceEvent::SpaceMemberRemoved { user }],
            },
            _ if archived => return Err(SpaceError::Archived),
            SpaceCommand::Update { name, slug, description } => {
                let changes = SpaceChanges {
                    name: Change::wanted(&profile.name, name),
                    slug: Change::wanted(&profile.slug, slug),
                    description: Change::wanted(&profile.description, description),
                };
                changed(changes, |changes| SpaceEvent::SpaceUpdated { changes })
            }
            SpaceCommand::SetMember { user, role } => match self.role(user) {
                None => vec![SpaceEvent::SpaceMemberAdded { user, role }],
                Some(from) if from == role => vec![],
                Some(_) if self.rests_on(user) => return Err(SpaceError::LastAdmin),
                Some(from) => vec![SpaceEvent::SpaceMemberRoleChanged { user, from, to: role }],
            },
            SpaceCommand::Archive => vec![SpaceEvent::SpaceArchived { organization }],
            SpaceCommand::Create { .. } => vec![],
        })
    }
}

impl Belonging for Space {
    fn belongs_to(&self, _: Uuid, command: &SpaceCommand) -> Option<OrganizationId> {
        match command {
            SpaceCommand::Create { organization, .. } => *organization,
            SpaceCommand::Attach { organization } => Some(*organization),
            _ => self.organization(),
        }
    }
}

impl Aggregate for Space {
    const TYPE: &'static str = "space";
    type Command = SpaceCommand;
    type Event = SpaceEvent;
    type Error = SpaceError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: SpaceEvent) {
        if let SpaceEvent::SpaceCreated { organization, name, slug, description, admin } = event {
            self.profile = Some(Profile { organization, name, slug, description, archived: false });
            self.members.insert(admin, SpaceRole::Admin);
            return;
        }
        let Some(profile) = &mut self.profile else { return };
        match event {
            SpaceEvent::SpaceCreated { .. } => {}
            SpaceEvent::SpaceUpdated { changes } => {
                changes.name.apply(&mut profile.name);
                changes.slug.apply(&mut profile.slug);
                changes.description.apply(&mut profile.description);
            }
            SpaceEvent::SpaceAttached { organization, .. } => profile.organization = Some(organization),
            SpaceEvent::SpaceDetached { .. } => profile.organization = None,
            SpaceEvent::SpaceMemberAdded { user, role } | SpaceEvent::SpaceMemberRoleChanged { user, to: role, .. } => {
                self.members.insert(user, role);
            }
            SpaceEvent::SpaceMemberRemoved { user } => {
                self.members.remove(&user);
            }
            SpaceEvent::SpaceArchived { .. } => profile.archived = true,
            SpaceEvent::SpacePurged { .. } => *self = Self::default(),
        }
    }
}
