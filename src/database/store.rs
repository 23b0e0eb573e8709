//! Moving folded rows between memory and the tables: a fixed number of statements for each table and batch.

use projections::{
    RowKeys, Rows,
    row::{Column, Kind, Table, Value},
    rows::StoredTable,
};

use super::{Batch, Connection, Error};

/// Which copy of the tables is meant: the one that is served, or one that is being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    Served,
    /// A copy beside the served one, under this prefix (`schema.` or `name_`).
    Beside(&'static str),
}

impl Copy {
    pub fn table(self, name: &str) -> String {
        match self {
            Self::Served => name.to_owned(),
            Self::Beside(prefix) => format!("{prefix}{name}"),
        }
    }
}

/// Loads the wanted rows that are not in memory. `is_new` tells keys that cannot have a row yet.
pub async fn load(
    connection: &mut Connection,
    copy: Copy,
    rows: &mut Rows,
    keys: &RowKeys,
    is_new: impl Fn(&[Value]) -> bool,
) -> Result<(), Error> {
    let missing = rows.missing(keys);
    for (table, keys) in rows.tables().into_iter().zip(missing) {
        let (new, old): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| is_new(key));
        let found =
            if old.is_empty() { vec![] } else { select(connection, copy, table.definition(), old.clone()).await? };
        table.load(new, vec![])?;
        table.load(old, found)?;
    }
    Ok(())
}

/// Stores what was changed in memory.
pub async fn store(connection: &mut Connection, copy: Copy, rows: &mut Rows) -> Result<(), Error> {
    for table in rows.tables() {
        store_table(connection, copy, table).await?;
    }
    Ok(())
}

async fn store_table(connection: &mut Connection, copy: Copy, table: &mut dyn StoredTable) -> Result<(), Error> {
    let definition = table.definition();
    let changes = table.changes();
    let name = copy.table(definition.name);
    if let (Some(group), false) = (definition.group, changes.removed_groups.is_empty()) {
        let groups = changes.removed_groups.into_iter().map(|group| vec![Value::Uuid(group)]).collect();
        let sql = format!("DELETE FROM {name} WHERE {group} IN (SELECT {group} FROM {{batch}} k)");
        connection.execute_batch(&sql, Batch::new(&[(group, Kind::Uuid)], groups)).await?;
    }
    if !changes.removed.is_empty() {
        let key = definition.key.join(", ");
        let sql = format!("DELETE FROM {name} WHERE ({key}) IN (SELECT {key} FROM {{batch}} k)");
        connection.execute_batch(&sql, Batch::of(&key_columns(definition), changes.removed)).await?;
    }
    if !changes.updated.is_empty() {
        let wanted = changes.updated.len();
        let updated = connection
            .execute_batch(&update(definition, &name), Batch::of(definition.columns, changes.updated))
            .await?;
        if usize::try_from(updated) != Ok(wanted) {
            return Err(Error::Drifted { table: definition.name, wanted, updated });
        }
    }
    if !changes.inserted.is_empty() {
        connection.execute_batch(&insert(definition, &name), Batch::of(definition.columns, changes.inserted)).await?;
    }
    Ok(())
}

async fn select(
    connection: &mut Connection,
    copy: Copy,
    table: &Table,
    keys: Vec<Vec<Value>>,
) -> Result<Vec<Vec<Value>>, Error> {
    let columns: Vec<_> = table.columns.iter().map(|column| format!("t.{}", column.name)).collect();
    let on: Vec<_> = table.key.iter().map(|key| format!("t.{key} = k.{key}")).collect();
    let sql = format!(
        "SELECT {} FROM {{batch}} k JOIN {} t ON {}",
        columns.join(", "),
        copy.table(table.name),
        on.join(" AND ")
    );
    let kinds: Vec<_> = table.columns.iter().map(|column| column.kind).collect();
    connection.fetch_values(&sql, Batch::of(&key_columns(table), keys), &kinds).await
}

fn insert(table: &Table, name: &str) -> String {
    let columns = column_names(table).join(", ");
    format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM {{batch}} k")
}

/// Not an upsert: that would lock each row before it changes it, and hide a row that should be there and is not.
fn update(table: &Table, name: &str) -> String {
    let assign = |column: &&str| format!("{column} = k.{column}");
    let set: Vec<_> = column_names(table).iter().filter(|column| !table.key.contains(column)).map(assign).collect();
    let on: Vec<_> = table.key.iter().map(|key| format!("t.{key} = k.{key}")).collect();
    format!("UPDATE {name} AS t SET {} FROM {{batch}} k WHERE {}", set.join(", "), on.join(" AND "))
}

pub fn column_names(table: &Table) -> Vec<&'static str> {
    table.columns.iter().map(|column| column.name).collect()
}

pub fn key_columns(table: &Table) -> Vec<Column> {
    table.key.iter().filter_map(|key| table.columns.iter().find(|column| column.name == *key)).copied().collect()
}
