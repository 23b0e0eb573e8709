//! What outlives a server: its database and its root secret.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

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

    /// The tables, for what cannot be seen from outside.
    pub async fn ledger(&self) -> Ledger {
        Ledger::open(self).await
    }
}

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("tenantry-test-").tempdir().expect("a folder for a deployment")
}
