//! The tables of a deployment, read directly: what a promise about the ledger means cannot be seen from outside.

use std::collections::BTreeMap;

use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{Deployment, Engine};

/// A connection of the test's own that only reads.
pub enum Ledger {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Ledger {
    pub async fn open(deployment: &Deployment) -> Self {
        let url = &deployment.database_url;
        match deployment.engine {
            Engine::Sqlite => {
                let path = url.trim_start_matches("sqlite://");
                let options = SqliteConnectOptions::new().filename(path).read_only(true);
                Self::Sqlite(
                    SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("a database"),
                )
            }
            Engine::Postgres => {
                Self::Postgres(PgPoolOptions::new().max_connections(1).connect(url).await.expect("a database"))
            }
        }
    }

    /// The rows of a query whose two columns are a text and a number.
    pub async fn rows(&self, sql: &str) -> Vec<(String, i64)> {
        let rows = match self {
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await,
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
        };
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let rows = self.rows(&format!("SELECT 'number', CAST(({sql}) AS bigint)")).await;
        rows[0].1
    }

    /// How many events each stream has, by its id.
    pub async fn streams(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT aggregate_id, CAST(count(*) AS bigint) FROM events GROUP BY aggregate_type, aggregate_id";
        self.rows(sql).await.into_iter().collect()
    }

    /// Positions are 1, 2, 3 … without a gap, and so are the sequences of every stream in the order of their positions.
    pub async fn assert_gapless(&self) {
        let events =
            self.rows("SELECT aggregate_type || ' ' || aggregate_id, position FROM events ORDER BY position").await;
        let positions: Vec<i64> = events.iter().map(|(_, position)| *position).collect();
        assert!(positions.iter().copied().eq(1..=i64::try_from(positions.len()).expect("a count")), "{positions:?}");
        let sequences =
            self.rows("SELECT aggregate_type || ' ' || aggregate_id, sequence FROM events ORDER BY position").await;
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        for (stream, sequence) in sequences {
            let before = last.insert(stream.clone(), sequence).unwrap_or(0);
            assert_eq!(sequence, before + 1, "{stream}");
        }
    }

    /// The tables that have a text anywhere in any of their rows.
    pub async fn occurrences(&self, text: &str) -> Vec<String> {
        let tables = match self {
            Self::Sqlite(_) => "SELECT name, 0 FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            Self::Postgres(_) => {
                "SELECT CAST(table_name AS text), CAST(0 AS bigint) FROM information_schema.tables \
                 WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            }
        };
        let mut found = Vec::new();
        for (table, _) in self.rows(tables).await {
            let holds = match self {
                Self::Postgres(_) => format!("strpos(CAST(t AS text), '{text}') > 0"),
                Self::Sqlite(_) => {
                    let columns = self.rows(&format!("SELECT name, 0 FROM pragma_table_info('{table}')")).await;
                    let columns = columns
                        .iter()
                        .map(|(name, _)| format!("instr(coalesce(CAST({name} AS text), ''), '{text}') > 0"));
                    columns.collect::<Vec<_>>().join(" OR ")
                }
            };
            if self.number(&format!("SELECT count(*) FROM {table} t WHERE {holds}")).await > 0 {
                found.push(table);
            }
        }
        found
    }

    pub async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
