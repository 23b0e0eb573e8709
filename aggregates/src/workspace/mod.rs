//! The workspace: a container for a team's or a project's work inside one organization.

#[cfg(test)]
mod tests;

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Moment, ids::OrganizationId, slug::Slug};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceCommand {
    Create { organization: OrganizationId, name: String, slug: Slug, is_default: bool },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkspaceEvent {
    WorkspaceCreated { organization: OrganizationId, name: String, slug: Slug, is_default: bool },
}

impl DomainEvent for WorkspaceEvent {
    fn event_type(&self) -> String {
        match self {
            Self::WorkspaceCreated { .. } => "WorkspaceCreated",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1.0.0".to_owned()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorkspaceError {
    #[error("This workspace exists already")]
    AlreadyExists,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Workspace {
    created: bool,
}

impl Workspace {
    fn decide(&self, command: WorkspaceCommand) -> Result<Vec<WorkspaceEvent>, WorkspaceError> {
        match command {
            WorkspaceCommand::Create { .. } if self.created => Err(WorkspaceError::AlreadyExists),
            WorkspaceCommand::Create { organization, name, slug, is_default } => {
                Ok(vec![WorkspaceEvent::WorkspaceCreated { organization, name, slug, is_default }])
            }
        }
    }
}

impl Aggregate for Workspace {
    const TYPE: &'static str = "workspace";
    type Command = WorkspaceCommand;
    type Event = WorkspaceEvent;
    type Error = WorkspaceError;
    type Services = Moment;

    async fn handle(
        &mut self,
        command: WorkspaceCommand,
        _: &Moment,
        sink: &EventSink<Self>,
    ) -> Result<(), WorkspaceError> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: WorkspaceEvent) {
        match event {
            WorkspaceEvent::WorkspaceCreated { .. } => self.created = true,
        }
    }
}
