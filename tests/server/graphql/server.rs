//! A server of its own for each test, over a database of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use reqwest::{Client, Method, RequestBuilder, Response, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const EMAIL: &str = "admin@example.com";
pub const PASSWORD: &str = "changeme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Ends with its processes and its files.
pub struct Server {
    pub url: String,
    pub client: Client,
    pub cluster: Option<Cluster>,
    process: Child,
    _folder: TempDir,
}

impl Server {
    pub fn start(database: Database, args: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = (database == Database::Postgres).then(Cluster::start);
        let url = match &cluster {
            Some(cluster) => cluster.url(),
            None => format!("sqlite://{}", folder.path().join("tenantry.db").display()),
        };
        let mut process = Command::new(env!("CARGO_BIN_EXE_tenantry"))
            .current_dir(folder.path())
            .env_clear()
            .args(["--listen", "127.0.0.1:0", "--log", "error", "--database-url", &url, "--secret-file", "secret"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("the line with the URL");
        let url = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(url.starts_with("http://"), "the server says {line:?}");
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { url, client, cluster, process, _folder: folder }
    }

    /// A request as the superadmin.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).basic_auth(EMAIL, Some(PASSWORD))
    }

    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// A REST call that succeeds.
    pub async fn rest(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.request(method, &format!("/api/v1{path}"));
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a body");
        assert!(status.is_success(), "{path}: {status} {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
    }

    /// Whatever a request to `/graphql` answers.
    pub async fn graphql(&self, body: &Value) -> Response {
        let request = self.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json");
        request.body(body.to_string()).send().await.expect("an answer")
    }

    /// What a query answers, with status 200.
    pub async fn answer(&self, query: &str, variables: Value) -> Value {
        let response = self.graphql(&json!({ "query": query, "variables": variables })).await;
        assert_eq!(response.status(), 200, "{query}");
        response.json().await.expect("JSON")
    }

    /// The data of a query that has no errors.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}: {answer}");
        answer["data"].take()
    }

    /// The code of the one error that a query has.
    pub async fn code(&self, query: &str, variables: Value) -> String {
        let answer = self.answer(query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("{query} has no error: {answer}")).to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A PostgreSQL cluster that only this test knows, reached through a socket in its folder.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// PostgreSQL refuses to run as root, which tests may well be run as.
    owner: Option<(u32, u32)>,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let owner = owner(folder.path());
        let cluster = Self { folder, programs: programs(), owner };
        if let Some((user, group)) = cluster.owner {
            chown(cluster.folder.path(), Some(user), Some(group)).expect("the folder belongs to postgres");
        }
        cluster.run(
            "initdb",
            &["-D", "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C"],
        );
        let options = format!("-c listen_addresses= -c fsync=off -k {}", cluster.folder.path().display());
        cluster.run("pg_ctl", &["-D", "data", "-w", "-l", "log", "-o", &options, "start"]);
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres:///postgres?user=postgres&host={}", self.folder.path().display())
    }

    fn run(&self, program: &str, args: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.folder.path()).args(args).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        let status = command.status().unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
        assert!(status.success(), "{program} {args:?} failed");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", "data", "-m", "immediate", "stop"]);
    }
}

/// The user `postgres`, where the test runs as root.
fn owner(mine: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata(mine).expect("the folder").uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the list of users");
    let mut fields = users.lines().find(|line| line.starts_with("postgres:")).expect("a user postgres").split(':');
    let mut number = |place| fields.nth(place).and_then(|field| field.parse().ok()).expect("a number");
    Some((number(2), number(0)))
}

/// Where `initdb` is. Distributions keep it apart from the programs that everybody runs.
fn programs() -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let beside =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut known: Vec<PathBuf> = std::env::split_paths(&paths).chain(beside).collect();
    known.retain(|folder| folder.join("initdb").exists());
    known.pop().expect("PostgreSQL is installed")
}
