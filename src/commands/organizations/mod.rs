//! Commands on organizations.

mod change;
mod create;
mod default;
mod life;

pub(super) use self::create::found;
pub use self::{
    change::{ChangeLimits, ChangeSlug, UpdateOrganization},
    create::{CreateOrganization, CreatedOrganization, Creation},
    default::DefaultOrganization,
    life::{Life, LifeCommand},
};
use super::UnitOfWork;
use crate::readmodel::organizations::SeenOrganization;
use aggregates::{authorization::Denied, ids::OrganizationId, organization::Organization};

/// Shows the writer an organization that the unit of work has loaded, as its readers will find it.
pub(super) async fn shown_loaded(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
) -> Result<SeenOrganization, super::Error> {
    let asker = work.asker();
    let organization = work.load::<Organization>(id.uuid()).await?;
    let owner = organization.owner().ok_or(Denied::NotFound)?;
    let role = asker.user().and_then(|user| organization.role(user)).cloned();
    Ok(SeenOrganization { id, owner, asker, role })
}
