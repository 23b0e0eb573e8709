//! A database for one test, and what the suite has to ask of it beside the ledger's own interface.

mod postgres;

use projections::row::{Columns, One};
use tempfile::TempDir;
use tenantry::{
    database::{Arg, Connection, Location},
    ledger::{Options, open},
};

use crate::support::Node;

pub struct Store {
    location: Location,
    folder: TempDir,
}

impl Store {
    pub fn sqlite() -> Self {
        let folder = folder();
        let location = format!("sqlite://{}", folder.path().join("ledger.db").display());
        Self { location: location.parse().expect("a location"), folder }
    }

    pub async fn postgres() -> Self {
        Self { location: postgres::database().await, folder: folder() }
    }

    /// This database on another way to it.
    pub fn through(&self, location: Location) -> Options {
        Options { location, ..self.options() }
    }

    pub fn location(&self) -> &Location {
        &self.location
    }

    pub fn options(&self) -> Options {
        self.options_with_secret("secret.key")
    }

    pub fn options_with_secret(&self, name: &str) -> Options {
        Options { location: self.location.clone(), secret_file: self.folder.path().join(name) }
    }

    /// A process with this ledger open, as far as the ledger can tell.
    pub async fn node(&self) -> Node {
        Node::new(open(&self.options()).await.expect("the ledger opens"))
    }

    /// As many nodes as may share one ledger: an embedded one belongs to a single process.
    pub async fn nodes(&self) -> Vec<Node> {
        let mut nodes = vec![self.node().await];
        if self.is_shared() {
            nodes.push(self.node().await);
        }
        nodes
    }

    /// Whether several nodes may have the ledger open.
    pub fn is_shared(&self) -> bool {
        matches!(self.location, Location::Postgres(_))
    }

    /// A session beside the ledger's own.
    pub async fn session(&self) -> Connection {
        self.location.writer().await.expect("a session")
    }

    pub async fn execute(&self, sql: &str, args: &[Arg]) -> Result<u64, tenantry::database::Error> {
        let mut session = self.session().await;
        let done = session.execute(sql, args).await;
        session.close().await.expect("closed");
        done
    }

    pub async fn fetch<T: Columns + Send>(&self, sql: &str) -> Vec<T> {
        let mut session = self.session().await;
        let rows = session.fetch(sql, &[]).await.expect("rows");
        session.close().await.expect("closed");
        rows
    }

    pub async fn count(&self, table: &str) -> i64 {
        let rows: Vec<One<i64>> = self.fetch(&format!("SELECT count(*) FROM {table}")).await;
        rows.first().map(|One(n)| *n).expect("a count")
    }

    /// Everything in a table as text.
    pub async fn dump(&self, table: &str) -> String {
        let sql = match &self.location {
            Location::Postgres(_) => format!("SELECT t::text FROM {table} t"),
            Location::Sqlite(_) => {
                let columns: Vec<One<String>> =
                    self.fetch(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let columns: Vec<_> = columns.into_iter().map(|One(name)| format!("quote({name})")).collect();
                format!("SELECT {} FROM {table}", columns.join(" || ',' || "))
            }
        };
        let rows: Vec<One<String>> = self.fetch(&sql).await;
        rows.into_iter().map(|One(row)| row + "\n").collect()
    }

    /// Ways to change stored events that the database must refuse.
    pub fn tampering(&self) -> &'static [&'static str] {
        match &self.location {
            Location::Postgres(_) => &[
                "UPDATE events SET event_type = 'x'",
                "DELETE FROM events",
                "TRUNCATE events",
                "TRUNCATE events, claims",
            ],
            Location::Sqlite(_) => &["UPDATE events SET event_type = 'x'", "DELETE FROM events"],
        }
    }

    /// Makes commits less durable where the database can be told to, and returns the settings that are weak now. The
    /// suite's own cluster runs without `fsync`; an embedded database is set up by the ledger itself.
    pub async fn weaken_durability(&self) -> &'static [&'static str] {
        if !self.is_shared() {
            return &[];
        }
        let sql =
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$";
        self.execute(sql, &[]).await.expect("weakened");
        &["fsync", "synchronous_commit"]
    }
}

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("tenantry-").tempdir().expect("a folder")
}
