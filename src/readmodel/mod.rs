//! The read model: storing folded rows, and the queries over them.
//!
//! Queries join the asker's membership and hand it to the one decision function; REST and GraphQL call them alike.

pub mod api_keys;
mod archived;
pub mod catalog;
mod columns;
pub mod invitations;
pub mod members;
pub mod memberships;
mod nodes;
pub mod organizations;
pub mod projects;
mod queries;
mod reference;
pub mod roles;
pub mod security;
pub mod sessions;
pub mod spaces;
pub mod stats;
pub mod teams;
pub mod totals;
pub mod uptime;
pub mod usage;
pub mod users;
mod view;
mod within;
pub mod workspaces;

pub use self::{
    archived::{Lifecycle, StatusFilter},
    memberships::Place,
    nodes::NodeId,
    reference::IdOrSlug,
    view::{Current, Gone, Paged, Untagged, Versioned, View},
    within::{Cut, Grouped, Listed},
};
use aggregates::authorization::Denied;
use thiserror::Error;

use self::queries::Queries;
use crate::database::{self, Database};

#[derive(Debug, Error)]
pub enum Error {
    #[error(transparent)]
    Denied(Denied),
    #[error("not found")]
    NotFound,
    #[error("there is no such space for the asker")]
    SpaceNotFound,
    #[error("the read model cannot be read")]
    Database(#[from] database::Error),
}

/// Reads what was committed.
#[derive(Debug, Clone)]
pub struct ReadModel {
    database: Queries,
}

impl ReadModel {
    pub fn new(database: Database) -> Self {
        Self { database: Queries(database) }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), database::Error> {
        self.database.fetch::<projections::row::One<i64>>("SELECT projection_set FROM ledger", &[]).await.map(drop)
    }

    pub fn database(&self) -> &Database {
        &self.database.0
    }
}
