//! Commands on what is kept in spaces. The space and its organization are only read: what allows a command there is a
//! condition of the append.

pub mod contracts;
pub mod products;

use aggregates::{
    ids::{OrganizationId, SpaceId},
    refusal::Refusal,
    space::SpaceError,
};

use super::{Error, UnitOfWork};

/// Lets the asker write to what is named by its own id, in the space that it is in. It does not exist for those to whom the
/// space does not. Answers the space with its organization.
async fn writing(
    work: &mut UnitOfWork<'_>,
    space: Option<SpaceId>,
    unknown: impl Refusal,
) -> Result<(SpaceId, Option<OrganizationId>), Error> {
    let Some(space) = space else { return Err(unknown.into()) };
    match work.writing_in_space(space).await {
        Ok(loaded) => Ok((space, loaded.aggregate.organization())),
        Err(error) if error.refusal() == Some(&SpaceError::NotFound) => Err(unknown.into()),
        Err(error) => Err(error),
    }
}
