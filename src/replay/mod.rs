//! Folding the whole ledger again: to replace the read model, or to compare it.
//!
//! ```text
//! rebuild   pages of events ── fold ── a copy beside the served tables ── head lock: the last events, swap
//! verify    pages of events ── fold ── a copy ── both sides in key order, row by row
//! ```
//!
//! Folds are those of the live path. Claims are derived data too and go through the same.

mod claims;
mod compare;
mod digest;
mod fold;
mod hand;
mod pages;
mod rebuild;
mod status;
mod verify;

use projections::{FoldError, row::Table, rows::TABLES};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::{
    compare::{Difference, TableReport},
    fold::Memory,
    rebuild::{Rebuilt, rebuild, rebuild_if_older, rebuild_within},
    status::{Status, status},
    verify::{Verified, verify},
};
use crate::{database, ledger};

#[derive(Debug, Error)]
pub enum Error {
    #[error("the ledger cannot be read")]
    Ledger(#[from] ledger::Error),
    #[error("the database cannot be used")]
    Database(#[from] database::Error),
    #[error("the event at position {position} cannot be projected")]
    Unprojectable { position: i64, source: FoldError },
    #[error(
        "the rebuilt tables could not be put in place: for {0} seconds somebody was reading the served ones; \
         nothing has changed"
    )]
    Blocked(u64),
    #[error("the task that writes the copy was ended")]
    Interrupted,
    #[error("the read model is kept by a newer version ({stored}; this binary has {ours})")]
    Newer { stored: i64, ours: i64 },
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub step: Step,
    pub position: i64,
    pub head: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Folding,
    /// Secondary indexes.
    Completing,
    Swapping,
    Comparing,
}

impl Step {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Folding => "folding",
            Self::Completing => "completing",
            Self::Swapping => "swapping",
            Self::Comparing => "comparing",
        }
    }
}

/// Hears how far a run is.
pub type Watch<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// Everything that is derived from the ledger.
fn tables() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().copied().chain([&claims::TABLE])
}

fn table_names() -> Vec<&'static str> {
    tables().map(|table| table.name).collect()
}
