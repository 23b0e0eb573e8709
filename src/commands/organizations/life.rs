//! Suspending, deleting, restoring and purging an organization.

use aggregates::{
    authorization::{Action, Asker, Permission},
    ids::OrganizationId,
    organization::{Organization, OrganizationCommand},
    space::{Space, SpaceCommand},
};

use super::shown_loaded;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    ledger::UsageWrite,
    readmodel::organizations::OrganizationView,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Life {
    Suspend { reason: Option<String> },
    Reactivate,
    Delete,
    Restore,
    Purge,
}

#[derive(Debug, Clone)]
pub struct LifeCommand {
    pub id: OrganizationId,
    pub life: Life,
}

impl Command for LifeCommand {
    /// None when there is nothing left to show.
    type View = Option<OrganizationView>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (action, command) = match &self.life {
            Life::Suspend { reason } => (Action::Operate, OrganizationCommand::Suspend { reason: reason.clone() }),
            Life::Reactivate => (Action::Operate, OrganizationCommand::Reactivate),
            Life::Delete => (Action::Use(Permission::OrganizationDelete), OrganizationCommand::Delete),
            Life::Restore => (Action::Restore, OrganizationCommand::Restore),
            // A superadmin need not wait until the time to restore has passed; the schedule does.
            Life::Purge => (Action::Operate, OrganizationCommand::Purge { early: work.asker() != Asker::System }),
        };
        work.organization(self.id, action).await?;
        let shown = shown_loaded(work, self.id).await?;
        work.handle::<Organization>(self.id.uuid(), command).await?;
        if self.life == Life::Purge {
            // None comes any more: nothing is attached to an organization that is deleted.
            for space in work.readmodel().space_ids(self.id).await? {
                work.load::<Space>(space.uuid()).await?;
                work.handle::<Space>(space.uuid(), SpaceCommand::Purge).await?;
            }
            work.write_beside(UsageWrite::Forget { organization: self.id });
        }
        Ok(shown)
    }
}
