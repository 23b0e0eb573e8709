//! The team: a group of an organization's members.

#[cfg(test)]
mod tests;

use cqrs_es::Aggregate;
use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    Moment,
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::{OrganizationId, UserId},
    refusal::refusal,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamCommand {
    Create {
        organization: OrganizationId,
        name: String,
        description: Option<String>,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        description: Option<Option<String>>,
    },
    Delete,
    /// Adding a user who is in already, or removing one who is not, changes nothing.
    AddMember {
        user: UserId,
    },
    RemoveMember {
        user: UserId,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TeamEvent {
    TeamCreated {
        organization: OrganizationId,
        name: String,
        description: Option<String>,
    },
    TeamUpdated {
        organization: OrganizationId,
        changes: TeamChanges,
    },
    /// Gives up the name. Names all who were in it.
    TeamDeleted {
        organization: OrganizationId,
        name: String,
        members: Vec<UserId>,
    },
    TeamMemberAdded {
        organization: OrganizationId,
        user: UserId,
    },
    TeamMemberRemoved {
        user: UserId,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TeamChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
}

event_types! {
    TeamEvent {
        TeamCreated = "TeamCreated",
        TeamUpdated = "TeamUpdated",
        TeamDeleted = "TeamDeleted",
        TeamMemberAdded = "TeamMemberAdded",
        TeamMemberRemoved = "TeamMemberRemoved",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TeamError {
    #[error("Team not found")]
    NotFound,
    #[error("This team exists already")]
    AlreadyExists,
}

refusal! {
    TeamError {
        Self::NotFound => "team_not_found",
        Self::AlreadyExists => "already_exists",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Team {
    profile: Option<Profile>,
    members: OrdSet<UserId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    organization: OrganizationId,
    name: String,
    description: Option<String>,
    deleted: bool,
}

impl Team {
    /// Whose team it is, while it exists.
    pub fn organization(&self) -> Option<OrganizationId> {
        self.existing().ok().map(|profile| profile.organization)
    }

    /// Who is in it, in the order of their ids. Users who left the organization may be among them.
    pub fn members(&self) -> impl Iterator<Item = UserId> {
        self.members.iter().copied()
    }

    fn existing(&self) -> Result<&Profile, TeamError> {
        self.profile.as_ref().filter(|profile| !profile.deleted).ok_or(TeamError::NotFound)
    }
}

impl Decide for Team {
    fn decide(&self, command: TeamCommand, _: Moment) -> Result<Vec<TeamEvent>, TeamError> {
        if let TeamCommand::Create { organization, name, description } = command {
            return match self.profile {
                Some(_) => Err(TeamError::AlreadyExists),
                None => Ok(vec![TeamEvent::TeamCreated { organization, name, description }]),
            };
        }
        let profile = self.existing()?;
        let organization = profile.organization;
        Ok(match command {
            TeamCommand::Update { name, description } => {
                let changes = TeamChanges {
                    name: Change::wanted(&profile.name, name),
                    description: Change::wanted(&profile.description, description),
                };
                changed(changes, |changes| TeamEvent::TeamUpdated { organization, changes })
            }
            TeamCommand::Delete => {
                let members = self.members.iter().copied().collect();
                vec![TeamEvent::TeamDeleted { organization, name: profile.name.clone(), members }]
            }
            TeamCommand::AddMember { user } if !self.members.contains(&user) => {
                vec![TeamEvent::TeamMemberAdded { organization, user }]
            }
            TeamCommand::RemoveMember { user } if self.members.contains(&user) => {
                vec![TeamEvent::TeamMemberRemoved { user }]
            }
            TeamCommand::Create { .. } | TeamCommand::AddMember { .. } | TeamCommand::RemoveMember { .. } => vec![],
        })
    }
}

impl Belonging for Team {
    fn belongs_to(&self, _: Uuid, command: &TeamCommand) -> Option<OrganizationId> {
        match command {
            TeamCommand::Create { organization, .. } => Some(*organization),
            _ => self.organization(),
        }
    }
}

impl Aggregate for Team {
    const TYPE: &'static str = "team";
    type Command = TeamCommand;
    type Event = TeamEvent;
    type Error = TeamError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: TeamEvent) {
        match event {
            TeamEvent::TeamCreated { organization, name, description } => {
                self.profile = Some(Profile { organization, name, description, deleted: false });
            }
            TeamEvent::TeamUpdated { changes, .. } => {
                let Some(profile) = &mut self.profile else { return };
                changes.name.apply(&mut profile.name);
                changes.description.apply(&mut profile.description);
            }
            TeamEvent::TeamDeleted { .. } => {
                if let Some(profile) = &mut self.profile {
                    profile.deleted = true;
                }
                self.members.clear();
            }
            TeamEvent::TeamMemberAdded { user, .. } => {
                self.members.insert(user);
            }
            TeamEvent::TeamMemberRemoved { user } => {
                self.members.remove(&user);
            }
        }
    }
}
