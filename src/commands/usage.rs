//! Recording what keys were used for.

use aggregates::{
    ids::OrganizationId,
    organization::Organization,
    usage::{Usage, UsageCommand},
};
use chrono::{DateTime, Utc};

use super::{Command, Error, Shown, UnitOfWork};
use crate::ledger::UsageWrite;

/// Makes what was counted of an hour a part of the ledger. Whatever is counted of it later is recorded by one more event.
#[derive(Debug, Clone, Copy)]
pub struct RecordUsage {
    pub organization: OrganizationId,
    /// When the hour began.
    pub hour: DateTime<Utc>,
}

impl Command for RecordUsage {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { organization, hour } = *self;
        work.operate()?;
        let loaded = work.watch::<Organization>(organization.uuid(), &["OrganizationPurged"]).await?;
        if loaded.aggregate.status().is_none() {
            work.write_beside(UsageWrite::Forget { organization });
            return Ok(());
        }
        // The stream before the buffer: what another node records in between is a conflict then, even if as much is
        // counted again at once.
        work.load_stateless::<Usage>(organization.uuid()).await?;
        let keys = work.readmodel().buffered_usage(organization, hour).await?;
        if keys.is_empty() {
            return Ok(());
        }
        let requests = keys.iter().map(|used| used.requests).sum();
        let verifications = keys.iter().map(|used| used.verifications).sum();
        let record = UsageCommand::Record { organization, hour, keys };
        work.handle::<Usage>(organization.uuid(), record).await?;
        work.write_beside(UsageWrite::Record { organization, hour, requests, verifications });
        Ok(())
    }
}
