//! What goes with a member: everything that their keys may do there, in the same append as the membership.

use aggregates::{
    api_key::{ApiKey, ApiKeyCommand},
    ids::{OrganizationId, UserId},
};

use crate::{
    commands::{Error, UnitOfWork},
    ledger::Guard,
};

/// A key that is made at the same moment makes the append be decided anew.
pub(in crate::commands) async fn withdraw_keys(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<(), Error> {
    let held = work.readmodel().keys_held(organization, user).await?;
    work.guard(Guard::KeysMade { organization, user, expected: held.made });
    for id in held.ids {
        work.load::<ApiKey>(id.uuid()).await?;
        work.handle::<ApiKey>(id.uuid(), ApiKeyCommand::Withdraw { organization }).await?;
    }
    Ok(())
}
