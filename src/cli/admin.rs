//! The first superadmin: who it is, and that nobody else can reach a server that has the default one.

use aggregates::{
    claim::Claim,
    email::{Email, EmailError},
};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    commands::{self, Commands, Write, users::Bootstrap},
    config::Settings,
    database,
    identity::password::{HashError, Passwords},
    ledger::{self, Ledger, StoredReply},
    readmodel::ReadModel,
};

const DEFAULT_EMAIL: &str = "admin@example.com";
const DEFAULT_PASSWORD: &str = "changeme";
/// How many superadmins are looked at when the server starts. Those who were not made by a setting came later, and could
/// not choose a weak password.
const SUPERADMINS: i64 = 100;

#[derive(Debug, Error)]
pub enum AdminError {
    #[error("TENANTRY_ADMIN_EMAIL and TENANTRY_ADMIN_PASSWORD go together: set both or none")]
    Half,
    #[error("TENANTRY_ADMIN_EMAIL {0}")]
    Email(#[from] EmailError),
    #[error("TENANTRY_ADMIN_PASSWORD is empty")]
    Empty,
    #[error(
        "refusing to serve: others can reach this server, because {why}, and {email} has {what} password; set \
         TENANTRY_ADMIN_EMAIL and TENANTRY_ADMIN_PASSWORD, or change the password of the account"
    )]
    WeakPassword { why: String, email: String, what: &'static str },
    #[error("the password cannot be hashed")]
    Hash(#[from] HashError),
    #[error("the superadmins cannot be looked up")]
    Ledger(#[from] ledger::Error),
    #[error("the superadmins cannot be looked up")]
    Read(#[from] database::Error),
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
    /// Only one of address and password is set, there is no password, or a server that others can reach has the default
    /// one.
    pub fn read(settings: &Settings) -> Result<Self, AdminError> {
        if settings.admin_password.as_ref().is_some_and(|password| password.expose_secret().is_empty()) {
            return Err(AdminError::Empty);
        }
        let (email, password) = match (&settings.admin_email, &settings.admin_password) {
            (Some(email), Some(password)) => (email.as_str(), password.clone()),
            (None, None) => (DEFAULT_EMAIL, SecretString::from(DEFAULT_PASSWORD)),
            _ => return Err(AdminError::Half),
        };
        let admin = Self { email: Email::parse(email)?, password };
        match settings.reachable_because() {
            Some(why) if admin.has_default_password() => {
                Err(AdminError::WeakPassword { why, email: admin.email.as_str().to_owned(), what: "the default" })
            }
            _ => Ok(admin),
        }
    }

    fn has_default_password(&self) -> bool {
        self.password.expose_secret() == DEFAULT_PASSWORD
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
        let write = Write::system("bootstrap").unrepeatable();
        commands.run(&write, &bootstrap, |()| StoredReply::empty()).await?;
        Ok(())
    }
}

/// A superadmin who was made on loopback keeps their password when the server is opened to others, whatever address the
/// settings name by then.
pub async fn refuse_stored_default(
    settings: &Settings,
    ledger: &Ledger,
    readmodel: &ReadModel,
    passwords: &Passwords,
) -> Result<(), AdminError> {
    let Some(why) = settings.reachable_because() else { return Ok(()) };
    let has_weak_password = async |id| {
        let hash = ledger.password_hash(id).await?;
        for (password, what) in [(DEFAULT_PASSWORD, "the default"), ("", "an empty")] {
            if passwords.verify(SecretString::from(password), hash.clone()).await? {
                return Ok::<_, AdminError>(Some(what));
            }
        }
        Ok(None)
    };
    let superadmins = readmodel.oldest_superadmins(SUPERADMINS).await?;
    let found = futures::future::try_join_all(superadmins.iter().map(|(id, _)| has_weak_password(*id))).await?;
    let weak = superadmins.into_iter().zip(found).find_map(|((id, email), what)| Some((id, email, what?)));
    weak.map_or(Ok(()), |(id, email, what)| {
        Err(AdminError::WeakPassword { why, email: email.unwrap_or_else(|| id.to_string()), what })
    })
}
