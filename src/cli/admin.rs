//! The first superadmin: who it is, and that nobody else can reach a server that has the default one.

use aggregates::{
    claim::Claim,
    email::{Email, EmailError},
    ids::UserId,
};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    commands::{self, Commands, Write, users::Bootstrap},
    config::Settings,
    identity::password::{HashError, Passwords},
    ledger::{self, Ledger, StoredReply},
};

const DEFAULT_EMAIL: &str = "admin@example.com";
const DEFAULT_PASSWORD: &str = "changeme";

#[derive(Debug, Error)]
pub enum AdminError {
    #[error("TENANTRY_ADMIN_EMAIL and TENANTRY_ADMIN_PASSWORD go together: set both or none")]
    Half,
    #[error("TENANTRY_ADMIN_EMAIL {0}")]
    Email(#[from] EmailError),
    #[error(
        "refusing to serve on {listen}: {email} has the default password, which is for loopback only; \
         set TENANTRY_ADMIN_EMAIL and TENANTRY_ADMIN_PASSWORD, or change the password of the account"
    )]
    DefaultPassword { listen: String, email: String },
    #[error("the password cannot be hashed")]
    Hash(#[from] HashError),
    #[error("the first superadmin cannot be looked up")]
    Ledger(#[from] ledger::Error),
    #[error("the first superadmin cannot be made")]
    Bootstrap(#[from] commands::Error),
}

/// The superadmin that the settings name.
pub struct Admin {
    email: Email,
    password: SecretString,
}

impl Admin {
    /// # Errors
    /// Only one of address and password is set, or a server that others can reach has the default password.
    pub fn read(settings: &Settings) -> Result<Self, AdminError> {
        let (email, password) = match (&settings.admin_email, &settings.admin_password) {
            (Some(email), Some(password)) => (email.as_str(), password.clone()),
            (None, None) => (DEFAULT_EMAIL, SecretString::from(DEFAULT_PASSWORD)),
            _ => return Err(AdminError::Half),
        };
        let admin = Self { email: Email::parse(email)?, password };
        if admin.has_default_password() && !settings.is_loopback() {
            return Err(refusal(settings, &admin.email));
        }
        Ok(admin)
    }

    fn has_default_password(&self) -> bool {
        self.password.expose_secret() == DEFAULT_PASSWORD
    }

    /// An account that was made on loopback keeps its password when the server is opened to others.
    pub async fn refuse_stored_default(&self, settings: &Settings, ledger: &Ledger) -> Result<(), AdminError> {
        if settings.is_loopback() {
            return Ok(());
        }
        for email in [Email::parse(DEFAULT_EMAIL)?, self.email.clone()] {
            let Some(user) = ledger.holder(&Claim::user_email(email.folded())).await? else { continue };
            let hash = ledger.password_hash(UserId::new(user)).await?;
            if Passwords::default().verify(SecretString::from(DEFAULT_PASSWORD), hash).await? {
                return Err(refusal(settings, &email));
            }
        }
        Ok(())
    }

    /// Makes the account where the address has none yet.
    pub async fn bootstrap(&self, commands: &Commands, passwords: &Passwords) -> Result<(), AdminError> {
        if self.has_default_password() {
            tracing::warn!(
                "THE SUPERADMIN {} HAS THE DEFAULT PASSWORD. Set TENANTRY_ADMIN_EMAIL and TENANTRY_ADMIN_PASSWORD \
                 before anybody else can reach this server.",
                self.email.as_str()
            );
        }
        if commands.ledger().holder(&Claim::user_email(self.email.folded())).await?.is_some() {
            return Ok(());
        }
        let password_hash = passwords.hash(self.password.clone()).await?;
        let bootstrap = Bootstrap { email: self.email.clone(), password_hash };
        let nothing = |(): &()| StoredReply { status: 204, headers: vec![], body: None };
        commands.run(&Write { idempotency: None, ..Write::system("bootstrap") }, &bootstrap, nothing).await?;
        Ok(())
    }
}

fn refusal(settings: &Settings, email: &Email) -> AdminError {
    AdminError::DefaultPassword { listen: settings.listen.to_string(), email: email.as_str().to_owned() }
}
