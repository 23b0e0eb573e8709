//! The user: a person's account.

mod event;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

pub use self::event::{PasswordChange, REVOCATIONS, SIGN_OUTS, UserChanges, UserEvent};
use crate::{
    Moment,
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    ids::OrganizationId,
    personal::Personal,
    refusal::refusal,
};

/// How an account came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The deployment's first superadmin.
    Bootstrap,
    /// The person signed up.
    Signup,
    /// The address was named; nobody has signed in with it yet.
    Invitation,
}

impl Origin {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bootstrap => "bootstrap",
            Self::Signup => "signup",
            Self::Invitation => "invitation",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    Register {
        email: Personal<String>,
        name: Option<Personal<String>>,
        origin: Origin,
        organization: Option<String>,
        /// The organization that named the address.
        invited_by: Option<OrganizationId>,
    },
    /// Gives an invited person a way in. A token that was given before no longer works.
    IssueActivation {
        invited_by: OrganizationId,
        token: OneTimeToken,
    },
    Activate {
        token_hash: String,
        name: Personal<String>,
    },
    IssuePasswordReset {
        token: OneTimeToken,
    },
    ResetPassword {
        token_hash: String,
    },
    /// By the person, who sent the current password.
    ChangePassword,
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<Option<Personal<String>>>,
        organization: Option<Option<String>>,
    },
    ChangeEmail {
        email: Personal<String>,
    },
    ChoosePrimaryOrganization {
        organization: OrganizationId,
    },
    Disable,
    Enable,
    GrantSuperadmin,
    RevokeSuperadmin,
}

/// What works once, until its time has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeToken {
    /// SHA-256 of the token, in hexadecimal digits.
    pub hash: String,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserError {
    #[error("User not found")]
    NotFound,
    #[error("This user exists already")]
    AlreadyExists,
    #[error("This user is active already")]
    AlreadyActive,
    #[error("The account with this address has not been activated; send an invitation instead")]
    NotActivated,
    #[error("This user is disabled")]
    Disabled,
    #[error("This user is not disabled")]
    NotDisabled,
    /// There is always a superadmin: nobody stops being one by their own hand.
    #[error("Superadmins cannot do this to their own account")]
    OwnAccount,
    /// Unknown, used, or replaced by a newer one; the reason is not given.
    #[error("This link is not valid, or it was used already")]
    TokenNotFound,
    #[error("This link has expired")]
    TokenExpired,
}

refusal! {
    UserError {
        Self::NotFound => "user_not_found",
        Self::AlreadyExists => "already_exists",
        Self::AlreadyActive => "already_active",
        Self::NotActivated => "not_activated",
        Self::Disabled => "user_disabled",
        Self::NotDisabled => "not_disabled",
        Self::OwnAccount => "own_account",
        Self::TokenNotFound => "link_not_found",
        Self::TokenExpired => "link_expired",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct User {
    profile: Option<Profile>,
    activated: bool,
    disabled: bool,
    superadmin: bool,
    /// Goes up whenever all sessions end.
    epoch: i64,
    activation: Option<OneTimeToken>,
    reset: Option<OneTimeToken>,
    primary_organization: Option<OrganizationId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    email: Personal<String>,
    name: Option<Personal<String>>,
    organization: Option<String>,
}

impl User {
    pub fn is_superadmin(&self) -> bool {
        self.superadmin && !self.disabled
    }

    /// Whether the person can sign in, given a password.
    pub fn is_enabled(&self) -> bool {
        self.profile.is_some() && !self.disabled
    }

    pub fn is_activated(&self) -> bool {
        self.activated
    }

    /// Sessions that began in another epoch are over.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// None once it was erased.
    pub fn email(&self) -> Option<&str> {
        self.profile.as_ref().and_then(|profile| profile.email.get()).map(String::as_str)
    }

    /// The organization that the person says they belong to.
    pub fn organization(&self) -> Option<&str> {
        self.profile.as_ref().and_then(|profile| profile.organization.as_deref())
    }

    fn existing(&self) -> Result<&Profile, UserError> {
        self.profile.as_ref().ok_or(UserError::NotFound)
    }

    fn forget_links(&mut self) {
        (self.activation, self.reset) = (None, None);
    }

    fn enabled(&self) -> Result<(), UserError> {
        if self.disabled { Err(UserError::Disabled) } else { Ok(()) }
    }
}

/// Whether a token is the one that was issued, and in time.
fn good(issued: Option<&OneTimeToken>, token_hash: &str, now: DateTime<Utc>) -> Result<(), UserError> {
    match issued {
        Some(issued) if issued.hash == token_hash && now < issued.expires_at => Ok(()),
        Some(issued) if issued.hash == token_hash => Err(UserError::TokenExpired),
        _ => Err(UserError::TokenNotFound),
    }
}

impl Decide for User {
    fn decide(&self, command: UserCommand, Moment { now }: Moment) -> Result<Vec<UserEvent>, UserError> {
        use UserCommand as Command;
        use UserEvent as Event;
        if let Command::Register { email, name, origin, organization, .. } = command {
            return match self.profile {
                Some(_) => Err(UserError::AlreadyExists),
                None => Ok(vec![Event::UserRegistered { email, name, origin, organization }]),
            };
        }
        let profile = self.existing()?;
        Ok(match command {
            Command::Register { .. } => vec![],
            Command::IssueActivation { .. } if self.activated => return Err(UserError::AlreadyActive),
            Command::IssueActivation { token: OneTimeToken { hash: token_hash, expires_at }, .. } => {
                vec![Event::ActivationIssued { token_hash, expires_at }]
            }
            Command::Activate { token_hash, name } => {
                good(self.activation.as_ref(), &token_hash, now)?;
                self.enabled()?;
                vec![Event::UserActivated { name: Some(name) }]
            }
            Command::IssuePasswordReset { token: OneTimeToken { hash: token_hash, expires_at } } => {
                self.enabled()?;
                vec![Event::PasswordResetIssued { token_hash, expires_at }]
            }
            Command::ResetPassword { token_hash } => {
                good(self.reset.as_ref(), &token_hash, now)?;
                self.enabled()?;
                let changed = Event::PasswordChanged { reason: PasswordChange::Reset };
                // The holder of the token has the account, as with the one for activation.
                let activated = (!self.activated).then_some(Event::UserActivated { name: None });
                activated.into_iter().chain([changed]).collect()
            }
            Command::ChangePassword => {
                self.enabled()?;
                vec![Event::PasswordChanged { reason: PasswordChange::Changed }]
            }
            Command::Update { name, organization } => {
                let changes = UserChanges {
                    name: Change::wanted(&profile.name, name),
                    organization: Change::wanted(&profile.organization, organization),
                };
                changed(changes, |changes| Event::UserUpdated { changes })
            }
            Command::ChangeEmail { email } if email == profile.email => vec![],
            Command::ChangeEmail { email } => vec![Event::EmailChanged { from: profile.email.clone(), to: email }],
            Command::ChoosePrimaryOrganization { organization } if self.primary_organization == Some(organization) => {
                vec![]
            }
            Command::ChoosePrimaryOrganization { organization } => {
                vec![Event::PrimaryOrganizationChosen { organization }]
            }
            Command::Disable if self.disabled => return Err(UserError::Disabled),
            Command::Disable => vec![Event::UserDisabled {}],
            Command::Enable if self.disabled => vec![Event::UserEnabled {}],
            Command::Enable => return Err(UserError::NotDisabled),
            Command::GrantSuperadmin if self.superadmin => vec![],
            Command::GrantSuperadmin => vec![Event::SuperadminGranted {}],
            Command::RevokeSuperadmin if self.superadmin => vec![Event::SuperadminRevoked {}],
            Command::RevokeSuperadmin => vec![],
        })
    }
}

impl Belonging for User {
    /// An account is its person's own. Only that it was made for an organization, and how its person comes in, belongs to
    /// that organization.
    fn belongs_to(&self, _: Uuid, command: &UserCommand) -> Option<OrganizationId> {
        match command {
            UserCommand::Register { invited_by, .. } => *invited_by,
            UserCommand::IssueActivation { invited_by, .. } => Some(*invited_by),
            _ => None,
        }
    }
}

impl Aggregate for User {
    const TYPE: &'static str = "user";
    type Command = UserCommand;
    type Event = UserEvent;
    type Error = UserError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: UserEvent) {
        use UserEvent as Event;
        match event {
            Event::UserRegistered { email, name, origin, organization } => {
                self.activated = origin != Origin::Invitation;
                self.profile = Some(Profile { email, name, organization });
            }
            Event::ActivationIssued { token_hash, expires_at } => {
                self.activation = Some(OneTimeToken { hash: token_hash, expires_at });
            }
            Event::UserActivated { name } => {
                self.activated = true;
                self.forget_links();
                if let (Some(profile), Some(name)) = (&mut self.profile, name) {
                    profile.name = Some(name);
                }
            }
            Event::PasswordResetIssued { token_hash, expires_at } => {
                self.reset = Some(OneTimeToken { hash: token_hash, expires_at });
            }
            Event::PasswordChanged { .. } => {
                self.forget_links();
                self.epoch += 1;
            }
            Event::UserUpdated { changes } => {
                let Some(profile) = &mut self.profile else { return };
                changes.name.apply(&mut profile.name);
                changes.organization.apply(&mut profile.organization);
            }
            Event::EmailChanged { to, .. } => {
                // Their recipients had the address before.
                self.forget_links();
                if let Some(profile) = &mut self.profile {
                    profile.email = to;
                }
            }
            Event::PrimaryOrganizationChosen { organization } => self.primary_organization = Some(organization),
            Event::UserDisabled {} => {
                self.disabled = true;
                self.forget_links();
                self.epoch += 1;
            }
            Event::UserEnabled {} => self.disabled = false,
            Event::SuperadminGranted {} => self.superadmin = true,
            Event::SuperadminRevoked {} => self.superadmin = false,
        }
    }
}
