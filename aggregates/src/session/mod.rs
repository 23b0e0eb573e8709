//! The session: one sign-in of a person, from its start to its end. A stream of a few events.
//!
//! It is over when it was ended, when its person was signed out everywhere (the person's epoch is another one), or when
//! the time to refresh it has passed.

#[cfg(test)]
mod tests;

use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    Moment,
    belonging::Belonging,
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::{OrganizationId, UserId},
    personal::Personal,
    refusal::refusal,
};

/// How the person was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Password,
    Signup,
    Activation,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Logout,
    /// By its person, from another session.
    Revoked,
    /// A refresh token was used a second time: it was copied.
    Reuse,
    /// The time to refresh it has passed.
    Expired,
    /// The person was signed out everywhere.
    SignedOut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionCommand {
    Start(Box<Start>),
    /// Binds the session to another organization.
    Switch {
        organization: OrganizationId,
    },
    End {
        reason: Ending,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    pub user: UserId,
    pub method: Method,
    pub organization: Option<OrganizationId>,
    pub epoch: i64,
    pub client_address: Option<Personal<String>>,
    pub user_agent: Option<Personal<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionEvent {
    SessionStarted {
        user: UserId,
        method: Method,
        /// The organization that its tokens are bound to.
        organization: Option<OrganizationId>,
        /// The epoch of the person.
        epoch: i64,
        client_address: Option<Personal<String>>,
        user_agent: Option<Personal<String>>,
    },
    SessionSwitched {
        organization: OrganizationId,
    },
    SessionEnded {
        reason: Ending,
    },
}

event_types! {
    SessionEvent {
        SessionStarted = "SessionStarted",
        SessionSwitched = "SessionSwitched",
        SessionEnded = "SessionEnded",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SessionError {
    #[error("Session not found")]
    NotFound,
    #[error("This session exists already")]
    AlreadyExists,
}

refusal! {
    SessionError {
        Self::NotFound => "session_not_found",
        Self::AlreadyExists => "already_exists",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Session {
    user: Option<UserId>,
    organization: Option<OrganizationId>,
    ended: bool,
}

impl Session {
    /// Whose session it is, while it has not ended.
    pub fn user(&self) -> Option<UserId> {
        self.user.filter(|_| !self.ended)
    }
}

impl Decide for Session {
    fn decide(&self, command: SessionCommand, _: Moment) -> Result<Vec<SessionEvent>, SessionError> {
        if let SessionCommand::Start(start) = command {
            if self.user.is_some() {
                return Err(SessionError::AlreadyExists);
            }
            let Start { user, method, organization, epoch, client_address, user_agent } = *start;
            return Ok(vec![SessionEvent::SessionStarted {
                user,
                method,
                organization,
                epoch,
                client_address,
                user_agent,
            }]);
        }
        self.user().ok_or(SessionError::NotFound)?;
        Ok(match command {
            SessionCommand::Switch { organization } if self.organization != Some(organization) => {
                vec![SessionEvent::SessionSwitched { organization }]
            }
            SessionCommand::End { reason } => vec![SessionEvent::SessionEnded { reason }],
            SessionCommand::Start(_) | SessionCommand::Switch { .. } => vec![],
        })
    }
}

impl Belonging for Session {
    /// A session is its person's own, whatever it is bound to.
    fn belongs_to(&self, _: Uuid, _: &SessionCommand) -> Option<OrganizationId> {
        None
    }
}

impl Aggregate for Session {
    const TYPE: &'static str = "session";
    type Command = SessionCommand;
    type Event = SessionEvent;
    type Error = SessionError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::SessionStarted { user, organization, .. } => {
                self.user = Some(user);
                self.organization = organization;
            }
            SessionEvent::SessionSwitched { organization } => self.organization = Some(organization),
            SessionEvent::SessionEnded { .. } => self.ended = true,
        }
    }
}
