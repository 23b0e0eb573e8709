//! What can happen to an account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Origin;
use crate::{change::Change, event_types::event_types, ids::OrganizationId, personal::Personal};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserEvent {
    /// The name is absent until the person gives one.
    UserRegistered {
        email: Personal<String>,
        name: Option<Personal<String>>,
        origin: Origin,
        /// The organization that the person says they belong to.
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

/// Events that can take away what a person was allowed to do as a person.
pub const REVOCATIONS: &[&str] = &["UserDisabled", "SuperadminRevoked"];

/// Events that end all sessions of a person.
pub const SIGN_OUTS: &[&str] = &["UserDisabled", "PasswordChanged"];

/// Why a password is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordChange {
    /// By its owner, who knew the previous one.
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

event_types! {
    UserEvent {
        UserRegistered = "UserRegistered",
        ActivationIssued = "ActivationIssued",
        UserActivated = "UserActivated",
        PasswordResetIssued = "PasswordResetIssued",
        PasswordChanged = "PasswordChanged",
        UserUpdated = "UserUpdated",
        EmailChanged = "EmailChanged",
        PrimaryOrganizationChosen = "PrimaryOrganizationChosen",
        UserDisabled = "UserDisabled",
        UserEnabled = "UserEnabled",
        SuperadminGranted = "SuperadminGranted",
        SuperadminRevoked = "SuperadminRevoked",
    }
}
