//! On PostgreSQL the copy is a schema of its own: names of indexes and constraints are then free to be the same.

use sqlx::{PgConnection, Row};

use super::{Plan, Purpose};
use crate::database::Error;

/// How long the swap may hold up readers. Shorter than `deadlock_timeout` (1 s), so that no reader that waits for one
/// table while we wait for another is ever ended as one side of a deadlock.
const LOCK_LIMIT: &str = "600ms";

/// Everything about the tables that a copy must have too, as statements with `{copy}` for the schema of the copy.
const CATALOGUE: &str = r"
WITH original AS (
    SELECT c.*, n.nspname, format('%I.%I', n.nspname, c.relname) AS qualified, format('{copy}.%I', c.relname) AS copied
    FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
    JOIN pg_class c ON c.oid = to_regclass(wanted.name)
    JOIN pg_namespace n ON n.oid = c.relnamespace
    ORDER BY place
)
SELECT 'table' AS part, relname::text AS name, qualified AS statement FROM original
UNION ALL
SELECT 'create', relname, format('CREATE {kind}TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE '
    'INCLUDING GENERATED INCLUDING COMMENTS)', copied, qualified) FROM original
UNION ALL
SELECT 'option', relname, format('ALTER TABLE %s SET (%s)', copied, array_to_string(reloptions, ', '))
    FROM original WHERE reloptions IS NOT NULL
UNION ALL
SELECT 'key', relname, format('ALTER TABLE %s ADD CONSTRAINT %I %s', copied, conname, pg_get_constraintdef(k.oid))
    FROM original JOIN pg_constraint k ON k.conrelid = original.oid AND k.contype IN ('p', 'u', 'x')
UNION ALL
SELECT 'index', original.relname,
    replace(pg_get_indexdef(i.indexrelid), format(' ON %s ', qualified), format(' ON %s ', copied))
    FROM original JOIN pg_index i ON i.indrelid = original.oid
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)
UNION ALL
SELECT 'grant', relname, format('GRANT %s ON %s TO %s%s', a.privilege_type, copied,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM original, aclexplode(original.relacl) a WHERE a.grantee <> original.relowner
UNION ALL
SELECT 'swap', relname, format('DROP TABLE %s', qualified) FROM original
UNION ALL
SELECT 'swap', relname, format('ALTER TABLE %s SET SCHEMA %I', copied, nspname) FROM original
";

pub(super) async fn plan(connection: &mut PgConnection, tables: &[&str], purpose: Purpose) -> Result<Plan, Error> {
    let (schema, prefix, kind) = match purpose {
        Purpose::Rebuild => ("tenantry_rebuild", "tenantry_rebuild.", ""),
        Purpose::Comparison => ("tenantry_verify", "tenantry_verify.", "UNLOGGED "),
    };
    let sql = CATALOGUE.replace("{copy}", schema).replace("{kind}", kind);
    let names: Vec<String> = tables.iter().map(|&name| name.to_owned()).collect();
    let rows = sqlx::query(&sql).bind(names).fetch_all(connection).await?;
    let mut parts = Vec::with_capacity(rows.len());
    for row in &rows {
        parts.push((row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?, row.try_get::<String, _>(2)?));
    }
    let part = |wanted: &str| -> Vec<String> {
        parts.iter().filter(|(part, ..)| part == wanted).map(|(_, _, statement)| statement.clone()).collect()
    };
    let originals = part("table").join(", ");
    let analyze = tables.iter().map(|table| format!("ANALYZE {prefix}{table}"));
    Ok(Plan {
        prefix,
        // The number only has to differ from those of others; the name makes it so for each purpose.
        exclude_others: vec![format!("SELECT pg_advisory_lock(hashtext('{schema}'))")],
        clear: vec![format!("DROP SCHEMA IF EXISTS {schema} CASCADE")],
        create: [vec![format!("CREATE SCHEMA {schema}")], part("create"), part("option"), part("key")].concat(),
        complete: part("index").into_iter().chain(part("grant")).chain(analyze).collect(),
        lock: vec![
            "SET LOCAL lock_timeout = '200ms'".to_owned(),
            format!("SET LOCAL statement_timeout = '{LOCK_LIMIT}'"),
            format!("LOCK TABLE {originals} IN ACCESS EXCLUSIVE MODE"),
            "SET LOCAL statement_timeout = 0".to_owned(),
            // The build does not wait for the disk; the swap does.
            "SET LOCAL synchronous_commit = on".to_owned(),
        ],
        swap: part("swap"),
        snapshot: vec![
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
            // Before the first query, which fixes what is seen: a table that is swapped in later would look empty.
            format!("LOCK TABLE {originals} IN ACCESS SHARE MODE"),
        ],
    })
}
