//! A private PostgreSQL cluster: one for each test process, made when the first test asks for it.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;

/// A cluster in a temporary folder that only listens on a unix socket in it. It is stopped and removed when this
/// value is dropped, and by its watchdog when the process ends without dropping it, however that happens.
pub struct Cluster {
    folder: TempDir,
    account: Option<(u32, u32)>,
    watchdog: Child,
}

static SHARED: OnceLock<Cluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

impl Cluster {
    /// The cluster of this process. Tests have databases of their own in it.
    pub fn shared() -> &'static Self {
        SHARED.get_or_init(Self::new)
    }

    /// A cluster of its own, for a test that restarts it.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("tenantry-pg-").tempdir().expect("a folder for a cluster");
        let account = account();
        if let Some((user, group)) = account {
            chown(folder.path(), Some(user), Some(group)).expect("the cluster's folder for its account");
        }
        let watchdog = watchdog(folder.path());
        let cluster = Self { folder, account, watchdog };
        let data = cluster.data();
        cluster.run("initdb", &["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", &data]);
        cluster.start();
        cluster
    }

    pub fn start(&self) {
        let socket = self.folder.path().display();
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{socket}' -c max_connections=400");
        let log = format!("{socket}/log");
        self.run("pg_ctl", &["start", "-w", "-t", "120", "-D", &self.data(), "-l", &log, "-o", &options]);
    }

    /// Stops it as a crash would: connections are cut, and nothing is written that has not been.
    pub fn stop(&self) {
        self.run("pg_ctl", &["stop", "-w", "-m", "immediate", "-D", &self.data()]);
    }

    /// Makes an empty database and returns its URL.
    pub fn create_database(&self) -> String {
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    pub fn url(&self, database: &str) -> String {
        Self::url_at(self.folder.path(), database)
    }

    /// The URL of a database behind the socket in this folder.
    pub fn url_at(folder: &Path, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=postgres", folder.display())
    }

    /// The socket that the server listens on.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    pub fn psql(&self, database: &str, sql: &str) -> String {
        let socket = self.folder.path().display().to_string();
        self.run("psql", &["-X", "-q", "-A", "-t", "-h", &socket, "-U", "postgres", "-d", database, "-c", sql])
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Runs one of PostgreSQL's programs and returns what it printed.
    fn run(&self, program: &str, args: &[&str]) -> String {
        let mut command = Command::new(binaries().join(program));
        // What it prints goes through a file: a server that it starts would keep a pipe open.
        let output = tempfile::tempfile().expect("a file for output");
        let copy = || Stdio::from(output.try_clone().expect("a file for output"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null()).stdout(copy()).stderr(copy());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        let status = command.status().unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
        let mut printed = String::new();
        std::io::Seek::rewind(&mut &output).expect("what was printed");
        std::io::Read::read_to_string(&mut &output, &mut printed).expect("what was printed");
        assert!(status.success(), "{program} {args:?}: {status}\n{printed}");
        printed.trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is what the watchdog waits for.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// Waits for the end of its input, which comes when this process ends, and removes the cluster then.
fn watchdog(folder: &Path) -> Child {
    let script = r#"
        trap '' INT TERM HUP
        cat > /dev/null
        postmaster=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)
        if [ -n "$postmaster" ]; then
            kill -QUIT "$postmaster"
            while kill -0 "$postmaster" 2> /dev/null; do sleep 0.05; done
        fi
        rm -rf "$1""#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "watchdog"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null());
    command.stderr(Stdio::null()).process_group(0).spawn().expect("a watchdog for the cluster")
}

/// `initdb` and the server refuse to run as root; then the account `postgres` runs them.
fn account() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").expect("the list of accounts");
    let line = accounts.lines().find(|line| line.starts_with("postgres:"));
    let fields: Vec<_> = line.expect("an account named postgres, as root cannot run PostgreSQL").split(':').collect();
    Some((fields[2].parse().expect("a user id"), fields[3].parse().expect("a group id")))
}

/// The folder of PostgreSQL's programs: on the PATH, or the newest where Debian keeps them.
fn binaries() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        packaged.sort();
        folders.extend(packaged.into_iter().rev().map(|(_, folder)| folder));
        let complete = |folder: &PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).is_file());
        folders.into_iter().find(complete).expect("PostgreSQL 15 or later: initdb, pg_ctl and psql in one folder")
    })
}
