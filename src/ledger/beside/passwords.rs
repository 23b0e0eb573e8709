//! Password hashes.

use aggregates::ids::UserId;
use chrono::{DateTime, Utc};
use projections::row::{Field, Kind, One, Value};
use secrecy::{ExposeSecret, SecretString};

use super::SideTable;
use crate::{
    database::{self, Arg, Batch, Connection},
    ledger::{Appended, Error, Ledger},
};

/// The only password of a user from now on.
#[derive(Debug, Clone)]
pub struct PasswordWrite {
    pub user: UserId,
    /// A PHC string.
    pub hash: SecretString,
}

#[derive(Default)]
pub(super) struct Passwords(Vec<PasswordWrite>);

impl SideTable for Passwords {
    type Write = PasswordWrite;

    fn accept(&mut self, write: &PasswordWrite, _: &Appended) {
        self.0.push(write.clone());
    }

    async fn store(self, connection: &mut Connection, at: DateTime<Utc>) -> Result<(), database::Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let row = |PasswordWrite { user, hash }: &PasswordWrite| {
            vec![user.to_value(), Value::Text(hash.expose_secret().to_owned()), Value::Time(at)]
        };
        let columns = [("user_id", Kind::Uuid), ("password_hash", Kind::Text), ("changed_at", Kind::Time)];
        let sql = "INSERT INTO credentials (user_id, password_hash, changed_at) SELECT user_id, password_hash, changed_at FROM {batch} k \
                   WHERE true ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at";
        connection.execute_batch(sql, Batch::new(&columns, self.0.iter().map(row).collect())).await.map(drop)
    }
}

impl Ledger {
    /// The password hash of a user, in the PHC string format.
    pub async fn password_hash(&self, user: UserId) -> Result<Option<String>, Error> {
        let sql = "SELECT password_hash FROM credentials WHERE user_id = $1";
        let hash = self.inner.reader.fetch_optional(sql, &[Arg::from(&user)]).await?;
        Ok(hash.map(|One(hash)| hash))
    }
}
