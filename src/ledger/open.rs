//! Opening a ledger: schema, secret, durability, and the tasks that serve it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use projections::{PROJECTION_SET, row::One};
use thiserror::Error;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{
    Inner, Ledger, Turns,
    cache::AggregateCache,
    exclusive,
    follow::{Freshness, Listener, Listeners},
    seal::Sealer,
    secret::{ClaimKey, RootSecret, SecretError},
    session::lock_head,
    writer::Writer,
};
use crate::database::{self, Arg, Connection, Location, migrate};

/// How many appends may wait. Beyond that the ledger says that it is busy.
const QUEUE: usize = 1024;
/// Connections that read, on either database.
const READERS: u32 = 12;

pub struct Options {
    pub location: Location,
    pub secret_file: PathBuf,
}

/// How long the database may take to accept the first connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);

#[derive(Debug, Error)]
pub enum OpenError {
    #[error("the database did not answer for {0} seconds")]
    Silent(u64),
    #[error(transparent)]
    Database(#[from] database::Error),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("{path} does not exist, and this ledger was made with the secret {fingerprint}: put that file there")]
    SecretMissing { path: String, fingerprint: String },
    #[error("{path} holds the secret {found}, but this ledger was made with {expected}: use the file it was made with")]
    SecretMismatch { path: String, found: String, expected: String },
    #[error(
        "the read model was written by version {stored} of the projections; this binary has {ours}: start a newer one"
    )]
    Newer { stored: i64, ours: i64 },
}

/// A ledger that is ready, and what has to be kept while it is used.
pub struct Opened {
    pub ledger: Ledger,
    pub secret: RootSecret,
    pub reader: database::Database,
    /// Ends when the ledger's last handle is gone and everything that waited is committed.
    pub writer: JoinHandle<()>,
    pub follower: Follower,
    /// What could lose an acknowledged commit, in words.
    pub weaknesses: Vec<String>,
    /// The version of the folds that wrote the read model; below ours it has to be rebuilt.
    pub projection_set: i64,
    /// Held for the life of the process.
    pub claim: Option<std::fs::File>,
}

/// Starts following once everybody who listens is known.
pub struct Follower {
    ledger: Ledger,
    position: i64,
    listeners: Listeners,
    committed: watch::Sender<i64>,
}

impl Follower {
    pub fn start(self, listeners: Vec<Listener>) -> JoinHandle<()> {
        self.listeners.set(listeners);
        tokio::spawn(self.ledger.follow(self.position, self.listeners, self.committed))
    }
}

/// Migrates, checks and starts a ledger.
pub async fn open(options: &Options) -> Result<Opened, OpenError> {
    let location = &options.location;
    let claim = location.claim()?;
    let connecting = tokio::time::timeout(CONNECT_LIMIT, location.writer()).await;
    let mut connection = connecting.map_err(|_| OpenError::Silent(CONNECT_LIMIT.as_secs()))??;
    migrate(&mut connection).await?;
    let weaknesses = connection.weak_durability().await?;
    let (secret, position, projection_set) = settle_secret(&mut connection, options).await?;
    let reader = location.reader(READERS).await?;
    let sealer = Arc::new(Sealer::new(&secret));
    let (committed, head) = watch::channel(position);
    let (queue, jobs) = mpsc::channel(QUEUE);
    let (exclusive, work) = mpsc::channel(exclusive::QUEUE);
    let listeners = Listeners::default();
    let writer = Writer::new(location.clone(), connection, Arc::clone(&sealer), listeners.clone(), committed.clone());
    let ledger = Ledger {
        inner: Arc::new(Inner {
            reader: reader.clone(),
            sealer,
            claims: ClaimKey::new(&secret),
            aggregates: AggregateCache::new(),
            turns: Turns::default(),
            queue,
            exclusive,
            committed: head,
            freshness: Freshness::new(),
        }),
    };
    Ok(Opened {
        follower: Follower { ledger: ledger.clone(), position, listeners, committed },
        writer: tokio::spawn(writer.run(jobs, work)),
        ledger,
        secret,
        reader,
        weaknesses,
        projection_set,
        claim,
    })
}

/// Finds the secret that belongs to this ledger, or makes it when both are new. Under the head lock, so that of two
/// nodes that start together one makes it.
async fn settle_secret(connection: &mut Connection, options: &Options) -> Result<(RootSecret, i64, i64), OpenError> {
    let path = || options.secret_file.display().to_string();
    let locked = lock_head(connection).await?;
    let stored: Vec<One<Option<String>>> = connection.fetch("SELECT secret_fingerprint FROM ledger", &[]).await?;
    let stored = stored.into_iter().next().and_then(|One(fingerprint)| fingerprint);
    let found = RootSecret::read(&options.secret_file)?;
    let secret = match (stored, found) {
        (Some(expected), Some(secret)) if secret.fingerprint() == expected => secret,
        (Some(expected), Some(secret)) => {
            return Err(OpenError::SecretMismatch { path: path(), found: secret.fingerprint(), expected });
        }
        (Some(fingerprint), None) => return Err(OpenError::SecretMissing { path: path(), fingerprint }),
        (None, found) => {
            let secret = match found {
                Some(secret) => secret,
                None => RootSecret::create(&options.secret_file)?,
            };
            let sql = "UPDATE ledger SET secret_fingerprint = $1 WHERE id = 1";
            connection.execute(sql, &[Arg::from(secret.fingerprint().as_str())]).await?;
            secret
        }
    };
    let mut projection_set = locked.projection_set;
    if projection_set > PROJECTION_SET {
        return Err(OpenError::Newer { stored: projection_set, ours: PROJECTION_SET });
    }
    if locked.head.position == 0 && projection_set < PROJECTION_SET {
        // Nothing has been folded yet.
        connection.execute("UPDATE ledger SET projection_set = $1 WHERE id = 1", &[PROJECTION_SET.into()]).await?;
        projection_set = PROJECTION_SET;
    }
    connection.execute("COMMIT", &[]).await?;
    Ok((secret, locked.head.position, projection_set))
}
