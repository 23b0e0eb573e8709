//! What people do with their own account.

use aggregates::{
    ids::UserId,
    personal::Personal,
    user::{User, UserCommand},
};
use projections::users::UserRow;
use secrecy::SecretString;

use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    ledger::PasswordWrite,
};

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone)]
pub struct UpdateUser {
    pub user: UserId,
    pub name: Option<Option<String>>,
    /// The organization that the person says they belong to.
    pub organization: Option<Option<String>>,
}

impl Command for UpdateUser {
    type View = UserRow;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let id = self.user.uuid();
        work.load::<User>(id).await?;
        let name = self.name.clone().map(|name| name.map(|name| Personal::new(id, name)));
        let update = UserCommand::Update { name, organization: self.organization.clone() };
        work.handle::<User>(id, update).await?;
        Ok(self.user)
    }
}

/// The person sent the current password and a new one. Every session ends.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    pub user: UserId,
    /// A PHC string.
    pub hash: SecretString,
    /// The epoch of the account when the old password was verified.
    pub epoch: i64,
}

impl Command for ChangePassword {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let id = self.user.uuid();
        if work.load::<User>(id).await?.epoch() != self.epoch {
            return Err(Error::SignedOut);
        }
        work.handle::<User>(id, UserCommand::ChangePassword).await?;
        work.write_beside(PasswordWrite { user: self.user, hash: self.hash.clone() });
        Ok(())
    }
}
