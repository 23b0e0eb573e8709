//! A private PostgreSQL cluster with default settings, on the file system that the build lives on.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::Result;

const START_LIMIT: Duration = Duration::from_secs(30);

pub struct Cluster {
    binaries: PathBuf,
    account: Option<(u32, u32)>,
    data: PathBuf,
    postmaster: Child,
    /// Sockets have short paths only, so they are not beside the data.
    sockets: TempDir,
    _folder: TempDir,
}

impl Cluster {
    /// `settings` are added to PostgreSQL's own.
    pub async fn start(settings: &[&str]) -> Result<Self> {
        let binaries = binaries()?;
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let sockets = TempDir::new()?;
        let data = folder.path().join("data");
        let account = other_account()?;
        if let Some((user, group)) = account {
            for path in [folder.path(), sockets.path()] {
                chown(path, Some(user), Some(group))?;
            }
        }
        let made = command(&binaries, "initdb", account)
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()?;
        if !made.success() {
            return Err("initdb failed".into());
        }
        let log = fs::File::create(folder.path().join("log"))?;
        let postmaster = command(&binaries, "postgres", account)
            .args(["-c", "listen_addresses="])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(sockets.path())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let cluster = Self { binaries, account, data, postmaster, sockets, _folder: folder };
        cluster.wait().await?;
        Ok(cluster)
    }

    async fn wait(&self) -> Result<()> {
        let begun = Instant::now();
        loop {
            match self.connect("postgres").await {
                Ok(connection) => return Ok(connection.close().await?),
                Err(error) if begun.elapsed() > START_LIMIT => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=postgres", self.sockets.path().display())
    }

    pub async fn connect(&self, database: &str) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.url(database)).await?)
    }

    /// Makes an empty database and gives its URL.
    pub async fn database(&self, name: &str) -> Result<String> {
        self.execute("postgres", &format!("CREATE DATABASE {name}")).await?;
        Ok(self.url(name))
    }

    pub async fn execute(&self, database: &str, sql: &str) -> Result<()> {
        let mut connection = self.connect(database).await?;
        sqlx::raw_sql(sql).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Starts every measurement from the same place: no checkpoint is due soon.
    pub async fn checkpoint(&self) -> Result<()> {
        self.execute("postgres", "CHECKPOINT").await
    }

    pub fn process(&self) -> u32 {
        self.postmaster.id()
    }

    /// What `postgres --version` says.
    pub fn version() -> Result<String> {
        let output = Command::new(binaries()?.join("postgres")).arg("--version").output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = command(&self.binaries, "pg_ctl", self.account)
            .args(["stop", "--mode=immediate", "--pgdata"])
            .arg(&self.data)
            .stdout(Stdio::null())
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.postmaster.kill();
        }
        let _ = self.postmaster.wait();
    }
}

fn command(binaries: &Path, name: &str, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(binaries.join(name));
    if let Some((user, group)) = account {
        command.uid(user).gid(group).current_dir("/");
    }
    command
}

/// What `pg_config` names, else the newest of the folders where packages put it.
fn binaries() -> Result<PathBuf> {
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        let folder = PathBuf::from(String::from_utf8(output.stdout)?.trim());
        if folder.join("initdb").exists() {
            return Ok(folder);
        }
    }
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = folders.max_by_key(version).map(|folder| folder.join("bin"));
    newest.ok_or_else(|| "PostgreSQL's programs are not installed".into())
}

/// PostgreSQL refuses to run as root; then the account `postgres` runs it.
fn other_account() -> Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let line = accounts.lines().find(|line| line.starts_with("postgres:")).ok_or("there is no account `postgres`")?;
    let mut fields = line.split(':').skip(2);
    let mut number = || -> Result<u32> { Ok(fields.next().ok_or("a broken line in /etc/passwd")?.parse()?) };
    Ok(Some((number()?, number()?)))
}
