//! Rebuilding the read model while it is served.

use std::time::{Duration, Instant};

use futures::FutureExt;
use projections::{PROJECTION_SET, row::One};
use serde::{Deserialize, Serialize};

use super::{
    Error, Progress, Step, Watch,
    fold::{Fold, Memory},
    hand::Hand,
    pages::Pages,
    table_names,
};
use crate::{
    database::{
        Connection, Fault, Location,
        copies::{Plan, Purpose},
    },
    ledger::{EventReader, Ledger, lock_head},
};

/// How many events may be left for the time under the head lock, while nobody can append: some tens of milliseconds.
const REST: i64 = 1000;
/// How often the fold runs after the head before it takes the lock with whatever is left.
const ROUNDS: usize = 20;
/// How long a reader may keep the served tables busy before the swap is given up.
const SWAP_LIMIT: Duration = Duration::from_secs(120);
const SWAP_PAUSE: Duration = Duration::from_millis(250);

/// A finished rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    pub position: i64,
    pub generation: i64,
}

/// Rebuilds what older folds wrote. Of several nodes that start together one does it.
pub async fn rebuild_if_older(
    ledger: &Ledger,
    location: &Location,
    watch: Watch<'_>,
) -> Result<Option<Rebuilt>, Error> {
    run(ledger, location, watch, Memory::default(), true).await
}

/// Folds the ledger into a copy of the tables and puts it in their place. Whatever happens on the way, the served tables
/// are whole: those from before, or the new ones.
pub async fn rebuild(ledger: &Ledger, location: &Location, watch: Watch<'_>) -> Result<Rebuilt, Error> {
    rebuild_within(ledger, location, Memory::default(), watch).await
}

/// [`rebuild`] with so much memory.
pub async fn rebuild_within(
    ledger: &Ledger,
    location: &Location,
    memory: Memory,
    watch: Watch<'_>,
) -> Result<Rebuilt, Error> {
    loop {
        if let Some(rebuilt) = run(ledger, location, watch, memory, false).await? {
            return Ok(rebuilt);
        }
    }
}

async fn run(
    ledger: &Ledger,
    location: &Location,
    watch: Watch<'_>,
    memory: Memory,
    only_if_older: bool,
) -> Result<Option<Rebuilt>, Error> {
    let mut hand = Hand::for_rebuild(location, ledger).await?;
    let plan = Plan::read(hand.reading(), &table_names(), Purpose::Rebuild).await?;
    hand.reading().run(&plan.exclude_others).await?;
    let stored = projection_set(hand.reading()).await?;
    if stored > PROJECTION_SET {
        return Err(Error::Newer { stored, ours: PROJECTION_SET });
    }
    if only_if_older && stored == PROJECTION_SET {
        return Ok(None);
    }
    hand.run(plan.clear.clone()).await?;
    let built = build(ledger, &mut hand, &plan, memory, watch).await;
    // After a swap only the empty schema is left of it.
    let cleared = hand.run(plan.clear.clone()).await;
    let rebuilt = built?;
    cleared?;
    Ok(Some(rebuilt))
}

async fn build(
    ledger: &Ledger,
    hand: &mut Hand,
    plan: &Plan,
    memory: Memory,
    watch: Watch<'_>,
) -> Result<Rebuilt, Error> {
    let events = ledger.events();
    let mut fold = Fold::new(plan.prefix, ledger.claim_key(), memory);
    hand.run(plan.create.clone()).await?;
    let head = approach(&mut fold, &events, hand, watch).await?;
    fold.write(hand).await?;
    watch(Progress { step: Step::Completing, position: fold.position(), head });
    hand.run(plan.complete.clone()).await?;
    let begun = Instant::now();
    loop {
        let head = approach(&mut fold, &events, hand, watch).await?;
        fold.write(hand).await?;
        watch(Progress { step: Step::Swapping, position: fold.position(), head });
        match swap(hand, fold, &events, plan).await? {
            Swap::Done(rebuilt) => return Ok(rebuilt),
            Swap::Blocked(kept) => fold = *kept,
        }
        if begun.elapsed() > SWAP_LIMIT {
            return Err(Error::Blocked(SWAP_LIMIT.as_secs()));
        }
        tokio::time::sleep(SWAP_PAUSE).await;
    }
}

/// Folds until little is left; events keep coming meanwhile. Returns the head that was last seen.
async fn approach(fold: &mut Fold, events: &EventReader, hand: &mut Hand, watch: Watch<'_>) -> Result<i64, Error> {
    let mut head = position_of_head(hand.reading()).await?;
    for _ in 0..ROUNDS {
        fold.advance(events, hand, head, watch).await?;
        head = position_of_head(hand.reading()).await?;
        if head - fold.position() <= REST {
            break;
        }
    }
    Ok(head)
}

enum Swap {
    Done(Rebuilt),
    /// The served tables are being read; nothing was folded or written.
    Blocked(Box<Fold>),
}

async fn swap(hand: &mut Hand, fold: Fold, events: &EventReader, plan: &Plan) -> Result<Swap, Error> {
    if let Some(ledger) = hand.only_writer() {
        let (events, plan) = (events.clone(), plan.clone());
        return ledger.exclusively(|connection| swap_on(connection, fold, events, plan).boxed()).await;
    }
    let swapped = swap_on(hand.reading(), fold, events.clone(), plan.clone()).await;
    if !matches!(swapped, Ok(Swap::Done(_))) {
        hand.reading().statement("ROLLBACK").await?;
    }
    swapped
}

/// Under the head lock: the last events, and the copy becomes what is served.
async fn swap_on(connection: &mut Connection, mut fold: Fold, events: EventReader, plan: Plan) -> Result<Swap, Error> {
    let head = lock_head(connection).await?.head.position;
    match connection.run(&plan.lock).await {
        Err(error) if error.fault() == Fault::Away => {
            tracing::debug!(error = %crate::database::chain(&error), "the served tables are in use");
            return Ok(Swap::Blocked(Box::new(fold)));
        }
        locked => locked?,
    }
    let mut pages = Pages::read(&events, fold.position(), head, fold.page_size());
    while let Some(page) = pages.next().await {
        fold.page(connection, &page?).await?;
    }
    fold.write_on(connection).await?;
    connection.run(&plan.swap).await?;
    // Nodes that hold rows drop them; those with older folds stop writing.
    let sql = "UPDATE ledger SET generation = generation + 1, projection_set = $1 WHERE id = 1";
    connection.execute(sql, &[PROJECTION_SET.into()]).await?;
    let generation: Vec<One<i64>> = connection.fetch("SELECT generation FROM ledger WHERE id = 1", &[]).await?;
    connection.statement("COMMIT").await?;
    let generation = generation.first().map_or(0, |One(generation)| *generation);
    Ok(Swap::Done(Rebuilt { position: head, generation }))
}

async fn projection_set(connection: &mut Connection) -> Result<i64, Error> {
    let stored: Vec<One<i64>> = connection.fetch("SELECT projection_set FROM ledger WHERE id = 1", &[]).await?;
    Ok(stored.first().map_or(0, |One(stored)| *stored))
}

pub(super) async fn position_of_head(connection: &mut Connection) -> Result<i64, Error> {
    let sql = "SELECT position FROM events ORDER BY position DESC LIMIT 1";
    let head: Vec<One<i64>> = connection.fetch(sql, &[]).await?;
    Ok(head.first().map_or(0, |One(position)| *position))
}
