//! `COPY … FROM STDIN` in the binary format (PostgreSQL manual, COPY, "Binary Format").

use chrono::{DateTime, Utc};
use projections::row::{Column, Kind, Value};
use sqlx::PgConnection;

use crate::database::Error;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
const NULL: [u8; 4] = (-1_i32).to_be_bytes();
/// How much is sent at a time.
const CHUNK: usize = 1 << 20;
/// PostgreSQL counts microseconds from 2000-01-01.
const EPOCH: i64 = 946_684_800_000_000;

pub(in crate::database) async fn insert(
    connection: &mut PgConnection,
    table: &str,
    names: &str,
    columns: &[Column],
    rows: &[Vec<Value>],
) -> Result<(), Error> {
    let statement = format!("COPY {table} ({names}) FROM STDIN (FORMAT binary)");
    let mut copy = connection.copy_in_raw(&statement).await?;
    let mut bytes = Vec::with_capacity(CHUNK + CHUNK / 4);
    bytes.extend_from_slice(HEADER);
    for row in rows {
        bytes.extend_from_slice(&i16::try_from(columns.len()).unwrap_or(i16::MAX).to_be_bytes());
        for (column, value) in columns.iter().zip(row) {
            put(&mut bytes, column.kind, value);
        }
        if bytes.len() >= CHUNK {
            copy.send(bytes.as_slice()).await?;
            bytes.clear();
        }
    }
    bytes.extend_from_slice(&TRAILER);
    copy.send(bytes.as_slice()).await?;
    copy.finish().await?;
    Ok(())
}

fn put(bytes: &mut Vec<u8>, kind: Kind, value: &Value) {
    match (kind, value) {
        (Kind::Uuid, Value::Uuid(id)) => field(bytes, id.as_bytes()),
        (Kind::Text, Value::Text(text)) => field(bytes, text.as_bytes()),
        (Kind::Int, Value::Int(number)) => field(bytes, &number.to_be_bytes()),
        (Kind::Bool, Value::Bool(flag)) => field(bytes, &[u8::from(*flag)]),
        (Kind::Time, Value::Time(time)) => field(bytes, &micros(*time).to_be_bytes()),
        (Kind::Json, Value::Json(json)) => field(bytes, json.to_string().as_bytes()),
        _ => bytes.extend_from_slice(&NULL),
    }
}

fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros().saturating_sub(EPOCH)
}

/// No value comes near 2 GiB; one that did would be refused by the server as a broken message.
fn field(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.extend_from_slice(&i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
    bytes.extend_from_slice(value);
}
