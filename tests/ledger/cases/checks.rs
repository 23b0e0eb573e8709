//! What an append may rest on besides the versions of the streams it writes.

use projections::{RowKeys, Rows, organizations::OrganizationRow, row::One};
use tenantry::ledger::{Append, Condition, Counter, Error, Guard};

use crate::{
    database::Store,
    support::{
        change, creation, in_one_batch, in_parallel, new_id, slug_change, stream, suspension, touch, with_key,
        workspace,
    },
};

fn unless_suspended(id: aggregates::ids::OrganizationId, after: i64, append: Append) -> Append {
    let condition =
        Condition { stream: stream(id), after, event_types: &["OrganizationSuspended", "OrganizationDeleted"] };
    Append { conditions: vec![condition], ..append }
}

pub async fn a_condition_refuses_listed_types_only(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.append(touch(id, 1)).await.expect("appended");
    node.append(unless_suspended(id, 1, creation(new_id(), "one"))).await.expect("another type does not matter");
    node.append(suspension(id, 2)).await.expect("suspended");
    let refused = node.append(unless_suspended(id, 1, creation(new_id(), "two"))).await;
    let is_overtaken = matches!(&refused, Err(Error::Overtaken { stream: s, event_type })
        if *s == stream(id) && event_type == "OrganizationSuspended");
    assert!(is_overtaken, "{refused:?}");
    node.append(unless_suspended(id, 3, creation(new_id(), "two"))).await.expect("it was known already");
    assert_eq!(store.count("organizations").await, 3);
}

pub async fn a_condition_sees_its_own_batch(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let conditional = |slug| unless_suspended(id, 1, creation(new_id(), slug));
    let answers =
        in_one_batch(&store, &node, vec![conditional("before"), suspension(id, 1), conditional("after")]).await;
    assert!(answers[0].is_ok() && answers[1].is_ok(), "{answers:?}");
    assert!(matches!(answers[2], Err(Error::Overtaken { .. })), "{:?}", answers[2]);
}

pub async fn a_condition_holds_for_a_stream_that_is_written_too(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    node.append(suspension(id, 1)).await.expect("suspended");
    let refused = node.append(unless_suspended(id, 1, touch(id, 2))).await;
    assert!(matches!(refused, Err(Error::Overtaken { .. })), "{refused:?}");
    node.append(unless_suspended(id, 2, suspension(id, 2))).await.expect("its own events are not in its way");
    // Nor is a neighbour of the same batch out of sight.
    let other = node.organization("other").await;
    let answers =
        in_one_batch(&store, &node, vec![suspension(other, 1), unless_suspended(other, 1, touch(other, 2))]).await;
    assert!(answers[0].is_ok(), "{:?}", answers[0]);
    assert!(matches!(answers[1], Err(Error::Overtaken { .. })), "{:?}", answers[1]);
}

pub async fn a_limit_is_guarded(store: Store) {
    let nodes = store.nodes().await;
    let id = nodes[0].organization("acme").await;
    let guarded = |n: usize| {
        let guard = Guard::Below { organization: id, counter: Counter::Workspaces, limit: 3 };
        Append { guards: vec![guard], ..workspace(id, &format!("w-{n}")) }
    };
    let answers = in_parallel(&nodes, (0..20).map(guarded).collect()).await;
    let refused = answers.iter().filter(|answer| {
        matches!(answer, Err(Error::LimitReached { counter: Counter::Workspaces, limit: 3, current: 3 }))
    });
    assert_eq!((refused.count(), answers.iter().flatten().count()), (17, 3));
    let counted: Vec<One<i64>> = store.fetch("SELECT workspaces FROM organization_counters").await;
    assert_eq!((counted, store.count("workspaces").await), (vec![One(3)], 3));
    let unknown = Guard::Below { organization: new_id(), counter: Counter::Seats, limit: 3 };
    let answer = nodes[0].append(Append { guards: vec![unknown], ..touch(id, 1) }).await;
    assert!(matches!(answer, Err(Error::NoRow)), "{answer:?}");
}

pub async fn a_row_version_is_guarded(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let guarded = |expected, append: Append| {
        let check = move |rows: &Rows| match rows.organizations.get(&(id,)).map(|row| row.version) {
            Some(current) if current != expected => Err(Error::VersionMismatch { expected, current }),
            _ => Ok(()),
        };
        let guard = Guard::Rows { keys: Box::new(RowKeys::of::<OrganizationRow>([(id,)])), check: Box::new(check) };
        Append { guards: vec![guard], ..append }
    };
    node.append(guarded(1, touch(id, 1))).await.expect("the version is right");
    let answer = node.append(guarded(1, touch(id, 2))).await;
    assert!(matches!(answer, Err(Error::VersionMismatch { expected: 1, current: 2 })), "{answer:?}");
    // The row is looked at as it was before the append.
    let twice = change(id, 2, [slug_change("acme", "b"), slug_change("b", "c")]);
    node.append(guarded(2, twice)).await.expect("the version is right");
    let answers = in_one_batch(&store, &node, vec![guarded(4, touch(id, 4)), guarded(4, touch(id, 5))]).await;
    assert!(answers[0].is_ok(), "{:?}", answers[0]);
    assert!(matches!(answers[1], Err(Error::VersionMismatch { expected: 4, current: 5 })), "{:?}", answers[1]);
}

pub async fn a_dry_run_writes_nothing(store: Store) {
    let node = store.node().await;
    let id = node.organization("acme").await;
    let dry = |append: Append| Append { dry_run: true, ..append };
    let before = everything(&store).await;
    let answer = node.append(dry(with_key(creation(new_id(), "dry"), "k-1", "body"))).await.expect("answered");
    assert_eq!((answer.position, answer.reply.status, answer.replayed), (1, 200, false));
    node.append(dry(touch(id, 1))).await.expect("answered");
    assert!(matches!(node.append(dry(touch(id, 7))).await, Err(Error::Conflict(_))), "it is checked like any other");
    assert!(matches!(node.append(dry(creation(new_id(), "acme"))).await, Err(Error::Taken { .. })));
    assert_eq!(everything(&store).await, before);

    // Nor does it stand in the way of its neighbours.
    let batch = vec![dry(creation(new_id(), "dry")), creation(new_id(), "dry"), dry(touch(id, 1)), touch(id, 1)];
    let answers = in_one_batch(&store, &node, batch).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((node.events().await.len(), store.count("organizations").await), (4, 3));
    let versions: Vec<One<i64>> = store.fetch("SELECT version FROM organizations WHERE slug = 'acme'").await;
    assert_eq!(versions, [One(2)], "its changes are not in the rows of its neighbours");
}

async fn everything(store: &Store) -> Vec<String> {
    let mut dumps = Vec::new();
    for table in ["events", "claims", "idempotency_records", "subject_keys", "organizations", "memberships"] {
        dumps.push(store.dump(table).await);
    }
    dumps
}
