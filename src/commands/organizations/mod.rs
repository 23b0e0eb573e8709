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
use super::{Shown, UnitOfWork};
use crate::readmodel::organizations::OrganizationView;
use aggregates::{
    authorization::{Denied, RoleKey},
    ids::{OrganizationId, UserId},
    organization::Organization,
};

/// Shows the writer an organization as its readers will find it.
fn shown(work: &UnitOfWork<'_>, id: OrganizationId, owner: UserId, role: Option<&RoleKey>) -> Shown<OrganizationView> {
    let asker = work.asker();
    let keys = OrganizationView::keys(id, owner, asker, role);
    Shown { keys, view: Box::new(move |rows| OrganizationView::from_rows(rows, id, asker)) }
}

/// Shows an organization that the unit of work has loaded, with the asker's role in it.
pub(super) async fn shown_loaded(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
) -> Result<Shown<OrganizationView>, super::Error> {
    let asker = work.asker();
    let organization = work.load::<Organization>(id.uuid()).await?;
    let owner = organization.owner().ok_or(Denied::NotFound)?;
    let role = asker.user().and_then(|user| organization.role(user)).cloned();
    Ok(shown(work, id, owner, role.as_ref()))
}
