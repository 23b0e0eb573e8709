//! Contracts.

use aggregates::{
    catalog::contract::{ContractChanges, ContractEvent, ContractStatus},
    change::Apply,
    ids::{ContractId, ProductId, SpaceId},
};
use chrono::{DateTime, Utc};

use crate::{
    FoldError, RowKeys, Rows,
    row::{row, word_field},
};

word_field!(ContractStatus => as_str);

row! {
    /// One contract.
    pub struct ContractRow in "contracts", key(id: ContractId), group(space_id) {
        pub id: ContractId,
        pub space_id: SpaceId,
        pub name: String,
        pub description: Option<String>,
        pub producer_id: ProductId,
        pub consumer_id: ProductId,
        /// As it was recorded; see [`ContractRow::status_at`].
        pub status: ContractStatus,
        pub expires_at: Option<DateTime<Utc>>,
        pub archived_at: Option<DateTime<Utc>>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

impl ContractRow {
    /// What it is at a time: that it expires need not have been recorded.
    pub fn status_at(&self, now: DateTime<Utc>) -> ContractStatus {
        self.status.at(now, self.expires_at)
    }

    fn apply(&mut self, changes: &ContractChanges) {
        changes.name.apply(&mut self.name);
        changes.description.apply(&mut self.description);
        changes.expires_at.apply(&mut self.expires_at);
    }
}

/// The space that counts more or less active contracts from this event on, and how many.
fn counted(event: &ContractEvent) -> Option<(SpaceId, i64)> {
    match event {
        ContractEvent::ContractActivated { space } => Some((*space, 1)),
        ContractEvent::ContractDeprecated { space }
        | ContractEvent::ContractExpired { space }
        | ContractEvent::ContractArchived { space, active: true } => Some((*space, -1)),
        _ => None,
    }
}

pub(crate) fn keys(id: ContractId, event: &ContractEvent, keys: &mut RowKeys) {
    keys.contracts.insert((id,));
    keys.space_counters.extend(counted(event).map(|(space, _)| (space,)));
}

pub(crate) fn fold(id: ContractId, event: &ContractEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    if let Some((space, more)) = counted(event) {
        rows.space_counters.update(&(space,), |row| row.active_contracts += more)?;
    }
    if let ContractEvent::ContractCreated { space, name, description, producer, consumer, expires_at } = event {
        return rows.contracts.insert(ContractRow {
            id,
            space_id: *space,
            name: name.clone(),
            description: description.clone(),
            producer_id: *producer,
            consumer_id: *consumer,
            status: ContractStatus::Draft,
            expires_at: *expires_at,
            archived_at: None,
            version: 1,
            created_at: at,
            updated_at: at,
        });
    }
    rows.contracts.update(&(id,), |row| {
        match event {
            ContractEvent::ContractCreated { .. } => {}
            ContractEvent::ContractUpdated { changes, .. } => row.apply(changes),
            ContractEvent::ContractActivated { .. } => row.status = ContractStatus::Active,
            ContractEvent::ContractDeprecated { .. } => row.status = ContractStatus::Deprecated,
            ContractEvent::ContractExpired { .. } => row.status = ContractStatus::Expired,
            ContractEvent::ContractArchived { .. } => row.archived_at = Some(at),
        }
        row.version += 1;
        row.updated_at = at;
    })
}
