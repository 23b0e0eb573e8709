//! Recording that API keys have expired. That they have is decided whenever one is used; the record is for the audit log.

use aggregates::ids::ApiKeyId;
use chrono::{DateTime, Utc};

use super::due::Due;
use crate::{
    commands::{Commands, Error, Write, api_keys::ExpireApiKey},
    ledger::StoredReply,
    readmodel::ReadModel,
};

pub struct ApiKeys;

impl Due for ApiKeys {
    const NAME: &'static str = "expire_api_keys";
    type One = (ApiKeyId, DateTime<Utc>);

    async fn find(readmodel: &ReadModel, now: DateTime<Utc>) -> Result<Vec<Self::One>, Error> {
        Ok(readmodel.api_keys_to_expire(now, Self::MOST).await?)
    }

    async fn act(commands: &Commands, (id, at): &Self::One) -> Result<(), Error> {
        let write = Write::system(&format!("expire API key {id} due at {}", at.timestamp_millis()));
        commands.run(&write, &ExpireApiKey { id: *id }, |_| StoredReply::empty()).await.map(drop)
    }
}
