//! The project: a piece of work inside one organization, in one of its workspaces or in none.

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
    ids::{OrganizationId, WorkspaceId},
    refusal::refusal,
    slug::Slug,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectCommand {
    Create {
        organization: OrganizationId,
        name: String,
        slug: Slug,
        description: Option<String>,
        workspace: Option<WorkspaceId>,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        slug: Option<Slug>,
        description: Option<Option<String>>,
        workspace: Option<Option<WorkspaceId>>,
    },
    Archive,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProjectEvent {
    ProjectCreated {
        organization: OrganizationId,
        name: String,
        slug: Slug,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        workspace: Option<WorkspaceId>,
    },
    ProjectUpdated {
        organization: OrganizationId,
        changes: ProjectChanges,
    },
    /// It keeps its slug.
    ProjectArchived {
        organization: OrganizationId,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProjectChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    /// The slug before is free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Change<Slug>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Change<Option<WorkspaceId>>>,
}

event_types! {
    ProjectEvent {
        ProjectCreated = "ProjectCreated",
        ProjectUpdated = "ProjectUpdated",
        ProjectArchived = "ProjectArchived",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProjectError {
    #[error("Project not found")]
    NotFound,
    #[error("This project exists already")]
    AlreadyExists,
    #[error("This project is archived")]
    Archived,
}

refusal! {
    ProjectError {
        Self::NotFound => "project_not_found",
        Self::AlreadyExists => "already_exists",
        Self::Archived => "project_archived",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Project {
    profile: Option<Profile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    organization: OrganizationId,
    name: String,
    slug: Slug,
    description: Option<String>,
    workspace: Option<WorkspaceId>,
    archived: bool,
}

impl Project {
    pub fn organization(&self) -> Option<OrganizationId> {
        self.profile.as_ref().map(|profile| profile.organization)
    }

    /// The workspace that it is in.
    pub fn workspace(&self) -> Option<WorkspaceId> {
        self.profile.as_ref().and_then(|profile| profile.workspace)
    }
}

impl Decide for Project {
    fn decide(&self, command: ProjectCommand, _: Moment) -> Result<Vec<ProjectEvent>, ProjectError> {
        if let ProjectCommand::Create { organization, name, slug, description, workspace } = command {
            return match self.profile {
                Some(_) => Err(ProjectError::AlreadyExists),
                None => Ok(vec![ProjectEvent::ProjectCreated { organization, name, slug, description, workspace }]),
            };
        }
        let profile = self.profile.as_ref().ok_or(ProjectError::NotFound)?;
        let organization = profile.organization;
        if profile.archived {
            return Err(ProjectError::Archived);
        }
        Ok(match command {
            ProjectCommand::Update { name, slug, description, workspace } => {
                let changes = ProjectChanges {
                    name: Change::wanted(&profile.name, name),
                    slug: Change::wanted(&profile.slug, slug),
                    description: Change::wanted(&profile.description, description),
                    workspace: Change::wanted(&profile.workspace, workspace),
                };
                changed(changes, |changes| ProjectEvent::ProjectUpdated { organization, changes })
            }
            ProjectCommand::Archive => vec![ProjectEvent::ProjectArchived { organization }],
            ProjectCommand::Create { .. } => vec![],
        })
    }
}

impl Belonging for Project {
    fn belongs_to(&self, _: Uuid, command: &ProjectCommand) -> Option<OrganizationId> {
        match command {
            ProjectCommand::Create { organization, .. } => Some(*organization),
            _ => self.organization(),
        }
    }
}

impl Aggregate for Project {
    const TYPE: &'static str = "project";
    type Command = ProjectCommand;
    type Event = ProjectEvent;
    type Error = ProjectError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: ProjectEvent) {
        match event {
            ProjectEvent::ProjectCreated { organization, name, slug, description, workspace } => {
                self.profile = Some(Profile { organization, name, slug, description, workspace, archived: false });
            }
            ProjectEvent::ProjectUpdated { changes, .. } => {
                let Some(profile) = &mut self.profile else { return };
                changes.name.apply(&mut profile.name);
                changes.slug.apply(&mut profile.slug);
                changes.description.apply(&mut profile.description);
                changes.workspace.apply(&mut profile.workspace);
            }
            ProjectEvent::ProjectArchived { .. } => {
                if let Some(profile) = &mut self.profile {
                    profile.archived = true;
                }
            }
        }
    }
}
