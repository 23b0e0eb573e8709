//! The deployment's first superadmin.

use aggregates::{
    claim::{Claim, ClaimKind},
    email::Email,
    ids::UserId,
    personal::Personal,
    user::{Origin, User, UserCommand},
};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    ledger::PasswordWrite,
};

/// Makes the deployment's first superadmin. An account that exists stays as it is.
pub struct Bootstrap {
    pub email: Email,
    /// A PHC string.
    pub password_hash: SecretString,
}

impl Command for Bootstrap {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        if work.ledger().holder(&Claim::user_email(self.email.folded())).await?.is_some() {
            return Ok(());
        }
        let id = Uuid::now_v7();
        work.begin::<User>(id);
        let email = Personal::new(id, self.email.as_str().to_owned());
        let register = UserCommand::Register {
            email,
            name: None,
            origin: Origin::Bootstrap,
            organization: None,
            invited_by: None,
        };
        work.handle::<User>(id, register).await?;
        work.handle::<User>(id, UserCommand::GrantSuperadmin).await?;
        work.write_beside(PasswordWrite { user: UserId::new(id), hash: self.password_hash.clone() });
        Ok(())
    }

    /// Another node that starts at the same moment made it.
    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::UserEmail
    }
}
