//! Accounts.

use aggregates::{
    ids::UserId,
    personal::Personal,
    user::{Origin, UserEvent},
};
use chrono::{DateTime, Utc};

use crate::{FoldError, Keys, Rows, row::row};

row! {
    /// One account. Address and name are null once they were erased; a name also until its person gave one.
    pub struct UserRow in "users", key(id: UserId) {
        pub id: UserId,
        pub email: Option<String>,
        pub name: Option<String>,
        /// Whether the person has signed in, or can: an invited account has no credentials yet.
        pub activated: bool,
        pub is_superadmin: bool,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

pub(crate) fn keys(id: UserId, _: &UserEvent, keys: &mut Keys) {
    keys.users.insert((id,));
}

pub(crate) fn fold(id: UserId, event: &UserEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    match event {
        UserEvent::UserRegistered { email, name, origin } => rows.users.insert(UserRow {
            id,
            email: email.get().cloned(),
            name: name.as_ref().and_then(Personal::get).cloned(),
            activated: *origin != Origin::Invitation,
            is_superadmin: false,
            version: 1,
            created_at: at,
            updated_at: at,
        }),
        UserEvent::SuperadminGranted {} => rows.users.update(&(id,), |row| {
            row.is_superadmin = true;
            row.version += 1;
            row.updated_at = at;
        }),
    }
}
