//! Connections, plain values and batches for the two databases. It knows SQL's dialects and nothing of the domain.
//!
//! Only `ledger`, `readmodel` and `replay` use it. Queries are written once: both databases understand `$1`, and what differs
//! (how a batch of rows is passed, how a value is bound) is settled here.

mod batch;
mod bulk;
pub mod copies;
mod migrate;
mod postgres;
pub mod private;
mod sqlite;
pub mod store;
mod text;

use std::{str::FromStr, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use projections::row::{Columns, Field, Kind, Value, ValueError};
use sqlx::{PgConnection, PgPool, SqliteConnection, SqlitePool};
use thiserror::Error;

pub use self::{batch::Batch, migrate::migrate, text::IndexedText};

#[derive(Debug, Error)]
pub enum Error {
    #[error("{0}")]
    Url(String),
    #[error("the database refused or is away")]
    Sql(#[from] sqlx::Error),
    #[error("a stored value is not what its column promises")]
    Value(#[from] ValueError),
    #[error("the schema cannot be brought up to date: {0}")]
    Migrate(String),
    /// Rows that were read before are not there any more: somebody else has written to the read model.
    #[error("{table}: {updated} of {wanted} rows could be updated")]
    Drifted { table: &'static str, wanted: usize, updated: u64 },
    #[error("{0}")]
    Locked(String),
    /// One error that several requests met.
    #[error(transparent)]
    Shared(Arc<Error>),
}

/// An error with everything that caused it, in one line for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// What an error says about the statement that met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The statement itself was refused; another one may succeed.
    Statement,
    /// There is no room left to write.
    Full,
    /// The database is away, restarting or overloaded; nothing is wrong with the statement.
    Away,
}

impl Error {
    /// The database's error in what a library made of it, if it is one.
    pub fn within(
        error: Box<dyn std::error::Error + Send + Sync>,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        error.downcast::<sqlx::Error>().map(|error| Self::Sql(*error))
    }

    pub fn fault(&self) -> Fault {
        let Self::Sql(sqlx::Error::Database(error)) = self else {
            return match self {
                Self::Shared(error) => error.fault(),
                Self::Value(_)
                | Self::Migrate(_)
                | Self::Sql(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => Fault::Statement,
                _ => Fault::Away,
            };
        };
        let code = error.code().unwrap_or_default();
        match code.parse::<u32>() {
            // SQLite's numbers, the low byte of an extended code: 13 is SQLITE_FULL; then PERM, BUSY, LOCKED, NOMEM,
            // READONLY, INTERRUPT, IOERR, CORRUPT, CANTOPEN and NOTADB.
            Ok(number) if code.len() < 5 => match number & 0xff {
                13 => Fault::Full,
                3 | 5..=11 | 14 | 26 => Fault::Away,
                _ => Fault::Statement,
            },
            // PostgreSQL's SQLSTATE: class 53 is resources, 08 the connection, 57 the operator, 55 and 40 contention.
            _ if code == "53100" => Fault::Full,
            _ if ["08", "40", "53", "55", "57"].iter().any(|class| code.starts_with(class)) => Fault::Away,
            _ => Fault::Statement,
        }
    }
}

/// Where the data is.
#[derive(Debug, Clone)]
pub enum Location {
    Postgres(Box<sqlx::postgres::PgConnectOptions>),
    Sqlite(sqlite::File),
}

impl FromStr for Location {
    type Err = Error;

    /// `postgres://…`, unix sockets included, or `sqlite://path`.
    fn from_str(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options =
                url.parse().map_err(|error| Error::Url(format!("the database URL is not usable: {error}")))?;
            Ok(Self::Postgres(Box::new(options)))
        } else if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            Ok(Self::Sqlite(sqlite::File::new(path)))
        } else {
            Err(Error::Url("the database URL must start with postgres:// or sqlite://".to_owned()))
        }
    }
}

impl Location {
    /// Takes the file for this process; on PostgreSQL several processes share the database and nothing is taken.
    pub fn claim(&self) -> Result<Option<std::fs::File>, Error> {
        match self {
            Self::Postgres(_) => Ok(None),
            Self::Sqlite(file) => file.claim().map(Some),
        }
    }

    /// The file that holds an embedded database.
    pub fn file(&self) -> Option<&std::path::Path> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(file) => Some(file.path()),
        }
    }

    /// Connections that read.
    pub async fn reader(&self, most: u32) -> Result<Database, Error> {
        Ok(match self {
            Self::Postgres(options) => Database::Postgres(postgres::pool(options, most)),
            Self::Sqlite(file) => Database::Sqlite(file.readers(most)),
        })
    }

    /// A connection of its own for writing.
    pub async fn writer(&self) -> Result<Connection, Error> {
        Ok(match self {
            Self::Postgres(options) => Connection::Postgres(postgres::writer(options).await?),
            Self::Sqlite(file) => Connection::Sqlite(file.writer().await?),
        })
    }

    /// A connection of its own for long work beside a server. On SQLite it only reads.
    pub async fn worker(&self) -> Result<Connection, Error> {
        Ok(match self {
            Self::Postgres(options) => Connection::Postgres(postgres::worker(options).await?),
            Self::Sqlite(file) => Connection::Sqlite(file.worker().await?),
        })
    }

    /// A connection that can write tables which nobody else sees or needs.
    pub async fn scratch(&self) -> Result<Connection, Error> {
        Ok(match self {
            Self::Postgres(options) => Connection::Postgres(postgres::worker(options).await?),
            Self::Sqlite(_) => Connection::Sqlite(sqlite::scratch().await?),
        })
    }

    /// Whether only the ledger's writer may write, because two connections that do can damage the file.
    pub const fn has_one_writer(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

/// One argument of a statement. Its kind is known even when its value is null.
#[derive(Debug, Clone)]
pub struct Arg {
    kind: Kind,
    value: Value,
}

impl<T: Field> From<&T> for Arg {
    fn from(field: &T) -> Self {
        Self { kind: T::KIND, value: field.to_value() }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self { kind: Kind::Text, value: Value::Text(text.to_owned()) }
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self { kind: Kind::Int, value: Value::Int(number) }
    }
}

/// A pool of connections that read committed data.
#[derive(Debug, Clone)]
pub enum Database {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// A single connection.
#[derive(Debug)]
pub enum Connection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Database {
    /// Runs a query and reads every row.
    pub async fn fetch<T: Columns>(&self, sql: &str, args: &[Arg]) -> Result<Vec<T>, Error> {
        let rows = match self {
            Self::Postgres(pool) => postgres::fetch(pool, sql, args, &kinds::<T>()).await?,
            Self::Sqlite(pool) => sqlite::fetch(pool, sql, args, &kinds::<T>()).await?,
        };
        read(rows)
    }

    /// Runs a query and reads its first row, if it has one.
    pub async fn fetch_optional<T: Columns>(&self, sql: &str, args: &[Arg]) -> Result<Option<T>, Error> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    /// Runs a query over a batch: `{batch}` in the text stands for its rows.
    pub async fn fetch_batch<T: Columns>(&self, sql: &str, args: &[Arg], batch: Batch) -> Result<Vec<T>, Error> {
        let rows = match self {
            Self::Postgres(pool) => postgres::fetch_batch(pool, sql, args, batch, &kinds::<T>()).await?,
            Self::Sqlite(pool) => sqlite::fetch_batch(pool, sql, args, batch, &kinds::<T>()).await?,
        };
        read(rows)
    }

    /// Connections open and idle.
    pub fn use_of_pool(&self) -> (u32, usize) {
        match self {
            Self::Postgres(pool) => (pool.size(), pool.num_idle()),
            Self::Sqlite(pool) => (pool.size(), pool.num_idle()),
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}

impl Connection {
    // The futures of statements are boxed: the compiler cannot see that they are `Send` otherwise.
    pub fn fetch<'a, T: Columns + Send + 'a>(
        &'a mut self,
        sql: &'a str,
        args: &'a [Arg],
    ) -> BoxFuture<'a, Result<Vec<T>, Error>> {
        Box::pin(async move {
            let rows = match self {
                Self::Postgres(connection) => postgres::fetch(connection, sql, args, &kinds::<T>()).await?,
                Self::Sqlite(connection) => sqlite::fetch(connection, sql, args, &kinds::<T>()).await?,
            };
            read(rows)
        })
    }

    /// A query over a batch whose columns are known only at run time.
    pub fn fetch_values<'a>(
        &'a mut self,
        sql: &'a str,
        batch: Batch,
        kinds: &'a [Kind],
    ) -> BoxFuture<'a, Result<Vec<Vec<Value>>, Error>> {
        Box::pin(async move {
            match self {
                Self::Postgres(connection) => postgres::fetch_batch(connection, sql, &[], batch, kinds).await,
                Self::Sqlite(connection) => sqlite::fetch_batch(connection, sql, &[], batch, kinds).await,
            }
        })
    }

    pub async fn fetch_batch<T: Columns + Send>(&mut self, sql: &str, batch: Batch) -> Result<Vec<T>, Error> {
        let rows = self.fetch_values(sql, batch, &kinds::<T>()).await?;
        read(rows)
    }

    /// Runs a statement and returns how many rows it changed.
    pub fn execute<'a>(&'a mut self, sql: &'a str, args: &'a [Arg]) -> BoxFuture<'a, Result<u64, Error>> {
        Box::pin(async move {
            match self {
                Self::Postgres(connection) => postgres::execute(connection, sql, args).await,
                Self::Sqlite(connection) => sqlite::execute(connection, sql, args).await,
            }
        })
    }

    /// Runs a statement that is sent as it stands and not kept as a prepared one.
    pub fn statement<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        use sqlx::Executor as _;
        Box::pin(async move {
            match self {
                Self::Postgres(connection) => connection.execute(sql).await.map(|_| ())?,
                Self::Sqlite(connection) => connection.execute(sql).await.map(|_| ())?,
            }
            Ok(())
        })
    }

    /// Runs a statement over a batch and returns how many rows it changed.
    pub fn execute_batch<'a>(&'a mut self, sql: &'a str, batch: Batch) -> BoxFuture<'a, Result<u64, Error>> {
        Box::pin(async move {
            match self {
                Self::Postgres(connection) => postgres::execute_batch(connection, sql, batch).await,
                Self::Sqlite(connection) => sqlite::execute_batch(connection, sql, batch).await,
            }
        })
    }

    /// Runs several statements without arguments in one round trip. The rows of all of them come in order, and all
    /// must have the columns of `T`.
    pub fn script<'a, T: Columns + Send + 'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Vec<T>, Error>> {
        Box::pin(async move {
            let rows = match self {
                Self::Postgres(connection) => postgres::script(connection, sql, &kinds::<T>()).await?,
                Self::Sqlite(connection) => sqlite::script(connection, sql, &kinds::<T>()).await?,
            };
            read(rows)
        })
    }

    /// Opens a transaction that writes, waiting for its turn: on SQLite the transaction itself is the write lock.
    pub const fn begin_statement(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
        }
    }

    /// What locks the selected rows until the end of the transaction without hindering foreign keys.
    pub const fn lock_clause(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "FOR NO KEY UPDATE",
            Self::Sqlite(_) => "",
        }
    }

    /// What could lose an acknowledged commit, in words; empty when commits are durable.
    pub async fn weak_durability(&mut self) -> Result<Vec<String>, Error> {
        match self {
            Self::Postgres(connection) => postgres::weak_durability(connection).await,
            Self::Sqlite(connection) => sqlite::weak_durability(connection).await,
        }
    }

    pub async fn close(self) -> Result<(), Error> {
        use sqlx::Connection as _;
        match self {
            Self::Postgres(connection) => connection.close().await?,
            Self::Sqlite(connection) => connection.close().await?,
        }
        Ok(())
    }
}

/// How long a node may hold the head lock or wait for it before the database ends its statement or transaction.
const HEAD_LOCK_LIMIT: Duration = Duration::from_secs(10);

fn kinds<T: Columns>() -> Vec<Kind> {
    let mut kinds = Vec::new();
    T::kinds(&mut kinds);
    kinds
}

fn read<T: Columns>(rows: Vec<Vec<Value>>) -> Result<Vec<T>, Error> {
    rows.into_iter().map(|values| T::read(&mut values.into_iter()).map_err(Error::from)).collect()
}
