//! A line to the database that can be cut at the worst moment.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};

/// What PostgreSQL answers to COMMIT.
const COMMITTED: &[u8] = b"COMMIT\0";
const SOCKET: &str = ".s.PGSQL.5432";

pub struct Line {
    folder: TempDir,
    armed: Arc<AtomicBool>,
    serving: JoinHandle<()>,
}

impl Line {
    pub async fn to(database: &PgConnectOptions) -> Self {
        let folder = tempfile::Builder::new().prefix("tenantry-line-").tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join(SOCKET)).expect("a socket");
        let target = database.get_socket().expect("a socket").join(SOCKET);
        let armed = Arc::new(AtomicBool::new(false));
        let serving = tokio::spawn(serve(listener, target, Arc::clone(&armed)));
        Self { folder, armed, serving }
    }

    pub fn options(&self, database: &PgConnectOptions) -> PgConnectOptions {
        database.clone().socket(self.folder.path())
    }

    /// The next answer to a COMMIT is lost, and with it the connection.
    pub fn swallow_next_commit(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    pub fn is_armed(&self) -> bool {
        self.armed.load(Ordering::SeqCst)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: UnixListener, target: impl AsRef<Path>, armed: Arc<AtomicBool>) {
    loop {
        let (client, _) = listener.accept().await.expect("a client");
        let server = UnixStream::connect(target.as_ref()).await.expect("a server");
        tokio::spawn(carry(client, server, Arc::clone(&armed)));
    }
}

async fn carry(mut client: UnixStream, mut server: UnixStream, armed: Arc<AtomicBool>) {
    let (mut question, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            asked = client.read(&mut question) => {
                let Ok(length @ 1..) = asked else { return };
                if server.write_all(&question[..length]).await.is_err() {
                    return;
                }
            }
            answered = server.read(&mut answer) => {
                let Ok(length @ 1..) = answered else { return };
                let is_commit = answer[..length].windows(COMMITTED.len()).any(|part| part == COMMITTED);
                if is_commit && armed.swap(false, Ordering::SeqCst) {
                    return;
                }
                if client.write_all(&answer[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}
