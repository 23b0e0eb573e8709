//! Turning a request into a principal.

mod api_keys;
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
    api_key::SecretHash,
    authorization::Asker,
    ids::{ApiKeyId, SessionId, UserId},
    metadata::{Actor, Metadata},
    personal::Personal,
};

pub use self::{
    api_keys::{ApiKeyRefusal, ApiKeys, Code as VerificationCode, NewSecret, RateLimits, Verification, Verify, masked},
    attempts::Attempt,
    basic::Superadmins,
    meter::{Meter, Used},
    per_minute::PerMinute,
    quota::TooMany,
    sessions::{SessionError, Sessions, Users},
    sign_in::{SignIn, SignInError, SignedIn},
    tokens::{Claims, InvalidToken, KeyError, Tokens},
};

/// How an asker was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Address and password with every request.
    Basic,
    Session(SessionId),
    /// A key, and which of its secrets.
    ApiKey(ApiKeyId, SecretHash),
    /// Nothing, or a link that works once.
    None,
}

impl fmt::Display for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic => formatter.write_str("basic"),
            Self::Session(id) => write!(formatter, "session:{id}"),
            Self::ApiKey(id, _) => write!(formatter, "key:{id}"),
            Self::None => formatter.write_str("none"),
        }
    }
}

impl Credential {
    /// The hash of the secret that authenticated, where it was a key's.
    pub fn secret(self) -> Option<SecretHash> {
        match self {
            Self::ApiKey(_, secret) => Some(secret),
            Self::Basic | Self::Session(_) | Self::None => None,
        }
    }
}

/// Who is asking, and how they were authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    pub asker: Asker,
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
    /// The person, whichever organization their session is bound to; not a key that was given only a part of what they
    /// may do, and not an organization's key.
    pub fn person(&self) -> Option<UserId> {
        match (self.credential, self.asker) {
            (Credential::ApiKey(..), asker) => asker.person(),
            (_, asker) => asker.user(),
        }
    }

    pub fn actor(&self) -> Actor {
        match (self.credential, self.asker) {
            (Credential::ApiKey(id, _), _) => Actor::ApiKey(id),
            (_, Asker::User { id, .. }) => Actor::User(id),
            (_, Asker::Organization { .. } | Asker::System) => Actor::System,
        }
    }

    /// The metadata of the events that this request causes.
    pub fn metadata(&self, request: &RequestContext) -> Metadata {
        // What is personal belongs to the person behind the credential.
        let subject = self.asker.responsible().map(UserId::uuid);
        let personal =
            |text: &Option<String>| text.clone().zip(subject).map(|(text, subject)| Personal::new(subject, text));
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
