//! Adding a member: a known address belongs at once, an unknown one becomes an invited user.

use aggregates::{
    authorization::{Action, Permission, RoleKey, Standing},
    claim::ClaimKind,
    email::Email,
    ids::{OrganizationId, UserId},
    organization::{InvitationCommand, MemberCommand, Organization, OrganizationCommand},
    personal::Personal,
    user::{OneTimeToken, Origin, User, UserCommand, UserError},
};
use chrono::{DateTime, TimeDelta, Utc};
use projections::{RowKeys, Rows};

use super::{Person, handle, no_such_user, shown};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::{Current, View, members::MemberView},
};

/// How long an invited user has to come in.
const ACTIVATION: TimeDelta = TimeDelta::days(30);

#[derive(Debug, Clone)]
pub struct AddMember {
    pub organization: OrganizationId,
    pub person: Person,
    pub role: RoleKey,
    /// For an address that no account has.
    pub activation: Activation,
}

/// The account that is made where there is none, and the hash of the token that lets its person in.
#[derive(Debug, Clone)]
pub struct Activation {
    pub user: UserId,
    pub token_hash: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AddedMember {
    pub member: MemberView,
    /// Until when the one-time token works; none if the account existed already.
    pub activation_expires_at: Option<DateTime<Utc>>,
}

impl View for AddedMember {
    type Of = (<MemberView as View>::Of, Option<DateTime<Utc>>);

    fn rows((member, _): &Self::Of) -> RowKeys {
        MemberView::rows(member)
    }

    fn read(rows: &Rows, (member, activation_expires_at): &Self::Of) -> Option<Self> {
        let member = MemberView::read(rows, member)?;
        Some(Self { member, activation_expires_at: *activation_expires_at })
    }

    /// A member who was removed and comes in again is no member before.
    fn current(_: &Rows, _: &Self::Of) -> Current {
        Current::Absent
    }
}

impl Command for AddMember {
    type View = AddedMember;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let id = self.organization;
        let by = work.organization(id, Action::Use(Permission::MembersInvite)).await?;
        let (user, address, expires_at) = match (self.person.find(work).await?, &self.person) {
            (Some((user, address)), _) => {
                let account = work.ledger().load::<User>(user.uuid()).await?;
                // The caller who named the address first has the way in, and need not be the person.
                if by != Standing::Superadmin && !account.aggregate.is_activated() {
                    return Err(UserError::NotActivated.into());
                }
                (user, address, None)
            }
            (None, Person::Email(email)) => {
                let expires_at = self.activation.register(work, email, id).await?;
                (self.activation.user, Some(email.folded()), Some(expires_at))
            }
            (None, Person::Id(_)) => return no_such_user(),
        };
        // A member has nothing left to accept, and their invitation gives up its seat to them.
        let organization = work.load::<Organization>(id.uuid()).await?;
        let open = address.map(|address| organization.open_invitations_for(&address)).unwrap_or_default();
        for invitation in open {
            let command = InvitationCommand::Revoke { id: invitation };
            let revoke = OrganizationCommand::Invitation { by, command };
            work.handle::<Organization>(id.uuid(), revoke).await?;
        }
        handle(work, id, by, MemberCommand::Add { user, role: self.role.clone() }).await?;
        Ok((shown(work, id, user).await?, expires_at))
    }

    /// An address that was just registered belongs to its user now.
    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::UserEmail
    }
}

impl Activation {
    /// Makes the account, for an organization. Answers until when the person can activate it.
    pub(in crate::commands) async fn register(
        &self,
        work: &mut UnitOfWork<'_>,
        email: &Email,
        organization: OrganizationId,
    ) -> Result<DateTime<Utc>, Error> {
        let Self { user, token_hash } = self;
        let (id, expires_at) = (user.uuid(), work.now() + ACTIVATION);
        work.begin::<User>(id);
        let email = Personal::new(id, email.as_str().to_owned());
        let invited_by = Some(organization);
        let register =
            UserCommand::Register { email, name: None, origin: Origin::Invitation, organization: None, invited_by };
        let token = OneTimeToken { hash: token_hash.clone(), expires_at };
        for command in [register, UserCommand::IssueActivation { invited_by: organization, token }] {
            work.handle::<User>(id, command).await?;
        }
        Ok(expires_at)
    }
}
