//! Forgetting the replies of requests that are too old to be repeated.

use crate::{commands::Commands, database::chain};

pub async fn run(commands: &Commands) {
    if let Err(error) = commands.ledger().forget_old_replies().await {
        tracing::warn!(error = %chain(&error), "old replies cannot be forgotten");
    }
}
