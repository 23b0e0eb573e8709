//! Migrations: run at start, in order, under a lock, and never down.

use sqlx::migrate::{MigrateError, Migrator};

use super::{Connection, Error};

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// Brings the schema up to date. On PostgreSQL an advisory lock lets one node at a time do it.
///
/// # Errors
/// A schema that is newer than this binary is refused.
pub async fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let done = match connection {
        Connection::Postgres(connection) => POSTGRES.run_direct(connection).await,
        Connection::Sqlite(connection) => SQLITE.run_direct(connection).await,
    };
    done.map_err(|error| {
        Error::Migrate(match error {
            MigrateError::VersionMissing(version) => {
                format!("it is at version {version}, which this binary does not know; start a newer one")
            }
            other => other.to_string(),
        })
    })
}
