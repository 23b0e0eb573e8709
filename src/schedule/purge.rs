//! Purging deleted organizations whose time to be restored has passed.

use aggregates::ids::OrganizationId;
use chrono::{DateTime, Utc};

use super::due::Due;
use crate::{
    commands::{
        Commands, Error, Write,
        organizations::{Life, LifeCommand},
    },
    ledger::StoredReply,
    readmodel::ReadModel,
};

pub struct Organizations;

impl Due for Organizations {
    const NAME: &'static str = "purge_organizations";
    type One = (OrganizationId, DateTime<Utc>);

    async fn find(readmodel: &ReadModel, now: DateTime<Utc>) -> Result<Vec<Self::One>, Error> {
        Ok(readmodel.organizations_to_purge(now, Self::MOST).await?)
    }

    async fn act(commands: &Commands, (id, purge_after): &Self::One) -> Result<(), Error> {
        let write = Write::system(&format!("purge {id} after {}", purge_after.timestamp_millis()));
        let purge = LifeCommand { id: *id, life: Life::Purge };
        commands.run(&write, &purge, |_| StoredReply::empty()).await?;
        tracing::info!(organization = %id, "purged");
        Ok(())
    }

    /// Restored or purged otherwise in the meantime.
    fn is_overtaken(error: &Error) -> bool {
        matches!(error, Error::Refused(_))
    }
}
