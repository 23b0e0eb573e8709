//! The control socket: what a command asks of the server that owns an embedded database.
//!
//! A unix socket beside the database file, for the owner of the file only. A request is one line of JSON; the answer is
//! lines of JSON, the last of which is the result.

use std::{
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::{Mutex, watch},
    task::JoinSet,
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    database::{Location, chain},
    ledger::Ledger,
    replay::{self, Progress, Rebuilt, Watch},
};

/// How long the other side may take to send its request or to take a line.
const LINE_LIMIT: Duration = Duration::from_secs(5);
const REQUEST_BYTES: u64 = 1024;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Rebuild,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Progress(Progress),
    Rebuilt(Rebuilt),
    Failed(String),
}

#[derive(Debug, Error)]
pub enum ControlError {
    #[error("{0}, and it cannot be asked")]
    Unreachable(String, #[source] io::Error),
    #[error("the server could not do it: {0}")]
    Failed(String),
    #[error("the server ended before it was done")]
    Interrupted,
}

/// Listens until it is dropped.
pub(super) struct Control {
    path: PathBuf,
    _task: AbortOnDropHandle<()>,
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "the control socket is gone already");
        }
    }
}

fn socket(location: &Location) -> Option<PathBuf> {
    location.file().map(|file| file.with_added_extension("control"))
}

/// Starts to listen where one process owns the database. Without the socket the server still serves.
pub(super) fn listen(location: &Location, ledger: &Ledger) -> Option<Control> {
    let path = socket(location)?;
    match bind(&path) {
        Ok(listener) => {
            let task = tokio::spawn(serve(listener, location.clone(), ledger.clone()));
            Some(Control { path, _task: AbortOnDropHandle::new(task) })
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "there is no control socket; commands that change something have to wait until the server is stopped");
            None
        }
    }
}

/// The socket gets its name when it has its permissions. A file of an earlier process gives way; this one owns the database.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let unnamed = path.with_added_extension("new");
    if unnamed.exists() {
        std::fs::remove_file(&unnamed)?;
    }
    let listener = UnixListener::bind(&unnamed)?;
    std::fs::set_permissions(&unnamed, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&unnamed, path)?;
    Ok(listener)
}

async fn serve(listener: UnixListener, location: Location, ledger: Ledger) {
    let alone = Arc::new(Mutex::new(()));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(answer(stream, location.clone(), ledger.clone(), Arc::clone(&alone)));
                }
                Err(error) => {
                    tracing::warn!(%error, "the control socket cannot accept");
                    tokio::time::sleep(LINE_LIMIT).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(mut stream: UnixStream, location: Location, ledger: Ledger, alone: Arc<Mutex<()>>) {
    let mut request = String::new();
    let read = async { BufReader::new((&mut stream).take(REQUEST_BYTES)).read_line(&mut request).await };
    if !matches!(timeout(LINE_LIMIT, read).await, Ok(Ok(_))) {
        return;
    }
    let result = match (serde_json::from_str(&request), alone.try_lock()) {
        (Ok(Request::Rebuild), Ok(_alone)) => rebuild_for(&mut stream, &location, &ledger).await,
        (Ok(Request::Rebuild), Err(_)) => Line::Failed("a rebuild is running already".to_owned()),
        (Err(error), _) => Line::Failed(format!("the request is not understood: {error}")),
    };
    send(&mut stream, &result).await;
}

/// The rebuild goes on when whoever asked for it goes away.
async fn rebuild_for(stream: &mut UnixStream, location: &Location, ledger: &Ledger) -> Line {
    let (progress, mut changed) = watch::channel(None);
    let rebuild = async move {
        let progress = progress;
        replay::rebuild(ledger, location, &|now| {
            progress.send_replace(Some(now));
        })
        .await
    };
    let report = async {
        while changed.changed().await.is_ok() {
            let now = *changed.borrow_and_update();
            if let Some(now) = now {
                send(stream, &Line::Progress(now)).await;
            }
        }
    };
    match tokio::join!(rebuild, report).0 {
        Ok(rebuilt) => Line::Rebuilt(rebuilt),
        Err(error) => {
            tracing::error!(error = %chain(&error), "a rebuild failed");
            Line::Failed(chain(&error))
        }
    }
}

async fn send(stream: &mut UnixStream, line: &Line) {
    let Ok(mut text) = serde_json::to_string(line) else { return };
    text.push('\n');
    // A requester that went away does not need the answer.
    let _ = timeout(LINE_LIMIT, stream.write_all(text.as_bytes())).await;
}

/// Has the running server rebuild. `why` says why it is not done here.
pub(super) async fn rebuild(location: &Location, why: String, watch: Watch<'_>) -> Result<Rebuilt, ControlError> {
    let path = socket(location).unwrap_or_default();
    let mut stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(error) => return Err(ControlError::Unreachable(why, error)),
    };
    let request = format!("{}\n", serde_json::json!(Request::Rebuild));
    let sent = stream.write_all(request.as_bytes()).await;
    sent.map_err(|_| ControlError::Interrupted)?;
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str(&line) {
            Ok(Line::Progress(progress)) => watch(progress),
            Ok(Line::Rebuilt(rebuilt)) => return Ok(rebuilt),
            Ok(Line::Failed(why)) => return Err(ControlError::Failed(why)),
            Err(error) => return Err(ControlError::Failed(format!("its answer is not understood: {error}"))),
        }
    }
    Err(ControlError::Interrupted)
}
