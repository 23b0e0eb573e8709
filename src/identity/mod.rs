//! Turning a request into a principal.

mod basic;
pub mod password;

use aggregates::{
    authorization::Asker,
    ids::UserId,
    metadata::{Actor, Metadata},
    personal::Personal,
};

pub use self::basic::{BasicError, Superadmins};

/// Who is asking, and how he showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub user: UserId,
    pub superadmin: bool,
    /// `basic`.
    pub credential: &'static str,
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
        Asker::User { id: self.user, superadmin: self.superadmin }
    }

    pub fn actor(&self) -> Actor {
        Actor::User(self.user)
    }

    /// The metadata of the events that this request causes.
    pub fn metadata(&self, request: &RequestContext) -> Metadata {
        let personal = |text: &Option<String>| text.clone().map(|text| Personal::new(self.user.uuid(), text));
        Metadata {
            actor: self.actor(),
            credential: Some(self.credential.to_owned()),
            request_id: Some(request.request_id.clone()),
            correlation_id: Some(request.request_id.clone()),
            causation_id: None,
            client_address: personal(&request.client_address),
            user_agent: personal(&request.user_agent),
        }
    }
}
