//! Recording that API keys have expired. That they have is decided whenever one is used; the record is for the audit log.

use crate::{
    commands::{Commands, Write, api_keys::ExpireApiKey},
    database::chain,
    ledger::StoredReply,
    readmodel::ReadModel,
};

/// How many in one go.
const AT_ONCE: i64 = 100;

pub async fn run(commands: &Commands, readmodel: &ReadModel) {
    let due = match readmodel.api_keys_to_expire(chrono::Utc::now(), AT_ONCE).await {
        Ok(due) => due,
        Err(error) => return tracing::warn!(error = %chain(&error), "API keys to expire cannot be found"),
    };
    for (id, at) in due {
        let write = Write::system(&format!("expire API key {id} due at {}", at.timestamp_millis()));
        let nothing = |_: &_| StoredReply { status: 204, headers: vec![], body: None };
        if let Err(error) = commands.run(&write, &ExpireApiKey { id }, nothing).await {
            tracing::warn!(api_key = %id, error = %chain(&error), "an API key cannot be expired");
        }
    }
}
