//! Purging deleted organizations whose time to be restored has passed.

use crate::{
    commands::{
        Commands, Error, Write,
        organizations::{Life, LifeCommand},
    },
    database::chain,
    ledger::StoredReply,
    readmodel::ReadModel,
};

/// How many organizations are purged in one go.
const AT_ONCE: i64 = 100;

pub async fn run(commands: &Commands, readmodel: &ReadModel) {
    let due = match readmodel.organizations_to_purge(chrono::Utc::now(), AT_ONCE).await {
        Ok(due) => due,
        Err(error) => return tracing::warn!(error = %chain(&error), "organizations to purge cannot be found"),
    };
    for (id, purge_after) in due {
        let write = Write::system(&format!("purge {id} after {}", purge_after.timestamp_millis()));
        let purge = LifeCommand { id, life: Life::Purge };
        let nothing = |_: &_| StoredReply { status: 204, headers: vec![], body: None };
        match commands.run(&write, &purge, nothing).await {
            Ok(_) => tracing::info!(organization = %id, "purged"),
            // Restored or purged otherwise in the meantime.
            Err(Error::Organization(_) | Error::OrganizationNotFound) => {}
            Err(error) => tracing::warn!(organization = %id, error = %chain(&error), "cannot be purged"),
        }
    }
}
