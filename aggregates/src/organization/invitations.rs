//! Decisions on invitations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Answer, InvitationCommand, Offer, Organization, OrganizationError as Error, OrganizationEvent as Event};
use crate::{
    authorization::{RoleKey, Standing},
    ids::InvitationId,
    personal::Personal,
};

/// An invitation that was not answered and not revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// As it was given.
    pub email: Personal<String>,
    pub role: RoleKey,
    pub token_hash: String,
    pub expires_at: DateTime<Utc>,
    /// Whether it was recorded that its time has passed.
    pub expired: bool,
}

impl Invitation {
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        !self.expired && now < self.expires_at
    }

    fn is_for(&self, folded: &str) -> bool {
        self.email.get().is_some_and(|email| email.to_lowercase() == folded)
    }
}

impl Organization {
    pub(super) fn decide_on_invitation(
        &self,
        by: Standing,
        command: InvitationCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Error> {
        self.changeable()?;
        match command {
            InvitationCommand::Invite { id, email, invitee, role, workspace, offer, invited_by } => {
                self.may_give(by, &role)?;
                if invitee.is_some_and(|user| self.members.contains_key(&user)) {
                    return Err(Error::AlreadyMember);
                }
                self.no_other_for(id, &email, now)?;
                let mut events = self.expired(now);
                self.free_seat(now)?;
                let Offer { token_hash, expires_at } = offer;
                let invitation = id;
                events.push(Event::MemberInvited {
                    invitation,
                    email,
                    role,
                    workspace,
                    token_hash,
                    expires_at,
                    invited_by,
                });
                Ok(events)
            }
            InvitationCommand::Resend { id, offer } => {
                let invitation = self.invitation(id)?;
                self.may_give(by, &invitation.role)?;
                self.no_other_for(id, &invitation.email, now)?;
                let mut events = self.expired(now);
                if !invitation.is_live(now) {
                    self.free_seat(now)?;
                }
                let Offer { token_hash, expires_at } = offer;
                events.push(Event::InvitationResent { invitation: id, token_hash, expires_at });
                Ok(events)
            }
            InvitationCommand::Revoke { id } => {
                self.invitation(id)?;
                Ok(vec![Event::InvitationRevoked { invitation: id }])
            }
            InvitationCommand::Accept { id, answer } => {
                let role = self.answerable(id, &answer, now)?.role.clone();
                let user = answer.user;
                if self.members.contains_key(&user) {
                    return Err(Error::AlreadyMember);
                }
                // A role that was deleted since had to name another one for the invitation.
                self.permissions(&role).ok_or_else(|| Error::RoleNotFound(role.clone()))?;
                Ok(vec![Event::InvitationAccepted { invitation: id, user }, Event::MemberAdded { user, role }])
            }
            InvitationCommand::Decline { id, answer } => {
                self.answerable(id, &answer, now)?;
                Ok(vec![Event::InvitationDeclined { invitation: id }])
            }
            InvitationCommand::Expire => Ok(self.expired(now)),
        }
    }

    /// The invitations that this address, folded, could answer, now or when they are sent again.
    pub fn open_invitations_for(&self, folded: &str) -> Vec<InvitationId> {
        let open = self.invitations.iter().filter(|(_, invitation)| invitation.is_for(folded));
        let mut ids: Vec<_> = open.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }

    fn invitation(&self, id: InvitationId) -> Result<&Invitation, Error> {
        self.invitations.get(&id).ok_or(Error::InvitationNotFound)
    }

    /// An invitation that may be answered by the account that has its token and its address.
    fn answerable(&self, id: InvitationId, answer: &Answer, now: DateTime<Utc>) -> Result<&Invitation, Error> {
        let invitation = self.invitation(id)?;
        if invitation.token_hash != answer.token_hash {
            return Err(Error::InvitationNotFound);
        }
        if !invitation.is_live(now) {
            return Err(Error::InvitationExpired);
        }
        if invitation.is_for(&answer.email) { Ok(invitation) } else { Err(Error::NotTheInvitee) }
    }

    fn no_other_for(&self, id: InvitationId, email: &Personal<String>, now: DateTime<Utc>) -> Result<(), Error> {
        let Some(folded) = email.get().map(|email| email.to_lowercase()) else { return Ok(()) };
        let mut others = self.invitations.iter().filter(|(other, _)| **other != id).map(|(_, invitation)| invitation);
        let exists = others.any(|invitation| invitation.is_live(now) && invitation.is_for(&folded));
        if exists { Err(Error::InvitationExists) } else { Ok(()) }
    }

    /// What the clock did to invitations and was not recorded yet, oldest first.
    fn expired(&self, now: DateTime<Utc>) -> Vec<Event> {
        let passed =
            self.invitations.iter().filter(|(_, invitation)| !invitation.expired && now >= invitation.expires_at);
        let mut ids: Vec<_> = passed.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.into_iter().map(|invitation| Event::InvitationExpired { invitation }).collect()
    }
}
