//! Commands on invitations.

mod answer;
mod expire;
mod invite;

use aggregates::{
    authorization::Standing,
    ids::OrganizationId,
    organization::{InvitationCommand, Organization, OrganizationCommand},
};

pub use self::{
    answer::{AcceptInvitation, AcceptedView, DeclineInvitation, ShownToken},
    expire::ExpireInvitations,
    invite::{Invite, NewToken, ResendInvitation, RevokeInvitation},
};
use super::{Error, UnitOfWork};

/// Lets the organization decide on its invitations.
async fn handle(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
    by: Standing,
    command: InvitationCommand,
) -> Result<(), Error> {
    work.handle::<Organization>(id.uuid(), OrganizationCommand::Invitation { by, command }).await
}
