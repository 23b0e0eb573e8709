//! Accounts.

use std::sync::LazyLock;

use aggregates::ids::UserId;
use projections::users::UserRow;

use super::{ReadModel, columns::columns};
use crate::database::{Arg, Error};

impl ReadModel {
    pub async fn user(&self, id: UserId) -> Result<Option<UserRow>, Error> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM users u WHERE u.id = $1", columns::<UserRow>("u")));
        self.database.fetch_optional(&SQL, &[Arg::from(&id)]).await
    }
}
