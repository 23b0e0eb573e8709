//! Commands on who belongs to an organization.

mod add;
mod change;
mod remove;
mod transfer;

use aggregates::{
    claim::Claim,
    email::Email,
    ids::{OrganizationId, UserId},
    organization::{MemberCommand, Organization, OrganizationCommand, OrganizationError},
    user::{User, UserError},
};

pub use self::{
    add::{Activation, AddMember, AddedMember},
    change::{ChangeMember, MemberChange},
    remove::{LeaveOrganization, RemoveMember},
    transfer::TransferOwnership,
};
use super::{Error, UnitOfWork};
use crate::readmodel::{View, members::MemberView};
use aggregates::authorization::Standing;

/// How a person is named who need not be a member yet.
#[derive(Debug, Clone)]
pub enum Person {
    Id(UserId),
    Email(Email),
}

impl Person {
    /// The account, and its address, folded. None where no account has the address.
    async fn find(&self, work: &mut UnitOfWork<'_>) -> Result<Option<(UserId, Option<String>)>, Error> {
        match self {
            Self::Id(id) => {
                let user = work.watch::<User>(id.uuid(), &["EmailChanged"]).await?;
                let known = user.version > 0;
                if known { Ok(Some((*id, user.aggregate.email().map(str::to_lowercase)))) } else { no_such_user() }
            }
            Self::Email(email) => {
                let holder = work.ledger().holder(&Claim::user_email(email.folded())).await?;
                Ok(holder.map(|id| (UserId::new(id), Some(email.folded()))))
            }
        }
    }
}

fn no_such_user<T>() -> Result<T, Error> {
    Err(UserError::NotFound.into())
}

/// Lets the organization decide on its members.
async fn handle(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
    by: Standing,
    command: MemberCommand,
) -> Result<(), Error> {
    work.handle::<Organization>(id.uuid(), OrganizationCommand::Member { by, command }).await
}

/// Shows a member as the decision leaves them.
pub(super) async fn shown(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
    user: UserId,
) -> Result<<MemberView as View>::Of, Error> {
    let organization = work.load::<Organization>(id.uuid()).await?;
    let role = organization.role(user).ok_or(OrganizationError::MemberNotFound)?;
    Ok((id, user, role.clone()))
}
