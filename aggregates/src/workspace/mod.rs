//! The workspace: a container for a team's or a project's work inside one organization.

#[cfg(test)]
mod tests;

use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    Moment,
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::OrganizationId,
    refusal::refusal,
    slug::Slug,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceCommand {
    Create {
        organization: OrganizationId,
        name: String,
        slug: Slug,
        description: Option<String>,
        is_default: bool,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        slug: Option<Slug>,
        description: Option<Option<String>>,
    },
    Archive,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkspaceEvent {
    WorkspaceCreated {
        organization: OrganizationId,
        name: String,
        slug: Slug,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        is_default: bool,
    },
    WorkspaceUpdated {
        organization: OrganizationId,
        changes: WorkspaceChanges,
    },
    /// It keeps its slug.
    WorkspaceArchived {
        organization: OrganizationId,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkspaceChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    /// The slug before is free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Change<Slug>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
}

event_types! {
    WorkspaceEvent {
        WorkspaceCreated = "WorkspaceCreated",
        WorkspaceUpdated = "WorkspaceUpdated",
        WorkspaceArchived = "WorkspaceArchived",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorkspaceError {
    #[error("Workspace not found")]
    NotFound,
    #[error("This workspace exists already")]
    AlreadyExists,
    #[error("This workspace is archived")]
    Archived,
    #[error("The default workspace cannot be archived")]
    IsDefault,
}

refusal! {
    WorkspaceError {
        Self::NotFound => "workspace_not_found",
        Self::AlreadyExists => "already_exists",
        Self::Archived => "workspace_archived",
        Self::IsDefault => "default_workspace",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Workspace {
    profile: Option<Profile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    organization: OrganizationId,
    name: String,
    slug: Slug,
    description: Option<String>,
    is_default: bool,
    archived: bool,
}

impl Workspace {
    pub fn organization(&self) -> Option<OrganizationId> {
        self.profile.as_ref().map(|profile| profile.organization)
    }

    pub fn is_archived(&self) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.archived)
    }
}

impl Decide for Workspace {
    fn decide(&self, command: WorkspaceCommand, _: Moment) -> Result<Vec<WorkspaceEvent>, WorkspaceError> {
        if let WorkspaceCommand::Create { organization, name, slug, description, is_default } = command {
            return match self.profile {
                Some(_) => Err(WorkspaceError::AlreadyExists),
                None => {
                    Ok(vec![WorkspaceEvent::WorkspaceCreated { organization, name, slug, description, is_default }])
                }
            };
        }
        let profile = self.profile.as_ref().ok_or(WorkspaceError::NotFound)?;
        let organization = profile.organization;
        if profile.archived {
            return Err(WorkspaceError::Archived);
        }
        Ok(match command {
            WorkspaceCommand::Update { name, slug, description } => {
                let changes = WorkspaceChanges {
                    name: Change::wanted(&profile.name, name),
                    slug: Change::wanted(&profile.slug, slug),
                    description: Change::wanted(&profile.description, description),
                };
                changed(changes, |changes| WorkspaceEvent::WorkspaceUpdated { organization, changes })
            }
            WorkspaceCommand::Archive if profile.is_default => return Err(WorkspaceError::IsDefault),
            WorkspaceCommand::Archive => vec![WorkspaceEvent::WorkspaceArchived { organization }],
            WorkspaceCommand::Create { .. } => vec![],
        })
    }
}

impl Belonging for Workspace {
    fn belongs_to(&self, _: Uuid, command: &WorkspaceCommand) -> Option<OrganizationId> {
        match command {
            WorkspaceCommand::Create { organization, .. } => Some(*organization),
            _ => self.organization(),
        }
    }
}

impl Aggregate for Workspace {
    const TYPE: &'static str = "workspace";
    type Command = WorkspaceCommand;
    type Event = WorkspaceEvent;
    type Error = WorkspaceError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: WorkspaceEvent) {
        match event {
            WorkspaceEvent::WorkspaceCreated { organization, name, slug, description, is_default } => {
                self.profile = Some(Profile { organization, name, slug, description, is_default, archived: false });
            }
            WorkspaceEvent::WorkspaceUpdated { changes, .. } => {
                let Some(profile) = &mut self.profile else { return };
                changes.name.apply(&mut profile.name);
                changes.slug.apply(&mut profile.slug);
                changes.description.apply(&mut profile.description);
            }
            WorkspaceEvent::WorkspaceArchived { .. } => {
                if let Some(profile) = &mut self.profile {
                    profile.archived = true;
                }
            }
        }
    }
}
