//! Offering membership to an address, once more, and no longer.

use aggregates::{
    authorization::{Action, Permission, RoleKey},
    claim::Claim,
    email::Email,
    ids::{InvitationId, OrganizationId, UserId, WorkspaceId},
    organization::{InvitationCommand, Offer},
    personal::Personal,
};
use chrono::TimeDelta;
use projections::invitations::InvitationRow;

use super::handle;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork, workspaces},
    readmodel::{Gone, invitations::InvitationView, workspaces::WorkspaceReference},
};

const INVITE: Action = Action::Use(Permission::MembersInvite);

/// What makes an invitation valid from now on, and for how long.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// SHA-256 of the token, in hexadecimal digits.
    pub hash: String,
    pub lifetime: TimeDelta,
}

impl NewToken {
    fn offer(&self, work: &UnitOfWork<'_>) -> Offer {
        Offer { token_hash: self.hash.clone(), expires_at: work.now() + self.lifetime }
    }
}

#[derive(Debug, Clone)]
pub struct Invite {
    pub organization: OrganizationId,
    pub id: InvitationId,
    pub email: Email,
    pub role: RoleKey,
    /// The workspace that the invited person starts in.
    pub workspace: Option<WorkspaceReference>,
    pub token: NewToken,
}

impl Command for Invite {
    type View = InvitationView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = work.organization(self.organization, INVITE).await?;
        let invited_by = work.asker().responsible().ok_or(Error::SignedOut)?;
        let invitee = work.ledger().holder(&Claim::user_email(self.email.folded())).await?.map(UserId::new);
        // An address without an account is the data of nobody known; as long as it is, it is the invitation's own.
        let subject = invitee.map_or(self.id.uuid(), UserId::uuid);
        let invite = InvitationCommand::Invite {
            id: self.id,
            email: Personal::new(subject, self.email.as_str().to_owned()),
            invitee,
            role: self.role.clone(),
            workspace: self.workspace(work).await?,
            offer: self.token.offer(work),
            invited_by,
        };
        handle(work, self.organization, by, invite).await?;
        Ok((self.organization, self.id, invited_by))
    }
}

impl Invite {
    async fn workspace(&self, work: &mut UnitOfWork<'_>) -> Result<Option<WorkspaceId>, Error> {
        let Some(reference) = &self.workspace else { return Ok(None) };
        let id = workspaces::named(work, self.organization, reference).await?;
        workspaces::open(work, self.organization, id).await?;
        Ok(Some(id))
    }
}

/// Makes a new token; the previous one no longer works.
#[derive(Debug, Clone)]
pub struct ResendInvitation {
    pub organization: OrganizationId,
    pub id: InvitationId,
    pub token: NewToken,
}

impl Command for ResendInvitation {
    type View = InvitationView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = work.organization(self.organization, INVITE).await?;
        let resend = InvitationCommand::Resend { id: self.id, offer: self.token.offer(work) };
        handle(work, self.organization, by, resend).await?;
        // The inviter does not change, so what is stored of them is right however old it is.
        let stored = work.readmodel().invitation(self.id).await?;
        let inviter = stored.ok_or(aggregates::organization::OrganizationError::InvitationNotFound)?.invited_by;
        Ok((self.organization, self.id, inviter))
    }
}

#[derive(Debug, Clone)]
pub struct RevokeInvitation {
    pub organization: OrganizationId,
    pub id: InvitationId,
}

impl Command for RevokeInvitation {
    type View = Gone<InvitationRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = work.organization(self.organization, INVITE).await?;
        handle(work, self.organization, by, InvitationCommand::Revoke { id: self.id }).await?;
        Ok((self.id,))
    }
}
