//! The read model: row types, and the folds from events to rows.
//!
//! Pure: nothing here knows SQL or HTTP. [`keys`] says which rows an event touches, [`fold`] changes them.
//! The same two functions run inside the transaction of every append, in a rebuild and in a verification.

pub mod api_keys;
pub mod catalog;
pub mod invitations;
pub mod memberships;
pub mod organizations;
pub mod projects;
pub mod roles;
pub mod row;
pub mod rows;
pub mod sessions;
pub mod spaces;
pub mod teams;
#[cfg(test)]
mod tests;
pub mod usage;
pub mod users;
pub mod workspaces;

use aggregates::{
    event::Event,
    ids::{
        ApiKeyId, ContractId, IssueId, OrganizationId, ProductId, ProjectId, QualityCheckId, SessionId, SpaceId,
        TeamId, UserId, WorkspaceId,
    },
    metadata::Metadata,
};
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use self::catalog::{contracts, issues, products, quality};
pub use self::rows::{RowKeys, Rows};

/// The version of all folds and row types together. It goes up when a row type or a fold changes; a node with a
/// lower one stops writing, and a node with a higher one rebuilds the read models before it serves.
pub const PROJECTION_SET: i64 = 4;

/// An event with its place in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEvent {
    /// 1, 2, 3, … without holes.
    pub position: i64,
    pub event_id: Uuid,
    /// The stream.
    pub aggregate_id: Uuid,
    /// The place in the stream, from 1.
    pub sequence: i64,
    /// The organization it belonged to when it was emitted; none for what belongs to the platform.
    pub organization_id: Option<OrganizationId>,
    pub recorded_at: DateTime<Utc>,
    pub event: Event,
    pub metadata: Metadata,
}

/// Why an event cannot be projected. The append that carries it is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FoldError {
    #[error("{table}: there is no row {key}")]
    Missing { table: &'static str, key: String },
    #[error("{table}: there is a row {key} already")]
    Present { table: &'static str, key: String },
    #[error("{table}: row {key} was not declared before the fold")]
    Undeclared { table: &'static str, key: String },
}

/// Declares the rows that folding this event reads or writes.
pub fn keys(recorded: &RecordedEvent, keys: &mut RowKeys) {
    let id = recorded.aggregate_id;
    match &recorded.event {
        Event::Organization(event) => organizations::keys(OrganizationId::new(id), event, keys),
        Event::User(event) => users::keys(UserId::new(id), event, keys),
        Event::Session(event) => sessions::keys(SessionId::new(id), event, keys),
        Event::Team(event) => teams::keys(TeamId::new(id), event, keys),
        Event::Workspace(event) => workspaces::keys(WorkspaceId::new(id), event, keys),
        Event::Project(event) => projects::keys(ProjectId::new(id), event, keys),
        Event::Space(event) => spaces::keys(SpaceId::new(id), event, keys),
        Event::Product(event) => products::keys(ProductId::new(id), event, keys),
        Event::Contract(event) => contracts::keys(ContractId::new(id), event, keys),
        Event::Issue(event) => issues::keys(IssueId::new(id), event, keys),
        Event::QualityCheck(event) => quality::keys(QualityCheckId::new(id), event, keys),
        Event::ApiKey(event) => api_keys::keys(ApiKeyId::new(id), event, keys),
        Event::Usage(event) => usage::keys(recorded, event, keys),
    }
}

/// Changes the rows as the event says. Of the envelope folds see the stream, the places and the time, never the metadata:
/// a rebuild reads events without it.
pub fn fold(recorded: &RecordedEvent, rows: &mut Rows) -> Result<(), FoldError> {
    let (id, at) = (recorded.aggregate_id, recorded.recorded_at);
    match &recorded.event {
        Event::Organization(event) => organizations::fold(OrganizationId::new(id), event, at, rows),
        Event::User(event) => users::fold(UserId::new(id), event, at, rows),
        Event::Session(event) => sessions::fold(SessionId::new(id), event, at, rows),
        Event::Team(event) => teams::fold(TeamId::new(id), event, at, rows),
        Event::Workspace(event) => workspaces::fold(WorkspaceId::new(id), event, at, rows),
        Event::Project(event) => projects::fold(ProjectId::new(id), event, at, rows),
        Event::Space(event) => spaces::fold(SpaceId::new(id), event, at, rows),
        Event::Product(event) => products::fold(ProductId::new(id), event, at, rows),
        Event::Contract(event) => contracts::fold(ContractId::new(id), event, at, rows),
        Event::Issue(event) => issues::fold(IssueId::new(id), event, at, rows),
        Event::QualityCheck(event) => quality::fold(QualityCheckId::new(id), event, at, rows),
        Event::ApiKey(event) => api_keys::fold(ApiKeyId::new(id), event, at, rows),
        Event::Usage(event) => usage::fold(recorded, event, rows),
    }
}
