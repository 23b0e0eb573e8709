//! Commands on what is kept in spaces. The space and its organization are only read: what allows a command there is a
//! condition of the append.

pub mod contracts;
pub mod issues;
pub mod products;
pub mod quality;

use aggregates::{
    authorization::Denied,
    catalog::product::Product,
    ids::{OrganizationId, ProductId, SpaceId, UserId},
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

/// Whether a product is in a space. It stays there for good.
async fn has_product(work: &mut UnitOfWork<'_>, space: SpaceId, product: ProductId) -> Result<bool, Error> {
    Ok(work.watch::<Product>(product.uuid(), &[]).await?.aggregate.space() == Some(space))
}

/// Who answers for what is written.
fn responsible(work: &UnitOfWork<'_>) -> Result<UserId, Error> {
    Ok(work.asker().responsible().ok_or(Denied::PersonRequired)?)
}
