//! Turning a request into a principal.

mod attempts;
mod basic;
mod followed;
pub mod meter;
pub mod one_time;
pub mod password;
mod per_minute;
pub mod quota;
mod sessions;
mod sign_in;
mod tokens;

use std::fmt;

use aggregates::{
    authorization::{Asker, Reach},
    ids::{SessionId, UserId},
    metadata::{Actor, Metadata},
    personal::Personal,
};

pub use self::{
    attempts::Attempt,
    basic::Superadmins,
    meter::{Meter, Used},
    per_minute::PerMinute,
    quota::TooMany,
    sessions::{SessionError, Sessions, Users},
    sign_in::{SignIn, SignInError, SignedIn},
    tokens::{Claims, InvalidToken, KeyError, Tokens},
};

/// How somebody showed who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Address and password with every request.
    Basic,
    Session(SessionId),
    /// Nothing, or a link that is good for one use.
    None,
}

impl fmt::Display for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic => formatter.write_str("basic"),
            Self::Session(id) => write!(formatter, "session:{id}"),
            Self::None => formatter.write_str("none"),
        }
    }
}

/// Who is asking, and how he showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub user: UserId,
    pub superadmin: bool,
    pub reach: Reach,
    pub credential: Credential,
}

/// What is known of the request beside its principal.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    pub request_id: String,
    pub client_address: Option<String>,
    pub user_agent: Option<String>,
}

impl Principal {
    pub fn asker(&self) -> Asker {
        Asker::User { id: self.user, superadmin: self.superadmin, reach: self.reach }
    }

    pub fn actor(&self) -> Actor {
        Actor::User(self.user)
    }

    /// The metadata of the events that this request causes.
    pub fn metadata(&self, request: &RequestContext) -> Metadata {
        let personal = |text: &Option<String>| text.clone().map(|text| Personal::new(self.user.uuid(), text));
        Metadata {
            actor: self.actor(),
            credential: Some(self.credential.to_string()),
            request_id: Some(request.request_id.clone()),
            correlation_id: Some(request.request_id.clone()),
            causation_id: None,
            client_address: personal(&request.client_address),
            user_agent: personal(&request.user_agent),
        }
    }
}
