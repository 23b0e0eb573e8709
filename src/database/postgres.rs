//! PostgreSQL.

pub(super) mod copy;

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::{StreamExt, stream::BoxStream};
use projections::row::{Kind, Value};
use sqlx::{
    Executor, PgPool, Postgres, Row,
    postgres::{PgArguments, PgConnectOptions, PgConnection, PgPoolOptions, PgRow},
    query::Query,
};
use uuid::Uuid;

use super::{Arg, Batch, Error, HEAD_LOCK_LIMIT};

pub(super) fn pool(options: &PgConnectOptions, most: u32) -> PgPool {
    let options = options.clone().application_name("tenantry").options([("statement_timeout", "30s"), ("jit", "off")]);
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_secs(5))
        // A dead connection shows itself at its next statement; asking first would double every read's round trips.
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// The session that appends. Without statistics, as on an empty database, the planner would scan tables for every
/// batch, and with scans forbidden it would take the plans for expensive and compile them: both are switched off.
/// Plans do not depend on the batch, so they are made once.
pub(super) async fn writer(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    use sqlx::Connection as _;
    let limit = format!("{}s", HEAD_LOCK_LIMIT.as_secs());
    let options = options.clone().application_name("tenantry-writer").options([
        ("enable_seqscan", "off"),
        ("jit", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("lock_timeout", &limit),
        ("statement_timeout", &limit),
        ("idle_in_transaction_session_timeout", &limit),
    ]);
    Ok(PgConnection::connect_with(&options).await?)
}

/// A session for long work beside the server: no time limits, and plans as the writer's session makes them.
pub(super) async fn worker(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    use sqlx::Connection as _;
    let options = options.clone().application_name("tenantry-worker").options([
        ("enable_seqscan", "off"),
        ("jit", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("statement_timeout", "0"),
        ("lock_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        ("synchronous_commit", "off"),
        ("client_min_messages", "warning"),
    ]);
    Ok(PgConnection::connect_with(&options).await?)
}

pub(super) async fn fetch<'e>(
    executor: impl Executor<'e, Database = Postgres>,
    sql: &str,
    args: &[Arg],
    kinds: &[Kind],
) -> Result<Vec<Vec<Value>>, Error> {
    decode(bind(sql, args).fetch_all(executor).await?, kinds)
}

pub(super) async fn fetch_batch<'e>(
    executor: impl Executor<'e, Database = Postgres>,
    sql: &str,
    args: &[Arg],
    batch: Batch,
    kinds: &[Kind],
) -> Result<Vec<Vec<Value>>, Error> {
    let sql = sql.replace("{batch}", &batch.postgres_source(args.len()));
    decode(bind_batch(bind(&sql, args), batch).fetch_all(executor).await?, kinds)
}

pub(super) async fn execute(connection: &mut PgConnection, sql: &str, args: &[Arg]) -> Result<u64, Error> {
    Ok(bind(sql, args).execute(connection).await?.rows_affected())
}

pub(super) async fn execute_batch(connection: &mut PgConnection, sql: &str, batch: Batch) -> Result<u64, Error> {
    let sql = sql.replace("{batch}", &batch.postgres_source(0));
    Ok(bind_batch(sqlx::query(&sql), batch).execute(connection).await?.rows_affected())
}

pub(super) async fn script(connection: &mut PgConnection, sql: &str, kinds: &[Kind]) -> Result<Vec<Vec<Value>>, Error> {
    decode(connection.fetch_all(sql).await?, kinds)
}

pub(super) fn stream<'a>(
    connection: &'a mut PgConnection,
    sql: &'a str,
    kinds: &'a [Kind],
) -> BoxStream<'a, Result<Vec<Value>, Error>> {
    sqlx::query(sql).fetch(connection).map(|row| decode_row(&row?, kinds)).boxed()
}

pub(super) async fn weak_durability(connection: &mut PgConnection) -> Result<Vec<String>, Error> {
    let mut weak = Vec::new();
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut *connection).await?;
        if value == "off" {
            weak.push(format!("PostgreSQL runs with {setting} = off"));
        }
    }
    Ok(weak)
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

fn bind<'q>(sql: &'q str, args: &[Arg]) -> Statement<'q> {
    args.iter().fold(sqlx::query(sql), |query, arg| match (arg.kind, &arg.value) {
        (Kind::Uuid, value) => query.bind(uuid(value)),
        (Kind::Text, value) => query.bind(text(value)),
        (Kind::Int, value) => query.bind(int(value)),
        (Kind::Bool, value) => query.bind(boolean(value)),
        (Kind::Time, value) => query.bind(time(value)),
        (Kind::Json, Value::Json(json)) => query.bind(Some(json.clone())),
        (Kind::Json, _) => query.bind(None::<serde_json::Value>),
    })
}

fn bind_batch(statement: Statement<'_>, batch: Batch) -> Statement<'_> {
    batch.into_columns().fold(statement, |query, (kind, values)| match kind {
        Kind::Uuid => query.bind(values.iter().map(uuid).collect::<Vec<_>>()),
        Kind::Text => query.bind(values.iter().map(text).collect::<Vec<_>>()),
        Kind::Int => query.bind(values.iter().map(int).collect::<Vec<_>>()),
        Kind::Bool => query.bind(values.iter().map(boolean).collect::<Vec<_>>()),
        Kind::Time => query.bind(values.iter().map(time).collect::<Vec<_>>()),
        Kind::Json => query.bind(values.iter().map(json_text).collect::<Vec<_>>()),
    })
}

fn uuid(value: &Value) -> Option<Uuid> {
    if let Value::Uuid(id) = value { Some(*id) } else { None }
}

fn text(value: &Value) -> Option<String> {
    if let Value::Text(text) = value { Some(text.clone()) } else { None }
}

fn int(value: &Value) -> Option<i64> {
    if let Value::Int(number) = value { Some(*number) } else { None }
}

fn boolean(value: &Value) -> Option<bool> {
    if let Value::Bool(flag) = value { Some(*flag) } else { None }
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    if let Value::Time(time) = value { Some(*time) } else { None }
}

/// JSON travels as text; it may be text already.
fn json_text(value: &Value) -> Option<String> {
    match value {
        Value::Json(json) => Some(json.to_string()),
        value => text(value),
    }
}

fn decode(rows: Vec<PgRow>, kinds: &[Kind]) -> Result<Vec<Vec<Value>>, Error> {
    rows.iter().map(|row| decode_row(row, kinds)).collect()
}

fn decode_row(row: &PgRow, kinds: &[Kind]) -> Result<Vec<Value>, Error> {
    let cell = |n: usize, kind: Kind| -> Result<Value, sqlx::Error> {
        Ok(match kind {
            Kind::Uuid => row.try_get::<Option<Uuid>, _>(n)?.map(Value::Uuid),
            Kind::Text => row.try_get::<Option<String>, _>(n)?.map(Value::Text),
            Kind::Int => row.try_get::<Option<i64>, _>(n)?.map(Value::Int),
            Kind::Bool => row.try_get::<Option<bool>, _>(n)?.map(Value::Bool),
            Kind::Time => row.try_get::<Option<DateTime<Utc>>, _>(n)?.map(Value::Time),
            Kind::Json => row.try_get::<Option<serde_json::Value>, _>(n)?.map(Value::Json),
        }
        .unwrap_or(Value::Null))
    };
    kinds.iter().enumerate().map(|(n, kind)| cell(n, *kind).map_err(Error::from)).collect()
}
