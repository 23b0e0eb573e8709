//! Finding rows by a part of a text, with an index of its trigrams.
//!
//! PostgreSQL has one in its module `pg_trgm`, SQLite in FTS5. Both find any part of at least three characters.

use super::{Arg, Database};

/// The shortest part that an index finds, in characters.
const SHORTEST: usize = 3;

/// A text that is indexed by its trigrams.
#[derive(Debug, Clone, Copy)]
pub struct IndexedText {
    pub table: &'static str,
    pub column: &'static str,
    /// On SQLite: the index, whose rows have the number that the table's rows have in `n`.
    pub index: &'static str,
}

impl Database {
    /// A query for the ids of the rows that have this part in the text, whose case is the same, and the argument that
    /// `argument` stands for there. None where the index does not find such a part.
    pub fn having_part(&self, text: IndexedText, part: &str, argument: &str) -> Option<(String, Arg)> {
        if part.chars().count() < SHORTEST {
            return None;
        }
        let IndexedText { table, column, index } = text;
        Some(match self {
            Self::Postgres(_) => {
                let pattern = format!("%{}%", part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
                (format!("SELECT id FROM {table} WHERE {column} LIKE {argument} ESCAPE '\\'"), pattern.as_str().into())
            }
            Self::Sqlite(_) => {
                let phrase = format!("\"{}\"", part.replace('"', "\"\""));
                // Row by row, so that a limit ends it.
                let rows = format!("{index} CROSS JOIN {table} ON {table}.n = {index}.rowid");
                (format!("SELECT {table}.id FROM {rows} WHERE {index} MATCH {argument}"), phrase.as_str().into())
            }
        })
    }
}
