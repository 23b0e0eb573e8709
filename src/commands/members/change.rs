//! Another role for a member, a suspension, and its end.

use aggregates::{
    authorization::{Action, Denied, Permission, RoleKey},
    ids::{OrganizationId, UserId},
    organization::{MemberCommand, Organization},
};

use super::{handle, shown};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::members::MemberView,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    Role(RoleKey),
    Suspend,
    /// Ends a suspension, or brings a removed member back.
    Reinstate,
}

#[derive(Debug, Clone)]
pub struct ChangeMember {
    pub organization: OrganizationId,
    pub user: UserId,
    pub change: MemberChange,
}

impl Command for ChangeMember {
    type View = MemberView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (id, user) = (self.organization, self.user);
        let by = work.organization(id, Action::Use(Permission::MembersUpdate)).await?;
        // A removed member comes in again.
        let comes_in =
            self.change == MemberChange::Reinstate && !work.load::<Organization>(id.uuid()).await?.is_member(user);
        if comes_in && !by.has(Permission::MembersInvite) {
            return Err(Denied::Missing(Permission::MembersInvite).into());
        }
        let command = match &self.change {
            MemberChange::Role(role) => MemberCommand::ChangeRole { user, role: role.clone() },
            MemberChange::Suspend => MemberCommand::Suspend { user },
            MemberChange::Reinstate => MemberCommand::Reinstate { user },
        };
        handle(work, id, by, command).await?;
        shown(work, id, user).await
    }
}
