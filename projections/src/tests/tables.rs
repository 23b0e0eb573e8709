//! Tables as a database has them: only what was stored is there, and only what is declared is loaded.

use std::collections::BTreeMap;

use crate::{
    FoldError, RecordedEvent, RowKeys, Rows,
    row::{Row, RowKey, Table, Value},
    rows::Changes,
};

#[derive(Debug, Default, Clone, PartialEq)]
pub struct Tables {
    /// Rows by table and key.
    rows: BTreeMap<&'static str, BTreeMap<String, Vec<Value>>>,
}

impl Tables {
    /// Folds events as one transaction does: load what they declare, fold, store what changed.
    pub fn fold(&mut self, events: &[RecordedEvent]) -> Result<(), FoldError> {
        self.fold_with(&mut Rows::default(), events)
    }

    /// Folds events as one transaction does, with rows that are in memory from before.
    pub fn fold_with(&mut self, rows: &mut Rows, events: &[RecordedEvent]) -> Result<(), FoldError> {
        let mut keys = RowKeys::default();
        events.iter().for_each(|event| crate::keys(event, &mut keys));
        let missing = rows.missing(&keys);
        for (table, keys) in rows.tables().into_iter().zip(missing) {
            let stored = self.rows.entry(table.definition().name).or_default();
            let found = keys.iter().filter_map(|key| stored.get(&name(key)).cloned()).collect();
            table.load(keys, found).expect("stored rows read back");
        }
        rows.begin();
        for event in events {
            if let Err(error) = crate::fold(event, rows) {
                rows.rollback();
                return Err(error);
            }
        }
        for table in rows.tables() {
            self.store(table.definition(), table.changes());
            table.settle();
        }
        Ok(())
    }

    fn store(&mut self, table: &'static Table, changes: Changes) {
        let place = |column: &str| table.columns.iter().position(|c| c.name == column).expect("a column");
        let stored = self.rows.entry(table.name).or_default();
        for group in changes.removed_groups {
            let column = place(table.group.expect("a column that names the group"));
            stored.retain(|_, row| row[column] != Value::Uuid(group));
        }
        for key in changes.removed {
            assert!(stored.remove(&name(&key)).is_some(), "{}: what is removed was there", table.name);
        }
        let key = |row: &[Value]| {
            let key: Vec<_> = table.key.iter().map(|column| row[place(column)].clone()).collect();
            name(&key)
        };
        for row in changes.updated {
            assert!(stored.insert(key(&row), row).is_some(), "{}: what is updated was there", table.name);
        }
        for row in changes.inserted {
            assert!(stored.insert(key(&row), row).is_none(), "{}: what is inserted was not there", table.name);
        }
    }

    pub fn row<R: Row>(&self, key: &R::Key) -> Option<R> {
        let values = self.rows.get(R::TABLE.name)?.get(&name(&key.values()))?.clone();
        Some(R::read(&mut values.into_iter()).expect("stored rows read back"))
    }
}

fn name(key: &[Value]) -> String {
    format!("{key:?}")
}
