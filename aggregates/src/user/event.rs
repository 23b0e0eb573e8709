//! What can happen to an account.

use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::Origin;
use crate::{change::Change, ids::OrganizationId, personal::Personal};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserEvent {
    /// The name is absent until the person gives one.
    UserRegistered {
        email: Personal<String>,
        name: Option<Personal<String>>,
        origin: Origin,
        /// What the person says to belong to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<String>,
    },
    /// An invited person was given a way in.
    ActivationIssued {
        /// SHA-256 of the token, in hexadecimal digits.
        token_hash: String,
        expires_at: DateTime<Utc>,
    },
    /// An invited person came in.
    UserActivated {
        name: Option<Personal<String>>,
    },
    PasswordResetIssued {
        /// SHA-256 of the token, in hexadecimal digits.
        token_hash: String,
        expires_at: DateTime<Utc>,
    },
    /// Carries no hash. All sessions end.
    PasswordChanged {
        reason: PasswordChange,
    },
    UserUpdated {
        changes: UserChanges,
    },
    EmailChanged {
        from: Personal<String>,
        to: Personal<String>,
    },
    /// The organization that the person's own name for one stands for.
    PrimaryOrganizationChosen {
        organization: OrganizationId,
    },
    /// All sessions end.
    UserDisabled {},
    UserEnabled {},
    SuperadminGranted {},
    SuperadminRevoked {},
}

/// Events that can take from a person what he was allowed to do as himself.
pub const REVOCATIONS: &[&str] = &["UserDisabled", "SuperadminRevoked"];

/// Events that end all sessions of a person.
pub const SIGN_OUTS: &[&str] = &["UserDisabled", "PasswordChanged"];

/// Why a password is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordChange {
    /// By its owner, who knew the one before.
    Changed,
    /// With a one-time token.
    Reset,
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<Option<Personal<String>>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Change<Option<String>>>,
}

impl DomainEvent for UserEvent {
    fn event_type(&self) -> String {
        match self {
            Self::UserRegistered { .. } => "UserRegistered",
            Self::ActivationIssued { .. } => "ActivationIssued",
            Self::UserActivated { .. } => "UserActivated",
            Self::PasswordResetIssued { .. } => "PasswordResetIssued",
            Self::PasswordChanged { .. } => "PasswordChanged",
            Self::UserUpdated { .. } => "UserUpdated",
            Self::EmailChanged { .. } => "EmailChanged",
            Self::PrimaryOrganizationChosen { .. } => "PrimaryOrganizationChosen",
            Self::UserDisabled {} => "UserDisabled",
            Self::UserEnabled {} => "UserEnabled",
            Self::SuperadminGranted {} => "SuperadminGranted",
            Self::SuperadminRevoked {} => "SuperadminRevoked",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1.0.0".to_owned()
    }
}
