//! What superadmins do with accounts.

use aggregates::{
    email::Email,
    ids::UserId,
    personal::Personal,
    user::{User, UserCommand, UserError},
};
use projections::users::UserRow;

use crate::commands::{Command, Error, Shown, UnitOfWork};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Administration {
    Disable,
    Enable,
    GrantSuperadmin,
    RevokeSuperadmin,
}

#[derive(Debug, Clone, Copy)]
pub struct Administer {
    pub user: UserId,
    pub administration: Administration,
}

impl Command for Administer {
    type View = UserRow;

    /// There is always a superadmin left: none can revoke their own status, and that the asker still is one when it is
    /// revoked for another is a condition of the append.
    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.operate()?;
        let command = match self.administration {
            Administration::Disable => UserCommand::Disable,
            Administration::Enable => UserCommand::Enable,
            Administration::GrantSuperadmin => UserCommand::GrantSuperadmin,
            Administration::RevokeSuperadmin => UserCommand::RevokeSuperadmin,
        };
        let takes = matches!(self.administration, Administration::Disable | Administration::RevokeSuperadmin);
        if takes && work.asker().user() == Some(self.user) {
            return Err(UserError::OwnAccount.into());
        }
        work.load::<User>(self.user.uuid()).await?;
        work.handle::<User>(self.user.uuid(), command).await?;
        Ok(self.user)
    }
}

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone)]
pub struct UpdateAccount {
    pub user: UserId,
    pub email: Option<Email>,
    pub name: Option<Option<String>>,
    pub organization: Option<Option<String>>,
}

impl Command for UpdateAccount {
    type View = UserRow;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.operate()?;
        let id = self.user.uuid();
        work.load::<User>(id).await?;
        let personal = |text: &str| Personal::new(id, text.to_owned());
        if let Some(email) = &self.email {
            work.handle::<User>(id, UserCommand::ChangeEmail { email: personal(email.as_str()) }).await?;
        }
        let name = self.name.as_ref().map(|name| name.as_deref().map(personal));
        let update = UserCommand::Update { name, organization: self.organization.clone() };
        work.handle::<User>(id, update).await?;
        Ok(self.user)
    }
}
