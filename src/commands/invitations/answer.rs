//! Answering an invitation, with its token and from the account that has its address.

use aggregates::{
    authorization::{Denied, Standing},
    ids::{InvitationId, OrganizationId},
    organization::{Answer, InvitationCommand, Organization, OrganizationError, Status},
    user::User,
};
use projections::{
    RowKeys, Rows,
    invitations::{InvitationRow, InvitationStatus},
};

use super::handle;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork, members},
    readmodel::{Current, Gone, Versioned, View, members::MemberView},
};

/// A token that somebody showed: what it is for, and its hash.
#[derive(Debug, Clone)]
pub struct ShownToken {
    pub invitation: InvitationId,
    /// SHA-256, in hexadecimal digits.
    pub hash: String,
}

impl ShownToken {
    /// The organization that the token invites to, and who answers. Nobody needs any standing there to answer; a token
    /// of an invitation that was answered or revoked is distinguished from one that was never valid.
    async fn answer(&self, work: &mut UnitOfWork<'_>) -> Result<(OrganizationId, Answer), Error> {
        let unknown = || Error::from(OrganizationError::InvitationNotFound);
        let stored = work.readmodel().invitation(self.invitation).await?.ok_or_else(unknown)?;
        let id = stored.organization_id;
        match work.load::<Organization>(id.uuid()).await?.status() {
            Some(Status::Active) => {}
            Some(Status::Suspended) => return Err(Denied::Suspended.into()),
            Some(Status::Deleted) | None => return Err(Denied::NotFound.into()),
        }
        // Read again now that it is this command's turn: the aggregate forgets what is closed, and of many that accept
        // at once all but one find it so.
        let stored = work.readmodel().invitation(self.invitation).await?.ok_or_else(unknown)?;
        if stored.token_hash != self.hash {
            return Err(unknown());
        }
        if !matches!(stored.status, InvitationStatus::Pending | InvitationStatus::Expired) {
            return Err(OrganizationError::InvitationClosed.into());
        }
        let user = work.asker().person_in(id).ok_or(Denied::BoundElsewhere)?;
        let account = work.watch::<User>(user.uuid(), &["EmailChanged"]).await?;
        let email = account.aggregate.email().map(str::to_lowercase).unwrap_or_default();
        Ok((id, Answer { user, email, token_hash: self.hash.clone() }))
    }
}

/// Who became a member. What the caller can insist on is the invitation.
pub struct AcceptedView(pub MemberView);

impl Versioned for AcceptedView {
    fn version(&self) -> i64 {
        self.0.version()
    }
}

impl View for AcceptedView {
    type Of = (InvitationId, <MemberView as View>::Of);

    fn rows((id, member): &Self::Of) -> RowKeys {
        MemberView::rows(member).and::<InvitationRow>([(*id,)])
    }

    fn read(rows: &Rows, (_, member): &Self::Of) -> Option<Self> {
        MemberView::read(rows, member).map(Self)
    }

    fn current(rows: &Rows, (id, _): &Self::Of) -> Current {
        Current::of::<InvitationRow>(rows, &(*id,))
    }
}

#[derive(Debug, Clone)]
pub struct AcceptInvitation {
    pub token: ShownToken,
}

impl Command for AcceptInvitation {
    type View = AcceptedView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (organization, answer) = self.token.answer(work).await?;
        let user = answer.user;
        let accept = InvitationCommand::Accept { id: self.token.invitation, answer };
        handle(work, organization, Standing::Outsider, accept).await?;
        Ok((self.token.invitation, members::shown(work, organization, user).await?))
    }
}

#[derive(Debug, Clone)]
pub struct DeclineInvitation {
    pub token: ShownToken,
}

impl Command for DeclineInvitation {
    type View = Gone<InvitationRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (organization, answer) = self.token.answer(work).await?;
        let decline = InvitationCommand::Decline { id: self.token.invitation, answer };
        handle(work, organization, Standing::Outsider, decline).await?;
        Ok((self.token.invitation,))
    }
}
