//! `tenantry projections`: the read model against its ledger.

use clap::Subcommand;
use thiserror::Error;

use super::{
    control::{self, ControlError},
    progress::Display,
};
use crate::{
    config::Settings,
    database::{self, Location},
    ledger::{self, OpenError, Opened},
    replay::{self, Difference, Rebuilt, Status, TableReport, Verified},
};

#[derive(Debug, Subcommand)]
pub(super) enum Projections {
    /// Prints the state of the ledger and the read model
    Status,
    /// Folds the ledger again and compares every row of the read model; fails when one differs
    Verify,
    /// Folds the ledger again while serving, and replaces the read model with the result
    Rebuild,
}

#[derive(Debug, Error)]
pub enum ProjectionsError {
    #[error("the ledger cannot be opened")]
    Open(#[from] OpenError),
    #[error("the database cannot be used")]
    Database(#[from] database::Error),
    #[error(transparent)]
    Replay(#[from] replay::Error),
    #[error(transparent)]
    Control(#[from] ControlError),
    #[error(
        "the read model differs from what the ledger folds to in {0} rows; `tenantry projections rebuild` repairs it"
    )]
    Different(u64),
}

pub(super) async fn run(settings: &Settings, command: &Projections) -> Result<(), ProjectionsError> {
    let location: Location = settings.database_url.expose().parse()?;
    let options = ledger::Options { location: location.clone(), secret_file: settings.secret_file.clone() };
    match command {
        Projections::Status => print_status(&replay::status(&location.reader(1).await?).await?),
        Projections::Verify => {
            let display = Display::new();
            let verified = replay::verify(&ledger::inspect(&options).await?, &location, &|p| display.show(p)).await?;
            display.finish();
            print_verified(&verified);
            let differences = verified.tables.iter().map(|table| table.differences).sum();
            if differences > 0 {
                return Err(ProjectionsError::Different(differences));
            }
        }
        Projections::Rebuild => {
            let display = Display::new();
            let rebuilt = rebuild(&options, &display).await?;
            display.finish();
            print_rebuilt(rebuilt);
        }
    }
    Ok(())
}

/// Where one process owns the database, a running server does it; otherwise it is done here.
async fn rebuild(options: &ledger::Options, display: &Display) -> Result<Rebuilt, ProjectionsError> {
    let show = |progress| display.show(progress);
    let opened = match ledger::open(options).await {
        Ok(opened) => opened,
        Err(OpenError::Database(database::Error::Locked(why))) => {
            return Ok(control::rebuild(&options.location, why, &show).await?);
        }
        Err(error) => return Err(error.into()),
    };
    let Opened { ledger, writer, follower, claim, .. } = opened;
    let rebuilt = replay::rebuild(&ledger, &options.location, &show).await;
    // The writer ends with the last handle to the ledger.
    drop((ledger, follower));
    if let Err(error) = writer.await {
        tracing::warn!(%error, "the writer did not end well");
    }
    drop(claim);
    Ok(rebuilt?)
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn print_status(status: &Status) {
    println!("head            {}", status.head);
    println!("projection set  {} (this binary: {})", status.stored_set, status.our_set);
    println!("generation      {}", status.generation);
    for (table, rows) in &status.rows {
        println!("{table:<24} {rows:>12} rows");
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn print_rebuilt(rebuilt: Rebuilt) {
    println!("rebuilt up to position {}; generation {}", rebuilt.position, rebuilt.generation);
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn print_verified(verified: &Verified) {
    println!("compared at position {}", verified.position);
    for table in &verified.tables {
        print_table(table);
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn print_table(report: &TableReport) {
    let TableReport { table, served, folded, differences, shown } = report;
    println!("{table:<24} {:>12} rows  {}  {differences} differences", served.rows, served.digest);
    if *differences == 0 {
        return;
    }
    println!("{:<24} {:>12} rows  {}", "  by the ledger", folded.rows, folded.digest);
    for difference in shown {
        match difference {
            Difference::Missing { key } => println!("  {key}: missing"),
            Difference::Unfounded { key } => println!("  {key}: not in the ledger"),
            Difference::Columns { key, columns } => println!("  {key}: {}", columns.join(", ")),
        }
    }
    if let Some(more) = usize::try_from(*differences).ok().and_then(|all| all.checked_sub(shown.len()))
        && more > 0
    {
        println!("  and {more} more");
    }
}
