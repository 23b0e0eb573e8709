//! Writing to the copy: on a connection of its own, or in pieces between the appends of the only writer.

use futures::FutureExt;
use projections::row::{Column, Table, Value};
use tokio_util::task::AbortOnDropHandle;

use super::Error;
use crate::{
    database::store::Copy,
    database::{Batch, Connection, Location},
    ledger::Ledger,
};

/// How many rows are written at a time where appends wait meanwhile: some tens of milliseconds.
const PIECE: usize = 1000;

pub(super) struct Hand {
    reading: Connection,
    writing: Writing,
}

enum Writing {
    /// On the connection that reads.
    Here,
    /// On a connection of its own, while the fold goes on. What is on its way stays in the memory of the fold.
    Aside { location: Box<Location>, running: Option<AbortOnDropHandle<Result<Connection, Error>>> },
    /// In pieces between the appends of the only connection that may write.
    Writer(Ledger),
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
    /// Writes a copy that is to be served.
    pub(super) async fn for_rebuild(location: &Location, ledger: &Ledger) -> Result<Self, Error> {
        let writing =
            if location.has_one_writer() { Writing::Writer(ledger.clone()) } else { Writing::aside(location) };
        Ok(Self { reading: location.worker().await?, writing })
    }

    /// Writes a copy that is to be compared.
    pub(super) async fn for_comparison(location: &Location) -> Result<Self, Error> {
        let writing = if location.has_one_writer() { Writing::Here } else { Writing::aside(location) };
        Ok(Self { reading: location.scratch().await?, writing })
    }

    /// A connection that sees what was written.
    pub(super) fn reading(&mut self) -> &mut Connection {
        &mut self.reading
    }

    /// Writes, or begins to. One write is under way at a time.
    pub(super) async fn write(&mut self, copy: Copy, writes: Vec<Write>) -> Result<(), Error> {
        let idle = self.finish().await?;
        match &mut self.writing {
            Writing::Here => write_all(&mut self.reading, copy, writes).await?,
            Writing::Aside { location, running } => {
                let location = location.clone();
                let task = tokio::spawn(async move {
                    let mut connection = match idle {
                        Some(connection) => connection,
                        None => location.worker().await?,
                    };
                    write_all(&mut connection, copy, writes).await?;
                    Ok(connection)
                });
                *running = Some(AbortOnDropHandle::new(task));
            }
            Writing::Writer(ledger) => {
                for piece in writes.into_iter().flat_map(Write::pieces) {
                    ledger.exclusively(move |connection| piece.run(connection, copy).boxed()).await?;
                }
            }
        }
        Ok(())
    }

    /// Waits until everything is written.
    pub(super) async fn finish(&mut self) -> Result<Option<Connection>, Error> {
        let Writing::Aside { running, .. } = &mut self.writing else { return Ok(None) };
        match running.take() {
            Some(task) => task.await.map_err(|_| Error::Interrupted)?.map(Some),
            None => Ok(None),
        }
    }

    /// Runs statements that change the copy.
    pub(super) async fn run(&mut self, statements: Vec<String>) -> Result<(), Error> {
        match &self.writing {
            Writing::Here | Writing::Aside { .. } => run_all(&mut self.reading, statements).await,
            Writing::Writer(ledger) => {
                ledger.exclusively(move |connection| run_all(connection, statements).boxed()).await
            }
        }
    }

    /// The ledger whose writer does everything that is written, where that is so.
    pub(super) fn only_writer(&self) -> Option<Ledger> {
        if let Writing::Writer(ledger) = &self.writing { Some(ledger.clone()) } else { None }
    }
}

impl Writing {
    fn aside(location: &Location) -> Self {
        Self::Aside { location: Box::new(location.clone()), running: None }
    }
}

async fn write_all(connection: &mut Connection, copy: Copy, writes: Vec<Write>) -> Result<(), Error> {
    for write in writes {
        write.run(connection, copy).await?;
    }
    Ok(())
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
