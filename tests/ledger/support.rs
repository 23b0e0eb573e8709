//! Appends to try, and ways to wait for what has to happen.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::{Duration, Instant},
};

use aggregates::{
    event::Event,
    ids::{OrganizationId, UserId},
    metadata::Metadata,
    organization::{LimitChanges, OrganizationEvent, Plan},
    slug::Slug,
    workspace::WorkspaceEvent,
};
use futures::future::join_all;
use projections::{FoldError, Keys, RecordedEvent, Rows};
use tenantry::{
    database::{Connection, Database},
    ledger::{
        Append, Appended, Error, Follower, Idempotency, Ledger, Listener, NewEvent, Opened, Reply, StoredReply,
        StreamId, lock_head,
    },
};
use tokio::task::JoinHandle;
use uuid::Uuid;

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

pub fn new_id() -> OrganizationId {
    OrganizationId::new(Uuid::now_v7())
}

pub fn stream(id: OrganizationId) -> StreamId {
    StreamId { aggregate_type: "organization", id: id.uuid() }
}

pub fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// Nothing yet, by the system, answered with the id of its first event.
pub fn append() -> Append {
    Append {
        metadata: Metadata::system(),
        events: vec![],
        expected: vec![],
        conditions: vec![],
        guards: vec![],
        side_writes: vec![],
        idempotency: None,
        reply: Reply { keys: Keys::default(), render: Box::new(|_, events| Ok(reply_to(events))) },
        dry_run: false,
    }
}

fn reply_to(events: &[RecordedEvent]) -> StoredReply {
    let body = events.first().map(|event| event.event_id.to_string());
    StoredReply { status: 200, headers: vec![("x-test".into(), "1".into())], body }
}

/// Events of one organization after a version of it.
pub fn change(id: OrganizationId, version: i64, events: impl IntoIterator<Item = OrganizationEvent>) -> Append {
    Append {
        events: events.into_iter().map(|event| of_organization(id, event)).collect(),
        expected: vec![(stream(id), version)],
        ..append()
    }
}

pub fn of_organization(id: OrganizationId, event: OrganizationEvent) -> NewEvent {
    NewEvent { stream: stream(id), organization_id: Some(id), event: event.into() }
}

pub fn creation(id: OrganizationId, slug: &str) -> Append {
    change(id, 0, [created(slug)])
}

pub fn created(text: &str) -> OrganizationEvent {
    OrganizationEvent::OrganizationCreated {
        name: format!("Organization {text}"),
        slug: slug(text),
        description: None,
        domain: None,
        owner: UserId::new(Uuid::now_v7()),
        plan: Plan::Free,
        is_personal: false,
    }
}

/// A change that is always possible.
pub fn touch(id: OrganizationId, version: i64) -> Append {
    change(id, version, [OrganizationEvent::LimitsChanged { changes: LimitChanges::default() }])
}

pub fn suspension(id: OrganizationId, version: i64) -> Append {
    change(id, version, [OrganizationEvent::OrganizationSuspended { reason: None }])
}

pub fn slug_change(from: &str, to: &str) -> OrganizationEvent {
    OrganizationEvent::OrganizationSlugChanged { from: slug(from), to: slug(to) }
}

pub fn slug_release(text: &str) -> OrganizationEvent {
    OrganizationEvent::OrganizationSlugReleased { slug: slug(text) }
}

pub fn workspace(organization: OrganizationId, text: &str) -> Append {
    let stream = StreamId { aggregate_type: "workspace", id: Uuid::now_v7() };
    let event =
        WorkspaceEvent::WorkspaceCreated { organization, name: text.to_owned(), slug: slug(text), is_default: false };
    Append {
        events: vec![NewEvent { stream, organization_id: Some(organization), event: event.into() }],
        expected: vec![(stream, 0)],
        ..append()
    }
}

pub fn with_key(append: Append, key: &str, content: &str) -> Append {
    Append { idempotency: Some(idempotency(key, content)), ..append }
}

pub fn idempotency(key: &str, content: &str) -> Idempotency {
    Idempotency::new(aggregates::metadata::Actor::System, "POST /things", key, &[content.as_bytes()])
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
    for event in events {
        let mut keys = Keys::default();
        projections::keys(event, &mut keys);
        let missing = rows.missing(&keys);
        for (table, keys) in rows.tables().into_iter().zip(missing) {
            table.load(keys, vec![]).expect("keys");
        }
        projections::fold(event, &mut rows)?;
    }
    Ok(rows)
}

/// What one event would be in the table.
pub struct Seed<'a> {
    pub position: i64,
    pub stream: StreamId,
    pub sequence: i64,
    pub event_type: &'a str,
    pub payload: serde_json::Value,
    pub recorded_at: chrono::DateTime<chrono::Utc>,
}

impl Seed<'_> {
    /// A suspension of an organization, now.
    pub fn suspension(position: i64, id: OrganizationId, sequence: i64) -> Self {
        let event = Event::from(OrganizationEvent::OrganizationSuspended { reason: None });
        Self {
            position,
            stream: stream(id),
            sequence,
            event_type: "OrganizationSuspended",
            payload: event.encode().expect("a payload"),
            recorded_at: chrono::Utc::now(),
        }
    }

    /// Writes it past the ledger.
    pub async fn plant(self, store: &Store) {
        let sql = "INSERT INTO events (position, event_id, aggregate_type, aggregate_id, sequence, event_type, \
                   event_version, payload, metadata, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, '1.0.0', $7, '{}', $8)";
        let id = self.stream.id.to_string();
        let args = [
            self.position.into(),
            (&Uuid::now_v7()).into(),
            self.stream.aggregate_type.into(),
            id.as_str().into(),
            self.sequence.into(),
            self.event_type.into(),
            (&projections::row::Json(self.payload)).into(),
            (&self.recorded_at).into(),
        ];
        assert_eq!(store.execute(sql, &args).await.expect("planted"), 1);
    }
}
