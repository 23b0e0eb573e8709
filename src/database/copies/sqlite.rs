//! On SQLite the copy's tables stand in the same file under a prefix. Names of indexes are unique in a file, so the
//! secondary ones are made in the transaction that swaps, after the originals are gone.

use sqlx::{Row, SqliteConnection};

use super::{Plan, Purpose};
use crate::database::Error;

pub(super) async fn plan(connection: &mut SqliteConnection, tables: &[&str], purpose: Purpose) -> Result<Plan, Error> {
    let prefix = match purpose {
        Purpose::Rebuild => "rebuild_",
        // In a file of its own.
        Purpose::Comparison => "",
    };
    let mut plan = Plan { prefix, snapshot: vec!["BEGIN".to_owned()], ..Plan::default() };
    let (mut indexes, mut triggers) = (Vec::new(), Vec::new());
    for table in tables {
        let sql =
            "SELECT type, sql FROM sqlite_master WHERE tbl_name = $1 AND sql IS NOT NULL ORDER BY type DESC, name";
        for row in sqlx::query(sql).bind(*table).fetch_all(&mut *connection).await? {
            let (kind, sql): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            match kind.as_str() {
                // Whatever the name looks like there, the columns begin with the first parenthesis.
                "table" => {
                    let columns = sql.find('(').map_or("", |at| &sql[at..]);
                    plan.create.push(format!("CREATE TABLE {prefix}{table} {columns}"));
                }
                "index" => indexes.push(sql),
                "trigger" => triggers.push(sql),
                _ => {}
            }
        }
        plan.clear.push(format!("DROP TABLE IF EXISTS {prefix}{table}"));
        plan.swap.push(format!("DROP TABLE {table}"));
        plan.swap.push(format!("ALTER TABLE {prefix}{table} RENAME TO {table}"));
    }
    plan.swap.extend(indexes);
    // An index of texts goes with the rows that it was made of. Triggers keep it true from then on.
    plan.swap.extend(
        indexed_texts(connection, tables)
            .await?
            .into_iter()
            .map(|index| format!("INSERT INTO {index} ({index}) VALUES ('rebuild')")),
    );
    plan.swap.extend(triggers);
    Ok(plan)
}

/// The indexes of texts that are in these tables.
async fn indexed_texts(connection: &mut SqliteConnection, tables: &[&str]) -> Result<Vec<String>, Error> {
    let sql =
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'";
    let mut found = Vec::new();
    for row in sqlx::query(sql).fetch_all(connection).await? {
        let (name, sql): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if tables.iter().any(|table| sql.contains(&format!("content = '{table}'"))) {
            found.push(name);
        }
    }
    Ok(found)
}
