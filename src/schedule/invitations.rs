//! Recording that invitations have expired. That they have is computed wherever they are shown or answered; the record
//! is for the audit log and gives their seats back.

use crate::{
    commands::{Commands, Error, Write, invitations::ExpireInvitations},
    database::chain,
    ledger::StoredReply,
    readmodel::ReadModel,
};

/// In how many organizations in one go.
const AT_ONCE: i64 = 100;

pub async fn run(commands: &Commands, readmodel: &ReadModel) {
    let due = match readmodel.invitations_to_expire(chrono::Utc::now(), AT_ONCE).await {
        Ok(due) => due,
        Err(error) => return tracing::warn!(error = %chain(&error), "invitations to expire cannot be found"),
    };
    for (organization, at) in due {
        let write = Write::system(&format!("expire invitations of {organization} due by {}", at.timestamp_millis()));
        let nothing = |_: &_| StoredReply { status: 204, headers: vec![], body: None };
        match commands.run(&write, &ExpireInvitations { organization }, nothing).await {
            Ok(_) => tracing::debug!(%organization, "invitations expired"),
            // Deleted or purged in the meantime.
            Err(Error::Refused(_)) => {}
            Err(error) => tracing::warn!(%organization, error = %chain(&error), "invitations cannot be expired"),
        }
    }
}
