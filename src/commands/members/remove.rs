//! The end of a membership: by somebody else, or by the member.

use aggregates::{
    authorization::{Action, Permission},
    ids::{OrganizationId, UserId},
    organization::{MemberCommand, OrganizationError},
};

use super::handle;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    ledger::VersionedRow,
};

#[derive(Debug, Clone)]
pub struct RemoveMember {
    pub organization: OrganizationId,
    pub user: UserId,
}

impl Command for RemoveMember {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<()>, Error> {
        let by = work.organization(self.organization, Action::Use(Permission::MembersRemove)).await?;
        handle(work, self.organization, by, MemberCommand::Remove { user: self.user }).await?;
        work.guard_version(VersionedRow::Membership(self.organization, self.user));
        Ok(Shown::nothing())
    }
}

/// By the asker himself.
#[derive(Debug, Clone)]
pub struct LeaveOrganization {
    pub organization: OrganizationId,
}

impl Command for LeaveOrganization {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<()>, Error> {
        let by = work.organization(self.organization, Action::Leave).await?;
        let user = work.asker().user().ok_or(OrganizationError::MemberNotFound)?;
        handle(work, self.organization, by, MemberCommand::Leave { user }).await?;
        work.guard_version(VersionedRow::Membership(self.organization, user));
        Ok(Shown::nothing())
    }
}
