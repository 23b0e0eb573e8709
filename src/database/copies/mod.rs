//! A second copy of tables: made empty beside the originals, filled by somebody, and put in their place.
//!
//! What differs between the databases is the text of the statements. It is read from the catalogue of the originals, so
//! that a copy has whatever a migration gave them.

mod postgres;
mod sqlite;

use super::{Connection, Error};

/// What a copy is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To take the place of the originals.
    Rebuild,
    /// To be compared with them and thrown away.
    Comparison,
}

/// The statements of a copy's life, in the order of the fields.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What stands before the name of a table of the copy.
    pub prefix: &'static str,
    /// Lets one rebuild of a database run at a time; held by the session.
    pub exclude_others: Vec<String>,
    /// Removes a copy: what an interrupted run left, or one that is no longer needed.
    pub clear: Vec<String>,
    /// Makes empty tables with their keys and constraints, without other indexes.
    pub create: Vec<String>,
    /// What is made once the tables are full.
    pub complete: Vec<String>,
    /// In the transaction that swaps: takes the originals from their readers, or fails soon. Readers wait for it, so it
    /// gives up well before anybody could take the wait for a deadlock.
    pub lock: Vec<String>,
    /// Puts the copy in the place of the originals, under their names and with the names of their indexes.
    pub swap: Vec<String>,
    /// Begins a transaction that reads one state of the originals, and keeps anybody from swapping them meanwhile.
    pub snapshot: Vec<String>,
}

impl Plan {
    /// Reads what the originals are like.
    pub async fn read(connection: &mut Connection, tables: &[&str], purpose: Purpose) -> Result<Self, Error> {
        match connection {
            Connection::Postgres(connection) => postgres::plan(connection, tables, purpose).await,
            Connection::Sqlite(connection) => sqlite::plan(connection, tables, purpose).await,
        }
    }
}

impl Connection {
    /// Runs statements that return nothing, one after another.
    pub async fn run(&mut self, statements: &[String]) -> Result<(), Error> {
        for statement in statements {
            self.statement(statement).await?;
        }
        Ok(())
    }
}
