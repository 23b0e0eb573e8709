//! Handing an organization over.

use aggregates::{
    authorization::{Action, Permission},
    ids::OrganizationId,
    organization::{MemberCommand, OrganizationError},
};

use super::{Person, handle};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork, organizations::shown_loaded},
    readmodel::organizations::OrganizationView,
};

#[derive(Debug, Clone)]
pub struct TransferOwnership {
    pub organization: OrganizationId,
    /// A member.
    pub to: Person,
    /// Whether the former primary owner stays an owner.
    pub keep_owner: bool,
}

impl Command for TransferOwnership {
    type View = OrganizationView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        // That it takes an owner is the organization's own rule: ownership is more than a permission.
        let by = work.organization(self.organization, Action::Use(Permission::OrganizationRead)).await?;
        let to = match &self.to {
            Person::Id(id) => *id,
            // The answer does not say whether another account has the address.
            email @ Person::Email(_) => email.find(work).await?.ok_or(OrganizationError::MemberNotFound)?.0,
        };
        let command = MemberCommand::TransferOwnership { to, keep_owner: self.keep_owner };
        handle(work, self.organization, by, command).await?;
        shown_loaded(work, self.organization).await
    }
}
