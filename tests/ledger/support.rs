//! An opened ledger, and ways to wait for what has to happen.

mod appends;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::{Duration, Instant},
};

use aggregates::ids::OrganizationId;
use futures::future::join_all;
use projections::{FoldError, RecordedEvent, RowKeys, Rows};
use tenantry::{
    database::{Connection, Database},
    ledger::{Append, Appended, Error, Follower, Ledger, Listener, Opened, lock_head},
};
use tokio::task::JoinHandle;
use uuid::Uuid;

pub use self::appends::*;
use crate::database::Store;

/// How long anything may take that has to happen.
const LIMIT: Duration = Duration::from_secs(30);

/// One opened ledger.
pub struct Node {
    pub ledger: Ledger,
    pub reader: Database,
    follower: Option<Follower>,
    following: Option<JoinHandle<()>>,
    writer: JoinHandle<()>,
    _claim: Option<std::fs::File>,
}

impl Node {
    pub fn new(opened: Opened) -> Self {
        let Opened { ledger, reader, writer, follower, claim, .. } = opened;
        Self { ledger, reader, follower: Some(follower), following: None, writer, _claim: claim }
    }

    pub fn follow(&mut self, listeners: Vec<Listener>) {
        self.following = self.follower.take().map(|follower| follower.start(listeners));
    }

    /// Stops as a process does: the writer ends when nobody can reach it any more.
    pub async fn close(self) {
        let Self { ledger, reader, follower, following, writer, .. } = self;
        if let Some(following) = following {
            following.abort();
            assert!(following.await.expect_err("follows until it is stopped").is_cancelled());
        }
        drop((ledger, follower));
        within("the writer ends", writer).await.expect("the writer ends well");
        reader.close().await;
    }

    pub async fn append(&self, append: Append) -> Result<Appended, Error> {
        within("an append is answered", self.ledger.append(append)).await
    }

    /// An organization that exists, at version 1.
    pub async fn organization(&self, slug: &str) -> OrganizationId {
        let id = new_id();
        self.append(creation(id, slug)).await.expect("created");
        id
    }

    pub async fn events(&self) -> Vec<RecordedEvent> {
        self.ledger.events().after(0, 100_000).await.expect("a sound ledger")
    }
}

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(LIMIT, future).await {
        Ok(done) => done,
        Err(_) => panic!("not in time: {what}"),
    }
}

/// Asks again and again until it is so.
pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < LIMIT, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Sends appends at the same time, over the nodes in turn.
pub async fn in_parallel(nodes: &[Node], appends: Vec<Append>) -> Vec<Result<Appended, Error>> {
    let nodes = nodes.iter().cycle();
    let tasks = nodes.zip(appends).map(|(node, append)| {
        let ledger = node.ledger.clone();
        tokio::spawn(async move { ledger.append(append).await })
    });
    let tasks: Vec<_> = tasks.collect();
    let answers = within("all appends are answered", join_all(tasks)).await;
    answers.into_iter().map(|answer| answer.expect("no panic")).collect()
}

/// Makes one batch of these appends: they queue up in this order while the writer waits for the head.
pub async fn in_one_batch(store: &Store, node: &Node, appends: Vec<Append>) -> Vec<Result<Appended, Error>> {
    let lock = HeadLock::take(store).await;
    let mut plug = Box::pin(node.append(creation(new_id(), &format!("plug-{}", Uuid::now_v7().simple()))));
    assert!(is_pending(&mut plug).await);
    until("the writer waits for the head", async || node.ledger.queue().0 == 0).await;
    let mut waiting: Vec<_> = appends.into_iter().map(|append| Box::pin(node.append(append))).collect();
    for append in &mut waiting {
        assert!(is_pending(append).await);
    }
    assert_eq!(node.ledger.queue().0, waiting.len(), "all are in the queue");
    lock.release().await;
    plug.await.expect("the plug is appended");
    join_all(waiting).await
}

async fn is_pending<F: Future>(future: &mut Pin<Box<F>>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

/// The head lock in the hands of somebody else.
pub struct HeadLock(Connection);

impl HeadLock {
    pub async fn take(store: &Store) -> Self {
        let mut session = store.session().await;
        lock_head(&mut session).await.expect("the lock");
        Self(session)
    }

    pub async fn release(mut self) {
        self.0.execute("ROLLBACK", &[]).await.expect("released");
        self.0.close().await.expect("closed");
    }
}

/// Folds events into rows, from nothing.
pub fn fold(events: &[RecordedEvent]) -> Result<Rows, FoldError> {
    let mut rows = Rows::default();
    events.iter().try_for_each(|event| fold_into(&mut rows, event))?;
    Ok(rows)
}

/// Folds one more event; rows that are not in memory do not exist.
pub fn fold_into(rows: &mut Rows, event: &RecordedEvent) -> Result<(), FoldError> {
    let mut keys = RowKeys::default();
    projections::keys(event, &mut keys);
    let missing = rows.missing(&keys);
    for (table, keys) in rows.tables().into_iter().zip(missing) {
        table.load(keys, vec![]).expect("keys");
    }
    projections::fold(event, rows)
}
