//! `/organizations/{org}/spaces`: giving spaces to an organization and taking them from it.

use aggregates::ids::SpaceId;

use super::{TAG, body::GivenSpace, representation::Space};
use crate::{
    commands::spaces::DetachSpace,
    readmodel::spaces::SpaceFilter,
    web::{
        Problem, Routes,
        extract::{At, In, Listing, Nothing, Writes},
        reply::{Changed, Page, Removed},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list, attach)).routes(routes!(detach))
}

/// List the spaces of an organization
///
/// Those that the caller can see: all of them with the permission `spaces:write`, and otherwise those that they are a
/// member of. Newest first.
#[utoipa::path(get, path = "/organizations/{org}/spaces", tag = TAG, operation_id = "list_spaces")]
async fn list(request: Listing<SpaceFilter, In>) -> Result<Page<Space<'static>>, Problem> {
    let (In(organization), filter) = (&request.path, &request.filter);
    let (asker, page, count) = (request.asker(), request.page(), request.wants_total());
    let readmodel = &request.app.readmodel;
    Ok(request.answer(readmodel.spaces(asker, Some(organization), filter, page, count).await?))
}

/// Give a space to an organization
///
/// A space belongs to one organization at most. From then on its members need to be active in the organization to see
/// it, and everybody with `spaces:write` there does. Nothing in it changes. Needs the permission `spaces:write`, in the
/// organization and in the space.
#[utoipa::path(
    post, path = "/organizations/{org}/spaces", tag = TAG, operation_id = "attach_space",
    responses((status = 409, description = "It belongs to an organization already, or the limit is reached")),
)]
async fn attach(
    Writes { by, path: organization, body, .. }: Writes<GivenSpace, In>,
) -> Result<Changed<Space<'static>>, Problem> {
    Ok(by.change(&body.check(organization)?).await?)
}

/// Take a space from an organization
///
/// It keeps what is in it, and belongs to its members alone from then on. Needs the permission `spaces:write` in the
/// organization.
#[utoipa::path(
    delete, path = "/organizations/{org}/spaces/{space_id}", tag = TAG, operation_id = "detach_space",
)]
async fn detach(
    Writes { by, path: (organization, space), .. }: Writes<Nothing, At<SpaceId>>,
) -> Result<Removed, Problem> {
    Ok(by.remove(&DetachSpace { organization, space }).await?)
}
