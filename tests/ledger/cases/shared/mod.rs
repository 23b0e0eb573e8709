//! Several nodes on one database, and sessions that end while they write.

mod line;

use std::sync::Arc;

use aggregates::{ids::ApiKeyId, organization::Organization, usage::hour_of};
use chrono::Utc;
use projections::row::One;
use tenantry::{
    database::Location,
    ledger::{Error, UsageChunk, UsageCount, open},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use self::line::Line;
use crate::{
    database::Store,
    support::{Node, creation, in_parallel, new_id, stream, touch, until, within},
};

pub async fn nodes_share_one_order(store: Store) {
    let nodes = store.nodes().await;
    let appends = (0..100).map(|n| creation(new_id(), &format!("o-{n}"))).collect();
    let answers = in_parallel(&nodes, appends).await;
    let mut positions: Vec<_> = answers.iter().map(|answer| answer.as_ref().expect("appended").position).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=100).collect::<Vec<i64>>());
    for node in &nodes {
        let events = node.events().await;
        assert_eq!(events.len(), 100);
        assert!(events.iter().map(|event| event.recorded_at).is_sorted());
    }
}

pub async fn caches_of_other_nodes_are_evicted(store: Store) {
    let mut nodes = store.nodes().await;
    nodes[1].follow(vec![]);
    let id = nodes[0].organization("acme").await;
    assert_eq!(nodes[1].ledger.load::<Organization>(id.uuid()).await.expect("loaded").version, 1);
    nodes[0].append(touch(id, 1)).await.expect("appended");
    until("the other node lets go of what it had", async || {
        nodes[1].ledger.load::<Organization>(id.uuid()).await.expect("loaded").version == 2
    })
    .await;
    let mut head = nodes[1].ledger.committed();
    within("the other node knows the head", head.wait_for(|head| *head == 2)).await.expect("it follows");
}

/// Without a follower nothing is evicted: then the version check is what keeps a decision on old state out.
pub async fn a_stale_cache_meets_a_conflict(store: Store) {
    let nodes = store.nodes().await;
    let id = nodes[0].organization("acme").await;
    nodes[1].append(touch(id, 1)).await.expect("appended");
    nodes[0].append(touch(id, 2)).await.expect("appended");
    let answer = nodes[1].append(touch(id, 2)).await;
    assert!(matches!(answer, Err(Error::Conflict(s)) if s == stream(id)), "{answer:?}");
    assert!(!nodes[1].ledger.are_current(&[(stream(id), 2)]).await.expect("an answer"));
    assert!(nodes[1].ledger.are_current(&[(stream(id), 3)]).await.expect("an answer"));
    nodes[1].append(touch(id, 3)).await.expect("appended");
    // Rows that this node folded before the other one did must not come back.
    let versions: Vec<One<i64>> = store.fetch("SELECT version FROM organizations").await;
    assert_eq!(versions, [One(4)]);
}

pub async fn the_writer_survives_the_end_of_its_session(store: Store) {
    let node = store.node().await;
    node.organization("before").await;
    assert_eq!(end_writers(&store).await, 1);
    node.organization("after").await;

    // While it works, whenever it got on. A retry may meet the next end; then its appends fail, and say so.
    let mut tasks = JoinSet::new();
    for writer in 0..4 {
        let ledger = node.ledger.clone();
        tasks.spawn(async move {
            let mut done = 0;
            for n in 0..30 {
                match ledger.append(creation(new_id(), &format!("w{writer}-{n}"))).await {
                    Ok(_) => done += 1,
                    Err(Error::Away(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            done
        });
    }
    let (mut done, mut ended) = (2, 0);
    let mut head = node.ledger.committed();
    while !tasks.is_empty() {
        tokio::select! {
            moved = head.changed() => {
                moved.expect("the ledger is open");
                ended += end_writers(&store).await;
            }
            Some(writer) = tasks.join_next() => done += writer.expect("no panic"),
        }
    }
    assert!(ended > 0 && done > 2, "sessions were lost, and others took their place");
    assert_eq!(node.events().await.len(), done, "what was acknowledged is there, and nothing else");
    node.organization("finally").await;
}

async fn end_writers(store: &Store) -> i64 {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'tenantry-writer' \
               AND datname = current_database() AND pid <> pg_backend_pid()";
    let ended: Vec<One<i64>> = store.fetch(sql).await;
    ended.first().map(|One(n)| *n).expect("a count")
}

/// What PostgreSQL says when it ends a session reaches whoever reads a stream through a library that knows no such case.
pub async fn a_session_that_ends_while_it_reads_is_no_broken_ledger(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let mut lock = store.session().await;
    for statement in ["BEGIN", "LOCK TABLE events IN ACCESS EXCLUSIVE MODE"] {
        lock.execute(statement, &[]).await.expect("locked");
    }
    let ledger = node.ledger.clone();
    let read = async move || ledger.load::<Organization>(id.uuid()).await.map(|loaded| loaded.version);
    let reading = tokio::spawn({
        let read = read.clone();
        async move { read().await }
    });
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until("the session that waits is ended", async || store.fetch::<One<i64>>(sql).await == [One(1)]).await;
    let answer = within("it is answered", reading).await.expect("no panic");
    assert!(matches!(answer, Err(Error::Away(_))), "{answer:?}");
    lock.execute("ROLLBACK", &[]).await.expect("released");
    lock.close().await.expect("closed");
    assert_eq!(read().await.expect("another session reads"), 1);
}

/// The session ends inside COMMIT, before anything is committed.
pub async fn a_commit_that_failed_is_tried_again(store: Store) {
    let node = store.node().await;
    node.organization("before").await;
    for statement in [
        "CREATE SEQUENCE commits",
        // A sequence does not roll back, so that only the first commit fails.
        "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('commits') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER fail_once AFTER INSERT ON claims DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION fail_once()",
    ] {
        store.execute(statement, &[]).await.expect("prepared");
    }
    let done = node.append(creation(new_id(), "during")).await.expect("tried again");
    assert_eq!(done.position, 2);
    let commits: Vec<One<i64>> = store.fetch("SELECT last_value FROM commits").await;
    assert_eq!(commits, [One(2)], "the first try failed");
    node.organization("after").await;
    assert_eq!(node.events().await.len(), 3);
}

/// The session ends after COMMIT took effect, before its answer arrived.
pub async fn a_commit_that_was_not_answered_is_not_repeated(store: Store) {
    let Location::Postgres(direct) = store.location() else { unreachable!("nodes share PostgreSQL only") };
    let line = Line::to(direct).await;
    let node =
        Node::new(open(&store.through(Location::Postgres(Box::new(line.options(direct))))).await.expect("opens"));
    node.organization("before").await;
    line.swallow_next_commit();
    let id = new_id();
    let done = node.append(creation(id, "during")).await.expect("looked up");
    assert!(!line.is_armed(), "an answer was swallowed");
    assert_eq!(done.position, 2);
    node.append(touch(id, 1)).await.expect("appended");
    assert_eq!(node.events().await.len(), 3);
    node.close().await;
}

/// Nothing tells whether it was added but its number.
pub async fn use_in_a_commit_that_was_not_answered_is_counted_once(store: Store) {
    let Location::Postgres(direct) = store.location() else { unreachable!("nodes share PostgreSQL only") };
    let line = Line::to(direct).await;
    let node =
        Node::new(open(&store.through(Location::Postgres(Box::new(line.options(direct))))).await.expect("opens"));
    let organization = node.organization("acme").await;
    for chunk in 1..=3 {
        line.swallow_next_commit();
        let key = ApiKeyId::new(Uuid::from_u128(1));
        let counts = vec![UsageCount { organization, hour: hour_of(Utc::now()), key, requests: 5, verifications: 1 }];
        let chunk = Arc::new(UsageChunk { node: Uuid::from_u128(1), chunk, counts, uses: vec![] });
        node.ledger.add_usage(&chunk).await.expect("added");
        assert!(!line.is_armed(), "an answer was swallowed");
        node.ledger.add_usage(&chunk).await.expect("sent again");
    }
    let sums: Vec<(One<i64>, One<i64>)> = store.fetch("SELECT requests, verifications FROM usage_buffer").await;
    assert_eq!(sums, [(One(15), One(3))]);
    node.close().await;
}
