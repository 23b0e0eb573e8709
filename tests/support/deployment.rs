//! What outlives a server: its database and its root secret.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::{Ledger, Program, postgres::Cluster};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A fresh database with the secret that belongs to it. Clones are the same deployment; the last one removes it.
#[derive(Clone)]
pub struct Deployment {
    pub engine: Engine,
    pub database_url: String,
    folder: Arc<TempDir>,
}

impl Deployment {
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Postgres => Self::on(&Cluster::shared().create_database()),
            Engine::Sqlite => {
                let folder = folder();
                let database_url = format!("sqlite://{}", folder.path().join("tenantry.db").display());
                Self { engine, database_url, folder: Arc::new(folder) }
            }
        }
    }

    /// On a database of a cluster that the test made itself.
    pub fn on(database_url: &str) -> Self {
        Self { engine: Engine::Postgres, database_url: database_url.to_owned(), folder: Arc::new(folder()) }
    }

    /// The folder that its servers run in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn secret_file(&self) -> PathBuf {
        self.folder.path().join("secret.key")
    }

    /// The binary with the settings of this deployment, on any free port.
    pub fn program(&self) -> Program {
        Program::new(self.folder())
            .env("TENANTRY_DATABASE_URL", &self.database_url)
            .env("TENANTRY_SECRET_FILE", &self.secret_file().display().to_string())
            .env("TENANTRY_LISTEN", "127.0.0.1:0")
    }

    /// Folds the ledger again and compares every row of the read model. It may run beside a server.
    pub fn assert_projections_verify(&self) {
        let finished = self.program().args(["projections", "verify"]).run();
        assert!(finished.status.success(), "{finished:?}");
    }

    /// Makes it look as if an API key was used last at this time: what only time would do.
    pub async fn set_last_use(&self, key: &str, at: DateTime<Utc>) {
        let at = self.time(at);
        self.change(&format!(
            "INSERT INTO api_key_uses (api_key_id, last_used_at) VALUES ('{key}', {at}) \
             ON CONFLICT (api_key_id) DO UPDATE SET last_used_at = excluded.last_used_at"
        ))
        .await;
    }

    /// Makes it look as if some node was there so many minutes ago.
    pub async fn add_heartbeats(&self, minutes_ago: impl IntoIterator<Item = i64>) {
        let now = Utc::now();
        let minute = now - TimeDelta::milliseconds(now.timestamp_millis().rem_euclid(60_000));
        let minute = minute.trunc_subsecs(3);
        let rows: Vec<_> =
            minutes_ago.into_iter().map(|ago| format!("({})", self.time(minute - TimeDelta::minutes(ago)))).collect();
        self.change(&format!("INSERT INTO heartbeats (minute) VALUES {} ON CONFLICT DO NOTHING", rows.join(", ")))
            .await;
    }

    /// Makes it look as if each space had so many products.
    pub async fn let_spaces_be_large(&self, products: i64) {
        self.change(&format!("UPDATE space_counters SET products = {products}")).await;
    }

    /// Makes it look as if no session was refreshed in time.
    pub async fn let_sessions_expire(&self) {
        let before = self.time(Utc::now() - TimeDelta::seconds(1));
        self.change(&format!("UPDATE session_refreshes SET expires_at = {before}")).await;
    }

    /// A time as it stands in a statement.
    fn time(&self, at: DateTime<Utc>) -> String {
        match self.engine {
            Engine::Sqlite => at.timestamp_millis().to_string(),
            Engine::Postgres => format!("'{}'", at.to_rfc3339()),
        }
    }

    async fn change(&self, sql: &str) {
        match self.engine {
            Engine::Sqlite => {
                let path = self.database_url.trim_start_matches("sqlite://");
                let options = SqliteConnectOptions::new().filename(path);
                let mut connection = options.connect().await.expect("a database");
                connection.execute(sql).await.expect("a change");
                connection.close().await.expect("an end");
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&self.database_url).await.expect("a database");
                connection.execute(sql).await.expect("a change");
                connection.close().await.expect("an end");
            }
        }
    }

    /// The tables, for what cannot be seen from outside.
    pub async fn ledger(&self) -> Ledger {
        Ledger::open(self).await
    }
}

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("tenantry-test-").tempdir().expect("a folder for a deployment")
}
