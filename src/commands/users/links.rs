//! Links that work once: activation and password reset.

use aggregates::{
    ids::{SessionId, UserId},
    personal::Personal,
    session::Method,
    user::{OneTimeToken, User, UserCommand},
};
use chrono::TimeDelta;
use projections::users::UserRow;
use secrecy::SecretString;

use crate::{
    commands::{
        Command, Error, Shown, UnitOfWork,
        sessions::{Beginning, begin_session},
    },
    ledger::PasswordWrite,
    readmodel::Untagged,
};

/// How long a link that resets a password works, in hours.
const RESET_HOURS: i64 = 24;

/// A superadmin asks for a link with which a person sets a new password. It activates an invited account too.
#[derive(Debug, Clone)]
pub struct IssuePasswordReset {
    pub user: UserId,
    /// SHA-256 of the token, in hexadecimal digits.
    pub token_hash: String,
}

impl Command for IssuePasswordReset {
    type View = Untagged<UserRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.operate()?;
        work.load::<User>(self.user.uuid()).await?;
        let token =
            OneTimeToken { hash: self.token_hash.clone(), expires_at: work.now() + TimeDelta::hours(RESET_HOURS) };
        work.handle::<User>(self.user.uuid(), UserCommand::IssuePasswordReset { token }).await?;
        Ok(self.user)
    }
}

/// The holder of the link sets the password. Every session ends.
#[derive(Debug, Clone)]
pub struct ResetPassword {
    pub user: UserId,
    pub token_hash: String,
    /// A PHC string.
    pub hash: SecretString,
}

impl Command for ResetPassword {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let id = self.user.uuid();
        work.load::<User>(id).await?;
        let reset = UserCommand::ResetPassword { token_hash: self.token_hash.clone() };
        work.handle::<User>(id, reset).await?;
        work.write_beside(PasswordWrite { user: self.user, hash: self.hash.clone() });
        Ok(())
    }
}

/// An invited person activates the account with a name and a password, and is signed in.
#[derive(Debug, Clone)]
pub struct Activate {
    pub user: UserId,
    pub token_hash: String,
    pub name: String,
    /// A PHC string.
    pub hash: SecretString,
    pub session: SessionId,
}

impl Command for Activate {
    type View = Untagged<UserRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let id = self.user.uuid();
        let epoch = work.load::<User>(id).await?.epoch();
        let name = Personal::new(id, self.name.clone());
        let activate = UserCommand::Activate { token_hash: self.token_hash.clone(), name };
        work.handle::<User>(id, activate).await?;
        work.write_beside(PasswordWrite { user: self.user, hash: self.hash.clone() });
        let beginning =
            Beginning { session: self.session, user: self.user, method: Method::Activation, organization: None, epoch };
        begin_session(work, &beginning).await?;
        Ok(self.user)
    }
}
