//! The end of a membership: by another person, or by the member.

use aggregates::{
    authorization::{Action, Denied, Permission},
    ids::{OrganizationId, UserId},
    organization::MemberCommand,
};
use projections::memberships::MembershipRow;

use super::handle;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork, api_keys::withdraw_keys},
    readmodel::Gone,
};

#[derive(Debug, Clone)]
pub struct RemoveMember {
    pub organization: OrganizationId,
    pub user: UserId,
}

impl Command for RemoveMember {
    type View = Gone<MembershipRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = work.organization(self.organization, Action::Use(Permission::MembersRemove)).await?;
        handle(work, self.organization, by, MemberCommand::Remove { user: self.user }).await?;
        withdraw_keys(work, self.organization, self.user).await?;
        Ok((self.organization, self.user))
    }
}

/// By the asker, who leaves.
#[derive(Debug, Clone)]
pub struct LeaveOrganization {
    pub organization: OrganizationId,
}

impl Command for LeaveOrganization {
    type View = Gone<MembershipRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = work.organization(self.organization, Action::Leave).await?;
        let user = work.asker().person_in(self.organization).ok_or(Denied::PersonRequired)?;
        handle(work, self.organization, by, MemberCommand::Leave { user }).await?;
        withdraw_keys(work, self.organization, user).await?;
        Ok((self.organization, user))
    }
}
