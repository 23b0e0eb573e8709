//! Writing to the copy: on a connection of its own, or in pieces between the appends of the only writer.

use futures::FutureExt;
use projections::row::{Column, Table, Value};

use super::Error;
use crate::{
    database::{Batch, Connection, Location},
    ledger::Ledger,
    readmodel::store::Copy,
};

/// How many rows are written at a time where appends wait meanwhile: some tens of milliseconds.
const PIECE: usize = 1000;

pub(super) enum Hand {
    Own(Connection),
    Writer { ledger: Ledger, reading: Connection },
}

/// A change of one table of a copy.
pub(super) enum Write {
    /// Rows with these values in these columns.
    Delete {
        table: &'static Table,
        columns: Vec<Column>,
        rows: Vec<Vec<Value>>,
    },
    Insert {
        table: &'static Table,
        rows: Vec<Vec<Value>>,
    },
}

impl Hand {
    /// The hand that may write beside this server.
    pub(super) async fn for_rebuild(location: &Location, ledger: &Ledger) -> Result<Self, Error> {
        let worker = location.worker().await?;
        Ok(if location.has_one_writer() {
            Self::Writer { ledger: ledger.clone(), reading: worker }
        } else {
            Self::Own(worker)
        })
    }

    /// A connection that sees what was written.
    pub(super) fn reading(&mut self) -> &mut Connection {
        match self {
            Self::Own(connection) | Self::Writer { reading: connection, .. } => connection,
        }
    }

    pub(super) async fn write(&mut self, copy: Copy, writes: Vec<Write>) -> Result<(), Error> {
        for write in writes {
            match self {
                Self::Own(connection) => write.run(connection, copy).await?,
                Self::Writer { ledger, .. } => {
                    for piece in write.pieces() {
                        ledger.exclusively(move |connection| piece.run(connection, copy).boxed()).await?;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) async fn run(&mut self, statements: Vec<String>) -> Result<(), Error> {
        match self {
            Self::Own(connection) => Ok(connection.run(&statements).await?),
            Self::Writer { ledger, .. } => {
                ledger.exclusively(move |connection| run_all(connection, statements).boxed()).await
            }
        }
    }
}

async fn run_all(connection: &mut Connection, statements: Vec<String>) -> Result<(), Error> {
    Ok(connection.run(&statements).await?)
}

impl Write {
    /// Does it.
    pub(super) async fn run(self, connection: &mut Connection, copy: Copy) -> Result<(), Error> {
        match self {
            Self::Delete { rows, .. } | Self::Insert { rows, .. } if rows.is_empty() => {}
            Self::Delete { table, columns, rows } => {
                let names: Vec<_> = columns.iter().map(|column| column.name).collect();
                let names = names.join(", ");
                let table = copy.table(table.name);
                let sql = format!("DELETE FROM {table} WHERE ({names}) IN (SELECT {names} FROM {{batch}} k)");
                connection.execute_batch(&sql, Batch::of(&columns, rows)).await?;
            }
            Self::Insert { table, rows } => {
                connection.insert_many(&copy.table(table.name), table.columns, rows).await?;
            }
        }
        Ok(())
    }

    fn pieces(self) -> Vec<Self> {
        match self {
            Self::Delete { table, columns, rows } => {
                split(rows).map(|rows| Self::Delete { table, columns: columns.clone(), rows }).collect()
            }
            Self::Insert { table, rows } => split(rows).map(|rows| Self::Insert { table, rows }).collect(),
        }
    }
}

fn split(rows: Vec<Vec<Value>>) -> impl Iterator<Item = Vec<Vec<Value>>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let piece: Vec<_> = rows.by_ref().take(PIECE).collect();
        if piece.is_empty() { None } else { Some(piece) }
    })
}
