//! A private PostgreSQL cluster in a temporary folder, reachable through a unix socket only.

use std::{
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const BIN: &str = "/usr/lib/postgresql/15/bin";

pub struct Cluster {
    folder: tempfile::TempDir,
    process: Child,
}

impl Cluster {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        // initdb and postgres refuse to run as root.
        let user = postgres_user();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid)).expect("the owner");
        }
        let initdb = command("initdb", user)
            .args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status();
        assert!(initdb.expect("initdb").success());
        let process = command("postgres", user)
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c", "max_connections=60", "-k"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres");
        let cluster = Self { folder, process };
        let begun = Instant::now();
        while cluster.try_sql("SELECT 1").is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the cluster does not start");
            std::thread::yield_now();
        }
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.folder.path().display())
    }

    pub fn sql(&self, sql: &str) -> String {
        self.try_sql(sql).unwrap_or_else(|| panic!("refused: {sql}"))
    }

    fn try_sql(&self, sql: &str) -> Option<String> {
        let output = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"])
            .arg(self.folder.path())
            .args(["-d", "postgres", "-c", sql])
            .output()
            .expect("psql");
        output.status.success().then(|| String::from_utf8(output.stdout).expect("text"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(program: &str, user: Option<(u32, u32)>) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(PathBuf::from(BIN).join(program));
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/");
    command
}

/// The user `postgres`, when this runs as root.
fn postgres_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let me = std::fs::metadata("/proc/self").expect("this process").uid();
    if me != 0 {
        return None;
    }
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).expect("the users");
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("a user postgres");
    let mut fields = line.split(':').skip(2).map(|field| field.parse().expect("a number"));
    Some((fields.next()?, fields.next()?))
}
