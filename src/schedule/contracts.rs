//! Recording that contracts have expired. That they have is computed wherever they are shown or changed; the record is
//! for the audit log and for what is counted.

use aggregates::ids::ContractId;
use chrono::{DateTime, Utc};

use super::due::Due;
use crate::{
    commands::{Commands, Error, Write, catalog::contracts::ExpireContract},
    ledger::StoredReply,
    readmodel::ReadModel,
};

pub struct Contracts;

impl Due for Contracts {
    const NAME: &'static str = "expire_contracts";
    const TOGETHER: usize = 100;
    type One = (ContractId, DateTime<Utc>);

    async fn find(readmodel: &ReadModel, now: DateTime<Utc>) -> Result<Vec<Self::One>, Error> {
        Ok(readmodel.contracts_to_expire(now, Self::MOST).await?)
    }

    async fn act(commands: &Commands, (contract, at): &Self::One) -> Result<(), Error> {
        let write = Write::system(&format!("expire contract {contract} due by {}", at.timestamp_millis()));
        commands.run(&write, &ExpireContract { contract: *contract }, |()| StoredReply::empty()).await.map(drop)
    }

    /// It was archived, or its space or organization was closed, in the meantime.
    fn is_overtaken(error: &Error) -> bool {
        matches!(error, Error::Refused(_))
    }
}
