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

    pub async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
