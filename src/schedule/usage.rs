//! Recording the hours in which keys were used. Any node may do it, and several at once: an hour is only recorded by the
//! one that finds all of it in the buffer still.

use aggregates::{authorization::Asker, ids::OrganizationId, metadata::Metadata};
use chrono::{DateTime, Utc};

use crate::{
    commands::{Commands, Write, usage::RecordUsage},
    database::chain,
    ledger::StoredReply,
    readmodel::ReadModel,
};

/// How many hours are recorded in one go.
const AT_ONCE: i64 = 100;
const AT_ONCE_USIZE: usize = 100;

pub async fn run(commands: &Commands, readmodel: &ReadModel) {
    loop {
        let due = match readmodel.usage_due(Utc::now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => return tracing::warn!(error = %chain(&error), "hours to be recorded cannot be found"),
        };
        let recorded = due.iter().map(|(organization, hour)| record(commands, *organization, *hour));
        let recorded = futures::future::join_all(recorded).await;
        // What could not be recorded would be found again at once.
        if due.len() < AT_ONCE_USIZE || recorded.contains(&false) {
            return;
        }
    }
}

/// Whether it is recorded, by this node or another.
async fn record(commands: &Commands, organization: OrganizationId, hour: DateTime<Utc>) -> bool {
    // Without an idempotency key: an hour may need a second record, and the buffer tells whether it does.
    let write = Write::new(Asker::System, Metadata::system());
    let nothing = |(): &()| StoredReply { status: 204, headers: vec![], body: None };
    match commands.run(&write, &RecordUsage { organization, hour }, nothing).await {
        Ok(_) => {
            metrics::counter!("tenantry_usage_hours_recorded_total").increment(1);
            true
        }
        Err(error) => {
            tracing::warn!(%organization, %hour, error = %chain(&error), "an hour of use cannot be recorded");
            false
        }
    }
}
