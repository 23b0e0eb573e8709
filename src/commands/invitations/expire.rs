//! Recording that the time of invitations has passed, by the clock.

use aggregates::{authorization::Action, ids::OrganizationId, organization::InvitationCommand};

use super::handle;
use crate::commands::{Command, Error, Shown, UnitOfWork};

#[derive(Debug, Clone)]
pub struct ExpireInvitations {
    pub organization: OrganizationId,
}

impl Command for ExpireInvitations {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = work.organization(self.organization, Action::Operate).await?;
        handle(work, self.organization, by, InvitationCommand::Expire).await?;
        Ok(())
    }
}
