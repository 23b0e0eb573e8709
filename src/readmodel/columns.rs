//! Select lists from row definitions.

use projections::row::Row;

/// `alias.column, …` of a row type, in the order in which it is read.
pub fn columns<R: Row>(alias: &str) -> String {
    R::TABLE.columns.iter().map(|column| format!("{alias}.{}", column.name)).collect::<Vec<_>>().join(", ")
}
