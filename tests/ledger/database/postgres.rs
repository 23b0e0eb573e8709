//! A private PostgreSQL cluster: one for each run of this binary, a database for each test.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use sqlx::{Connection, Executor, PgConnection};
use tenantry::database::Location;
use tokio::sync::OnceCell;

/// How long a cluster may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Ends the server and removes its files as soon as this process is gone, however it went: its input closes then.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=300 -c log_min_messages=fatal &
server=$!
cat > /dev/null
kill -QUIT $server
wait $server
rm -rf "$2"
"#;

struct Cluster {
    folder: PathBuf,
    _keeper: Child,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A new, empty database.
pub async fn database() -> Location {
    let cluster = CLUSTER.get_or_init(start).await;
    let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&url(&cluster.folder, "postgres")).await.expect("the cluster answers");
    admin.execute(format!("CREATE DATABASE {name} TEMPLATE template0").as_str()).await.expect("a database");
    admin.close().await.expect("closed");
    url(&cluster.folder, &name).parse().expect("a location")
}

fn url(folder: &Path, name: &str) -> String {
    format!("postgres:///{name}?host={}&user=postgres", folder.display())
}

async fn start() -> Cluster {
    let programs = programs();
    let folder = tempfile::Builder::new().prefix("tenantry-pg-").tempdir().expect("a folder").keep();
    let user = server_user();
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("the folder is the server's");
    }
    let as_server = |program: &Path| {
        let mut command = Command::new(program);
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&folder);
        command
    };
    let made = as_server(&programs.join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(folder.join("data"))
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let log = fs::File::create(folder.join("log")).expect("a log");
    let keeper = as_server(Path::new("/bin/sh"))
        .args(["-c", KEEPER, "keeper"])
        .args([&programs, &folder])
        .stdin(Stdio::piped())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .spawn()
        .expect("the server starts");
    wait_until_it_answers(&folder).await;
    Cluster { folder, _keeper: keeper }
}

async fn wait_until_it_answers(folder: &Path) {
    let begun = Instant::now();
    loop {
        match PgConnection::connect(&url(folder, "postgres")).await {
            Ok(connection) => return connection.close().await.expect("closed"),
            Err(error) if begun.elapsed() > START_LIMIT => {
                panic!("{error}: {}", fs::read_to_string(folder.join("log")).unwrap_or_default())
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The newest installed server, else whatever the path has.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = installed.filter(|path| path.join("bin/initdb").exists()).max_by_key(version);
    if let Some(newest) = newest {
        return newest.join("bin");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).find(|folder| folder.join("initdb").exists()).expect("PostgreSQL is installed")
}

/// Whom the server runs as: it refuses to be root, and then it is the system's `postgres` user.
fn server_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("users");
    let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == "postgres");
    let fields = fields.expect("there is a user postgres");
    Some((fields[2].parse().expect("a uid"), fields[3].parse().expect("a gid")))
}
