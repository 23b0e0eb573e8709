//! Where ledger and read model stand.

use projections::{PROJECTION_SET, row::One};

use super::{Error, table_names};
use crate::database::Database;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The position of the last event.
    pub head: i64,
    /// The version of the folds that wrote the read model, and that of this binary.
    pub stored_set: i64,
    pub our_set: i64,
    /// How often it was rebuilt.
    pub generation: i64,
    pub rows: Vec<(&'static str, i64)>,
}

pub async fn status(reader: &Database) -> Result<Status, Error> {
    let sql = "SELECT projection_set, generation, coalesce((SELECT max(position) FROM events), 0) FROM ledger";
    let ledger: Option<(One<i64>, One<i64>, One<i64>)> = reader.fetch_optional(sql, &[]).await?;
    let (One(stored_set), One(generation), One(head)) = ledger.unwrap_or((One(0), One(0), One(0)));
    let mut rows = Vec::new();
    for table in table_names() {
        let count: Option<One<i64>> = reader.fetch_optional(&format!("SELECT count(*) FROM {table}"), &[]).await?;
        rows.push((table, count.map_or(0, |One(count)| count)));
    }
    Ok(Status { head, stored_set, our_set: PROJECTION_SET, generation, rows })
}
