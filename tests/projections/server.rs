//! A deployment in a temporary folder: its database, its server, its command line.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::postgres::Cluster;

pub enum Database {
    Postgres(Cluster),
    Sqlite,
}

pub struct Deployment {
    folder: tempfile::TempDir,
    database: Database,
}

pub struct Server {
    process: Child,
    url: String,
    client: reqwest::Client,
}

/// Runs a test on both databases.
macro_rules! on_both {
    ($($test:ident)*) => {$(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$test($crate::server::Deployment::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$test($crate::server::Deployment::postgres()).await;
            }
        }
    )*};
}
pub(crate) use on_both;

impl Deployment {
    pub fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), database: Database::Sqlite }
    }

    pub fn postgres() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), database: Database::Postgres(Cluster::start()) }
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    /// Runs SQL beside the server.
    pub async fn sql(&self, sql: &str) -> String {
        match &self.database {
            Database::Postgres(cluster) => cluster.sql(sql),
            Database::Sqlite => {
                use sqlx::{Connection, Row};
                let options = sqlx::sqlite::SqliteConnectOptions::new()
                    .filename(self.file())
                    .busy_timeout(Duration::from_secs(20));
                let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("a connection");
                let rows = sqlx::query(sql).fetch_all(&mut connection).await.expect("SQL");
                connection.close().await.expect("closed");
                let cell = |row: &sqlx::sqlite::SqliteRow| {
                    row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))
                };
                rows.iter().map(|row| cell(row).unwrap_or_default() + "\n").collect()
            }
        }
    }

    fn command(&self) -> Command {
        let url = match &self.database {
            Database::Postgres(cluster) => cluster.url(),
            Database::Sqlite => format!("sqlite://{}", self.file().display()),
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command
            .current_dir(self.folder.path())
            .env("TENANTRY_DATABASE_URL", url)
            .env("TENANTRY_LISTEN", "127.0.0.1:0")
            .env("TENANTRY_LOG", "warn");
        command
    }

    /// Starts the server and waits until it is ready and has signed the superadmin in: the first time takes a hash of
    /// the password, which a debug build on a busy machine may not finish in the time of one request.
    pub async fn serve(&self) -> Server {
        let mut process = self.command().arg("serve").stdout(Stdio::piped()).spawn().expect("the server");
        let output = process.stdout.take().expect("its output");
        let ready = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("tenantry is ready at ").map(str::to_owned));
        let server = Server { process, url: ready.expect("a server that is ready"), client: reqwest::Client::new() };
        let begun = Instant::now();
        while server.send("GET", "", Value::Null).await.0 != 200 {
            assert!(begun.elapsed() < Duration::from_secs(120), "nobody can sign in");
        }
        server
    }

    /// Starts `tenantry projections <command>`.
    pub fn start(&self, command: &str) -> Child {
        let mut process = self.command();
        process.args(["projections", command]).stdout(Stdio::piped()).stderr(Stdio::piped());
        process.spawn().expect("the command")
    }

    /// Runs `tenantry projections <command>`.
    pub async fn projections(&self, command: &str) -> Output {
        let child = self.start(command);
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("its end")).await.expect("a thread")
    }

    pub async fn rebuild(&self) {
        let output = self.projections("rebuild").await;
        assert!(output.status.success(), "{}", text(&output));
    }

    pub async fn assert_clean(&self) {
        let output = self.projections("verify").await;
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("0 differences"), "{}", text(&output));
    }
}

pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

impl Server {
    pub async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let request = self.client.request(method, format!("{}/api/v1/organizations{path}", self.url));
        let request = request.basic_auth("admin@example.com", Some("changeme"));
        let request = if body.is_null() { request } else { request.json(&body) };
        let reply = request.send().await.expect("a reply");
        let status = reply.status().as_u16();
        (status, reply.json().await.unwrap_or(Value::Null))
    }

    /// Creates an organization and returns its id.
    pub async fn create(&self, name: &str) -> String {
        let (status, body) = self.send("POST", "", json!({"name": name})).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().expect("an id").to_owned()
    }

    pub async fn rename(&self, id: &str, name: &str) -> Value {
        let (status, body) = self.send("PATCH", &format!("/{id}"), json!({"name": name})).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// As nothing is left to do for the process.
    pub fn kill(mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Organizations in every state that changes tables and claims in its own way. Returns the id of one that lives.
pub async fn mix(server: &Server) -> String {
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(server.create(&format!("Organization {n}")).await);
    }
    let calls = [
        ("PATCH", format!("/{}", ids[0]), json!({"description": "The first", "billing_email": "bills@example.org"})),
        ("POST", format!("/{}/slug", ids[1]), json!({"slug": "moved-elsewhere"})),
        ("POST", format!("/{}/slug", ids[1]), json!({"slug": "moved-again", "release": ["organization-1"]})),
        ("POST", format!("/{}/suspend", ids[2]), json!({"reason": "Unpaid"})),
        ("DELETE", format!("/{}", ids[3]), Value::Null),
        ("DELETE", format!("/{}", ids[4]), Value::Null),
        ("POST", format!("/{}/purge", ids[4]), json!({})),
    ];
    for (method, path, body) in calls {
        let (status, reply) = server.send(method, &path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {reply}");
    }
    furnish(server, &ids[5]).await;
    ids[0].clone()
}

/// Gives an organization some of everything that belongs to one.
async fn furnish(server: &Server, organization: &str) {
    let call = async |method: &str, path: &str, body: Value| {
        let (status, reply) = server.send(method, &format!("/{organization}{path}"), body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {reply}");
        reply
    };
    call("POST", "/workspaces", json!({"name": "Lab"})).await;
    call("POST", "/workspaces", json!({"name": "Plant"})).await;
    call("PATCH", "/workspaces/plant", json!({"slug": "mill"})).await;
    call("POST", "/workspaces/lab/archive", Value::Null).await;
    call("POST", "/roles", json!({"key": "auditor", "name": "Auditor", "permissions": ["audit:read"]})).await;
    call("POST", "/members/invite", json!({"email": "john@example.org", "role": "auditor"})).await;
    let member = call("POST", "/users", json!({"user_email": "jane@example.org", "role": "member"})).await;
    let team = call("POST", "/teams", json!({"name": "Engineering"})).await;
    let gone = call("POST", "/teams", json!({"name": "Gone"})).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (team, gone, user) = (text(&team["id"]), text(&gone["id"]), text(&member["user"]["id"]));
    for team in [&team, &gone] {
        call("PUT", &format!("/teams/{team}/members/{user}"), json!({})).await;
    }
    call("PATCH", &format!("/teams/{team}"), json!({"name": "Platform"})).await;
    call("DELETE", &format!("/teams/{gone}"), Value::Null).await;
}
