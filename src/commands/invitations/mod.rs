//! Commands on invitations.

mod answer;
mod expire;
mod invite;

use aggregates::{
    authorization::Standing,
    ids::{InvitationId, OrganizationId},
    organization::{InvitationCommand, Organization, OrganizationCommand},
};

pub use self::{
    answer::{AcceptInvitation, DeclineInvitation, ShownToken},
    expire::ExpireInvitations,
    invite::{Invite, NewToken, ResendInvitation, RevokeInvitation, WorkspaceName},
};
use super::{Error, UnitOfWork};
use crate::ledger::{Guard, VersionedRow};

/// Lets the organization decide on its invitations.
async fn handle(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
    by: Standing,
    command: InvitationCommand,
) -> Result<(), Error> {
    work.handle::<Organization>(id.uuid(), Some(id), OrganizationCommand::Invitation { by, command }).await
}

/// Holds the caller to the version that he insists on.
fn guard_version(work: &mut UnitOfWork<'_>, id: InvitationId) {
    if let Some(expected) = work.if_version() {
        work.guard(Guard::Version { row: VersionedRow::Invitation(id), expected });
    }
}
