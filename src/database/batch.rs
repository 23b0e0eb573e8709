//! Many rows as the arguments of one statement whose text does not depend on how many there are.

use projections::row::{Column, Kind, Value};

/// Rows of equal columns. In the text of a statement `{batch}` stands for them, as a table of these columns.
///
/// PostgreSQL gets an array for each column and `UNNEST`s them, SQLite gets one JSON text and reads it with
/// `json_each`. Measured: arrays take 20 µs a row of events where `jsonb_to_recordset` takes 35.
#[derive(Debug)]
pub struct Batch {
    columns: Vec<(&'static str, Kind)>,
    rows: Vec<Vec<Value>>,
}

impl Batch {
    pub fn new(columns: &[(&'static str, Kind)], rows: Vec<Vec<Value>>) -> Self {
        Self { columns: columns.to_vec(), rows }
    }

    pub fn of(columns: &[Column], rows: Vec<Vec<Value>>) -> Self {
        Self { columns: columns.iter().map(|column| (column.name, column.kind)).collect(), rows }
    }

    /// The table, where so many other arguments come before those of the batch.
    pub(super) fn postgres_source(&self, before: usize) -> String {
        let list = |text: &dyn Fn(usize, &'static str, Kind) -> String| -> String {
            self.columns.iter().enumerate().map(|(n, (name, kind))| text(n, name, *kind)).collect::<Vec<_>>().join(", ")
        };
        let selected =
            list(&|_, name, kind| if kind == Kind::Json { format!("{name}::json AS {name}") } else { name.to_owned() });
        let arrays = list(&|n, _, kind| format!("${}::{}[]", before + n + 1, postgres_type(kind)));
        let names = list(&|_, name, _| name.to_owned());
        format!("(SELECT {selected} FROM UNNEST({arrays}) AS b ({names}))")
    }

    pub(super) fn sqlite_source(&self, before: usize) -> String {
        let selected: Vec<_> =
            self.columns.iter().enumerate().map(|(n, (name, _))| format!("value ->> {n} AS {name}")).collect();
        format!("(SELECT {} FROM json_each(${}))", selected.join(", "), before + 1)
    }

    /// The values column by column.
    pub(super) fn into_columns(self) -> impl Iterator<Item = (Kind, Vec<Value>)> {
        let mut columns: Vec<_> =
            self.columns.iter().map(|(_, kind)| (*kind, Vec::with_capacity(self.rows.len()))).collect();
        for row in self.rows {
            for ((_, values), value) in columns.iter_mut().zip(row) {
                values.push(value);
            }
        }
        columns.into_iter()
    }

    /// The values as a JSON list of lists.
    pub(super) fn into_json(self) -> String {
        let rows = self.rows.into_iter().map(|row| row.into_iter().map(json).collect()).collect();
        serde_json::Value::Array(rows).to_string()
    }
}

/// JSON columns travel as the text that they are stored as.
const fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "uuid",
        Kind::Text | Kind::Json => "text",
        Kind::Int => "bigint",
        Kind::Bool => "boolean",
        Kind::Time => "timestamptz",
    }
}

fn json(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Uuid(id) => id.to_string().into(),
        Value::Text(text) => text.into(),
        Value::Int(number) => number.into(),
        Value::Bool(flag) => flag.into(),
        Value::Time(time) => time.timestamp_millis().into(),
        Value::Json(json) => json.to_string().into(),
    }
}
