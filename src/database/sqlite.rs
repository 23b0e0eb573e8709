//! SQLite, embedded.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures::{StreamExt, stream::BoxStream};
use projections::row::{Kind, Value};
use sqlx::{
    Executor, Row, Sqlite, SqlitePool,
    query::Query,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};
use uuid::Uuid;

use super::{Arg, Batch, Error, HEAD_LOCK_LIMIT, private};

/// A database file. One process serves it, with one connection that writes and checkpoints; the others only read,
/// because two that do either at once can corrupt the write-ahead log of SQLite before 3.51.3.
#[derive(Debug, Clone)]
pub struct File {
    path: PathBuf,
}

impl File {
    pub(super) fn new(path: &str) -> Self {
        Self { path: PathBuf::from(path) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder and takes the lock file beside the database; it is free again when the process ends, however.
    pub(super) fn claim(&self) -> Result<std::fs::File, Error> {
        let locked = |why: String| Error::Locked(format!("{}: {why}", self.path.display()));
        if let Some(folder) = self.path.parent() {
            private::make_folder(folder).map_err(|error| locked(format!("its folder cannot be made: {error}")))?;
        }
        let path = self.path.with_added_extension("lock");
        let file = private::open_or_make(&path)
            .map_err(|error| locked(format!("the lock file {} cannot be opened: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(_) => Err(locked("another process is using this database".to_owned())),
        }
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(&self.path).busy_timeout(HEAD_LOCK_LIMIT)
    }

    pub(super) fn readers(&self, most: u32) -> SqlitePool {
        SqlitePoolOptions::new()
            .max_connections(most)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .connect_lazy_with(self.options().read_only(true))
    }

    pub(super) async fn writer(&self) -> Result<SqliteConnection, Error> {
        use sqlx::Connection as _;
        self.keep_private().map_err(sqlx::Error::Io)?;
        let options = self
            .options()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", "2000");
        Ok(SqliteConnection::connect_with(&options).await?)
    }

    /// Makes the file where it is missing. SQLite gives the files beside it the permissions that this one has when it makes
    /// them.
    fn keep_private(&self) -> std::io::Result<()> {
        private::open_or_make(&self.path)?;
        for ending in ["-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(ending);
            private::make_private(Path::new(&path))?;
        }
        Ok(())
    }

    /// A connection for long work beside the server. It only reads.
    pub(super) async fn worker(&self) -> Result<SqliteConnection, Error> {
        use sqlx::Connection as _;
        Ok(SqliteConnection::connect_with(&self.options().read_only(true)).await?)
    }
}

/// A database of its own in a file without a name: SQLite deletes it as soon as it is open, and it is gone with the
/// connection, however that ends.
pub(super) async fn scratch() -> Result<SqliteConnection, Error> {
    use sqlx::Connection as _;
    let options = SqliteConnectOptions::new()
        .filename("")
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off);
    Ok(SqliteConnection::connect_with(&options).await?)
}

pub(super) async fn fetch<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    sql: &str,
    args: &[Arg],
    kinds: &[Kind],
) -> Result<Vec<Vec<Value>>, Error> {
    decode(bind(sql, args).fetch_all(executor).await?, kinds)
}

pub(super) async fn fetch_batch<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    sql: &str,
    args: &[Arg],
    batch: Batch,
    kinds: &[Kind],
) -> Result<Vec<Vec<Value>>, Error> {
    let sql = sql.replace("{batch}", &batch.sqlite_source(args.len()));
    decode(bind(&sql, args).bind(batch.into_json()).fetch_all(executor).await?, kinds)
}

pub(super) async fn execute(connection: &mut SqliteConnection, sql: &str, args: &[Arg]) -> Result<u64, Error> {
    Ok(bind(sql, args).execute(connection).await?.rows_affected())
}

pub(super) async fn execute_batch(connection: &mut SqliteConnection, sql: &str, batch: Batch) -> Result<u64, Error> {
    let sql = sql.replace("{batch}", &batch.sqlite_source(0));
    Ok(sqlx::query(&sql).bind(batch.into_json()).execute(connection).await?.rows_affected())
}

pub(super) async fn script(
    connection: &mut SqliteConnection,
    sql: &str,
    kinds: &[Kind],
) -> Result<Vec<Vec<Value>>, Error> {
    decode(connection.fetch_all(sql).await?, kinds)
}

pub(super) fn stream<'a>(
    connection: &'a mut SqliteConnection,
    sql: &'a str,
    kinds: &'a [Kind],
) -> BoxStream<'a, Result<Vec<Value>, Error>> {
    sqlx::query(sql).fetch(connection).map(|row| decode_row(&row?, kinds)).boxed()
}

pub(super) async fn weak_durability(connection: &mut SqliteConnection) -> Result<Vec<String>, Error> {
    let mut weak = Vec::new();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
    if synchronous < 2 {
        weak.push(format!("SQLite runs with synchronous = {synchronous}; it takes 2 (FULL)"));
    }
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if journal != "wal" {
        weak.push(format!("SQLite runs with journal_mode = {journal}; it takes wal"));
    }
    Ok(weak)
}

type Statement<'q> = Query<'q, Sqlite, SqliteArguments<'q>>;

fn bind<'q>(sql: &'q str, args: &[Arg]) -> Statement<'q> {
    args.iter().fold(sqlx::query(sql), |query, arg| match &arg.value {
        Value::Null => query.bind(None::<String>),
        Value::Uuid(id) => query.bind(id.to_string()),
        Value::Text(text) => query.bind(text.clone()),
        Value::Int(number) => query.bind(*number),
        Value::Bool(flag) => query.bind(*flag),
        Value::Time(time) => query.bind(time.timestamp_millis()),
        Value::Json(json) => query.bind(json.to_string()),
    })
}

fn decode(rows: Vec<SqliteRow>, kinds: &[Kind]) -> Result<Vec<Vec<Value>>, Error> {
    rows.iter().map(|row| decode_row(row, kinds)).collect()
}

fn decode_row(row: &SqliteRow, kinds: &[Kind]) -> Result<Vec<Value>, Error> {
    let broken = |error: &dyn std::fmt::Display| Error::Sql(sqlx::Error::Decode(error.to_string().into()));
    let cell = |n: usize, kind: Kind| -> Result<Value, Error> {
        let text = || row.try_get::<Option<String>, _>(n);
        let int = || row.try_get_unchecked::<Option<i64>, _>(n);
        Ok(match kind {
            Kind::Uuid => text()?.map(|t| Uuid::parse_str(&t).map(Value::Uuid).map_err(|e| broken(&e))).transpose()?,
            Kind::Text => text()?.map(Value::Text),
            Kind::Int => int()?.map(Value::Int),
            Kind::Bool => int()?.map(|flag| Value::Bool(flag != 0)),
            Kind::Time => int()?
                .map(|t| {
                    DateTime::<Utc>::from_timestamp_millis(t)
                        .map(Value::Time)
                        .ok_or_else(|| broken(&"a time out of range"))
                })
                .transpose()?,
            Kind::Json => {
                text()?.map(|t| serde_json::from_str(&t).map(Value::Json).map_err(|e| broken(&e))).transpose()?
            }
        }
        .unwrap_or(Value::Null))
    };
    kinds.iter().enumerate().map(|(n, kind)| cell(n, *kind)).collect()
}
