//! The user: a person's account.

#[cfg(test)]
mod tests;

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Moment, personal::Personal};

/// How an account came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The deployment's first superadmin.
    Bootstrap,
    /// Somebody named the address; nobody has signed in with it yet.
    Invitation,
}

impl Origin {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bootstrap => "bootstrap",
            Self::Invitation => "invitation",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    Register { email: Personal<String>, name: Option<Personal<String>>, origin: Origin },
    GrantSuperadmin,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserEvent {
    /// The name is absent until the person gives one.
    UserRegistered {
        email: Personal<String>,
        name: Option<Personal<String>>,
        origin: Origin,
    },
    SuperadminGranted {},
}

impl DomainEvent for UserEvent {
    fn event_type(&self) -> String {
        match self {
            Self::UserRegistered { .. } => "UserRegistered",
            Self::SuperadminGranted {} => "SuperadminGranted",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1.0.0".to_owned()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserError {
    #[error("User not found")]
    NotFound,
    #[error("This user exists already")]
    AlreadyExists,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct User {
    registered: bool,
    superadmin: bool,
}

impl User {
    fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        match command {
            UserCommand::Register { .. } if self.registered => Err(UserError::AlreadyExists),
            UserCommand::Register { email, name, origin } => {
                Ok(vec![UserEvent::UserRegistered { email, name, origin }])
            }
            UserCommand::GrantSuperadmin if !self.registered => Err(UserError::NotFound),
            UserCommand::GrantSuperadmin if self.superadmin => Ok(vec![]),
            UserCommand::GrantSuperadmin => Ok(vec![UserEvent::SuperadminGranted {}]),
        }
    }
}

impl Aggregate for User {
    const TYPE: &'static str = "user";
    type Command = UserCommand;
    type Event = UserEvent;
    type Error = UserError;
    type Services = Moment;

    async fn handle(&mut self, command: UserCommand, _: &Moment, sink: &EventSink<Self>) -> Result<(), UserError> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: UserEvent) {
        match event {
            UserEvent::UserRegistered { .. } => self.registered = true,
            UserEvent::SuperadminGranted {} => self.superadmin = true,
        }
    }
}
