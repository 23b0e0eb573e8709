//! Accounts.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Denied},
    ids::UserId,
};
use projections::{RowKeys, Rows, row::One, users::UserRow};
use uuid::Uuid;

use super::{
    Current, Paged, ReadModel, View,
    columns::columns,
    organizations::{Page, containing},
};
use crate::{
    database::{Arg, Error},
    readmodel,
};

/// What deciding on a credential needs of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserState {
    /// Goes up with every event of the account.
    pub version: i64,
    /// Sessions that began in another epoch are over.
    pub epoch: i64,
    pub disabled: bool,
    pub is_superadmin: bool,
}

/// What has become of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserStatus {
    /// It has no credentials yet.
    Invited,
    Active,
    Disabled,
}

impl UserStatus {
    pub fn of(row: &UserRow) -> Self {
        match (row.disabled, row.activated) {
            (true, _) => Self::Disabled,
            (false, true) => Self::Active,
            (false, false) => Self::Invited,
        }
    }
}

impl View for UserRow {
    type Of = UserId;

    fn rows(id: &UserId) -> RowKeys {
        RowKeys::of::<Self>([(*id,)])
    }

    fn read(rows: &Rows, id: &UserId) -> Option<Self> {
        rows.users.get(&(*id,)).cloned()
    }

    fn current(rows: &Rows, id: &UserId) -> Current {
        Current::of::<Self>(rows, &(*id,))
    }
}

impl Paged for UserRow {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

/// Which accounts a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Part of the name or e-mail address; case is ignored.
    pub search: Option<String>,
}

impl ReadModel {
    /// Every account, newest first, for superadmins.
    pub async fn users(&self, asker: Asker, filter: &UserFilter, page: Page) -> Result<Vec<UserRow>, readmodel::Error> {
        if !asker.operates() {
            return Err(readmodel::Error::Denied(Denied::SuperadminOnly));
        }
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT {} FROM users u WHERE ($1 IS NULL OR u.search_text LIKE $1 ESCAPE '\\') \
                 AND ($2 IS NULL OR u.id < $2) ORDER BY u.id DESC LIMIT $3",
                columns::<UserRow>("u")
            )
        });
        let pattern = filter.search.as_deref().map(containing);
        let args = [Arg::from(&pattern), Arg::from(&page.after), page.limit.into()];
        Ok(self.database.fetch(&SQL, &args).await?)
    }

    /// The asker's own account, and for superadmins anybody's.
    pub async fn user(&self, asker: Asker, id: UserId) -> Result<Option<UserRow>, Error> {
        if asker.operates() || asker.user() == Some(id) { self.user_row(id).await } else { Ok(None) }
    }

    /// An account, whoever asks. For deciding, not for showing.
    pub async fn user_row(&self, id: UserId) -> Result<Option<UserRow>, Error> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM users u WHERE u.id = $1", columns::<UserRow>("u")));
        self.database.fetch_optional(&SQL, &[Arg::from(&id)]).await
    }

    /// Superadmins who can sign in, those whose accounts are the oldest first, and their addresses.
    pub async fn oldest_superadmins(&self, limit: i64) -> Result<Vec<(UserId, Option<String>)>, Error> {
        let sql = "SELECT id, email FROM users WHERE is_superadmin AND NOT disabled ORDER BY id LIMIT $1";
        let found: Vec<(One<UserId>, One<Option<String>>)> = self.database.fetch(sql, &[limit.into()]).await?;
        Ok(found.into_iter().map(|(One(id), One(email))| (id, email)).collect())
    }

    pub async fn user_state(&self, id: UserId) -> Result<Option<UserState>, Error> {
        let sql = "SELECT version, epoch, disabled, is_superadmin FROM users WHERE id = $1";
        type Columns = (One<i64>, One<i64>, One<bool>, One<bool>);
        let found: Option<Columns> = self.database.fetch_optional(sql, &[Arg::from(&id)]).await?;
        Ok(found.map(|(One(version), One(epoch), One(disabled), One(is_superadmin))| UserState {
            version,
            epoch,
            disabled,
            is_superadmin,
        }))
    }
}
