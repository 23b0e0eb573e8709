//! Recording the hours in which keys were used. Any node may do it, and several at once: an hour is only recorded by the
//! one that finds all of it in the buffer still.

use aggregates::{authorization::Asker, ids::OrganizationId, metadata::Metadata};
use chrono::{DateTime, Utc};

use super::due::Due;
use crate::{
    commands::{Commands, Error, Write, usage::RecordUsage},
    ledger::StoredReply,
    readmodel::ReadModel,
};

pub struct Hours;

impl Due for Hours {
    const NAME: &'static str = "record_usage";
    const TOGETHER: usize = 100;
    type One = (OrganizationId, DateTime<Utc>);

    async fn find(readmodel: &ReadModel, now: DateTime<Utc>) -> Result<Vec<Self::One>, Error> {
        Ok(readmodel.usage_due(now, Self::MOST).await?)
    }

    async fn act(commands: &Commands, (organization, hour): &Self::One) -> Result<(), Error> {
        // Without an idempotency key: an hour may need a second record, and the buffer tells whether it does.
        let write = Write::new(Asker::System, Metadata::system());
        let record = RecordUsage { organization: *organization, hour: *hour };
        commands.run(&write, &record, |()| StoredReply::empty()).await?;
        metrics::counter!("tenantry_usage_hours_recorded_total").increment(1);
        Ok(())
    }
}
