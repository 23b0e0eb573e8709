//! Recording that invitations have expired. That they have is computed wherever they are shown or answered; the record
//! is for the audit log and gives their seats back.

use aggregates::ids::OrganizationId;
use chrono::{DateTime, Utc};

use super::due::Due;
use crate::{
    commands::{Commands, Error, Write, invitations::ExpireInvitations},
    ledger::StoredReply,
    readmodel::ReadModel,
};

pub struct Invitations;

impl Due for Invitations {
    const NAME: &'static str = "expire_invitations";
    /// All that are due in an organization.
    type One = (OrganizationId, DateTime<Utc>);

    async fn find(readmodel: &ReadModel, now: DateTime<Utc>) -> Result<Vec<Self::One>, Error> {
        Ok(readmodel.invitations_to_expire(now, Self::MOST).await?)
    }

    async fn act(commands: &Commands, (organization, at): &Self::One) -> Result<(), Error> {
        let write = Write::system(&format!("expire invitations of {organization} due by {}", at.timestamp_millis()));
        let expire = ExpireInvitations { organization: *organization };
        commands.run(&write, &expire, |()| StoredReply::empty()).await.map(drop)
    }

    /// The organization was deleted or purged in the meantime.
    fn is_overtaken(error: &Error) -> bool {
        matches!(error, Error::Refused(_))
    }
}
