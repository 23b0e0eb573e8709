//! Comparing two copies of a table, row by row in the order of their keys, with a row of each in memory.

use std::cmp::Ordering;

use futures::{StreamExt, stream::BoxStream};
use projections::row::{Table, Value};

use super::{Error, digest::TableDigest};
use crate::{
    database::store::{Copy, column_names, key_columns},
    database::{self, Connection},
};

/// How many differences of a table are printed in full.
const SHOWN: usize = 5;

/// What the comparison of one table found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    pub table: &'static str,
    pub served: Side,
    pub folded: Side,
    pub differences: u64,
    /// The first of them.
    pub shown: Vec<Difference>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub rows: u64,
    /// SHA-256 over the rows in the order of their keys.
    pub digest: String,
}

/// Where the sides differ. Values are not printed: they may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    Missing { key: String },
    Unfounded { key: String },
    Columns { key: String, columns: Vec<&'static str> },
}

type Rows<'a> = BoxStream<'a, Result<Vec<Value>, database::Error>>;

struct Merge {
    table: &'static Table,
    key: Vec<usize>,
    differences: u64,
    shown: Vec<Difference>,
}

/// Compares what is served with what the ledger folds to.
pub(super) async fn compare(
    served: &mut Connection,
    folded: &mut Connection,
    folded_copy: Copy,
    table: &'static Table,
) -> Result<TableReport, Error> {
    let kinds: Vec<_> = table.columns.iter().map(|column| column.kind).collect();
    let (served_sql, folded_sql) = (select(served, Copy::Served, table), select(folded, folded_copy, table));
    let mut served: Rows<'_> = served.stream(&served_sql, &kinds);
    let mut folded: Rows<'_> = folded.stream(&folded_sql, &kinds);
    let key = table.key.iter().filter_map(|key| table.columns.iter().position(|column| column.name == *key)).collect();
    let mut merge = Merge { table, key, differences: 0, shown: Vec::new() };
    let mut digests = (TableDigest::default(), TableDigest::default());
    let (mut left, mut right) = (next(&mut served).await?, next(&mut folded).await?);
    loop {
        let order = match (&left, &right) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => merge.order(left, right),
        };
        merge.note(order, left.as_deref(), right.as_deref());
        if order != Ordering::Greater {
            left.iter().for_each(|row| digests.0.add(row));
            left = next(&mut served).await?;
        }
        if order != Ordering::Less {
            right.iter().for_each(|row| digests.1.add(row));
            right = next(&mut folded).await?;
        }
    }
    let side = |digest: TableDigest| Side { rows: digest.rows, digest: digest.finish() };
    Ok(TableReport {
        table: table.name,
        served: side(digests.0),
        folded: side(digests.1),
        differences: merge.differences,
        shown: merge.shown,
    })
}

fn select(connection: &Connection, copy: Copy, table: &Table) -> String {
    let order: Vec<_> = key_columns(table).iter().map(|column| connection.by_bytes(column)).collect();
    format!("SELECT {} FROM {} ORDER BY {}", column_names(table).join(", "), copy.table(table.name), order.join(", "))
}

async fn next(rows: &mut Rows<'_>) -> Result<Option<Vec<Value>>, Error> {
    Ok(rows.next().await.transpose()?)
}

impl Merge {
    fn order(&self, left: &[Value], right: &[Value]) -> Ordering {
        let orders = self.key.iter().map(|&place| match (left.get(place), right.get(place)) {
            (Some(Value::Uuid(left)), Some(Value::Uuid(right))) => left.cmp(right),
            (Some(Value::Text(left)), Some(Value::Text(right))) => left.cmp(right),
            (Some(Value::Int(left)), Some(Value::Int(right))) => left.cmp(right),
            _ => Ordering::Equal,
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }

    fn note(&mut self, order: Ordering, served: Option<&[Value]>, folded: Option<&[Value]>) {
        let difference = match (order, served, folded) {
            (Ordering::Less, Some(served), _) => Difference::Unfounded { key: self.key_of(served) },
            (Ordering::Greater, _, Some(folded)) => Difference::Missing { key: self.key_of(folded) },
            (_, Some(served), Some(folded)) if served != folded => {
                let columns = self.table.columns.iter().zip(served.iter().zip(folded));
                let columns = columns.filter(|(_, (served, folded))| served != folded).map(|(column, _)| column.name);
                Difference::Columns { key: self.key_of(served), columns: columns.collect() }
            }
            _ => return,
        };
        self.differences += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(difference);
        }
    }

    /// Ids, slugs and keyed hashes: nothing personal.
    fn key_of(&self, row: &[Value]) -> String {
        let part = |&place: &usize| match row.get(place) {
            Some(Value::Uuid(id)) => id.to_string(),
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Int(number)) => number.to_string(),
            _ => String::new(),
        };
        self.key.iter().map(part).collect::<Vec<_>>().join(" ")
    }
}
