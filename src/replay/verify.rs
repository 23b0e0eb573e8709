//! Verifying that the read model is what the ledger folds to.

use super::{
    Error, Progress, Step, TableReport, Watch,
    compare::compare,
    fold::{Fold, Memory},
    hand::Hand,
    rebuild::position_of_head,
    table_names, tables,
};
use crate::{
    database::{
        Connection, Location,
        copies::{Plan, Purpose},
    },
    ledger::Inspected,
};

/// A finished comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Both sides are those of this position.
    pub position: i64,
    pub tables: Vec<TableReport>,
}

/// Folds the ledger into a copy and compares every row with what is served, while it is served.
pub async fn verify(ledger: &Inspected, location: &Location, watch: Watch<'_>) -> Result<Verified, Error> {
    let mut served = location.worker().await?;
    let plan = Plan::read(&mut served, &table_names(), Purpose::Comparison).await?;
    let mut hand = Hand::for_comparison(location).await?;
    hand.run(plan.exclude_others.clone()).await?;
    hand.run(plan.clear.clone()).await?;
    let verified = fold_and_compare(ledger, &mut served, &mut hand, &plan, watch).await;
    hand.run(plan.clear).await?;
    verified
}

async fn fold_and_compare(
    ledger: &Inspected,
    served: &mut Connection,
    hand: &mut Hand,
    plan: &Plan,
    watch: Watch<'_>,
) -> Result<Verified, Error> {
    hand.run(plan.create.clone()).await?;
    let mut fold = Fold::new(plan.prefix, ledger.claims.clone(), Memory::default());
    // Most of it first: the snapshot is held for the rest and the comparison only.
    let head = position_of_head(served).await?;
    fold.advance(&ledger.events, hand, head, watch).await?;

    served.run(&plan.snapshot).await?;
    let position = position_of_head(served).await?;
    fold.advance(&ledger.events, hand, position, watch).await?;
    fold.write(hand).await?;
    let mut reports = Vec::new();
    for table in tables() {
        watch(Progress { step: Step::Comparing, position, head: position });
        reports.push(compare(served, hand.reading(), fold.copy(), table).await?);
    }
    served.statement("ROLLBACK").await?;
    Ok(Verified { position, tables: reports })
}
