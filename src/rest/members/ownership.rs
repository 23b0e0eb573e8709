//! Leaving an organization, and handing it over.

use super::{TAG, body::OwnershipTransfer};
use crate::{
    commands::members::LeaveOrganization,
    rest::organizations::{self, Organization},
    web::{
        Problem, Routes,
        extract::{In, Nothing, Writes},
        reply::{Changed, Removed},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(leave)).routes(routes!(transfer))
}

/// Leave an organization
///
/// Every member may leave, except the last active owner. What If-Match names is the version of their membership.
#[utoipa::path(
    post, path = "/organizations/{org}/leave", tag = TAG, operation_id = "leave_organization",
    responses((status = 409, description = "The last active owner")),
)]
async fn leave(Writes { by, path: organization, .. }: Writes<Nothing, In>) -> Result<Removed, Problem> {
    Ok(by.remove(&LeaveOrganization { organization }).await?)
}

/// Transfer ownership
///
/// Makes an active member the primary owner. Only owners and superadmins may do this. The previous primary owner
/// becomes an admin, unless `keep_owner` is true.
#[utoipa::path(
    post, path = "/organizations/{org}/transfer-ownership", tag = TAG, operation_id = "transfer_ownership",
    responses((status = 409, description = "The member is suspended")),
)]
async fn transfer(
    Writes { by, path: organization, body, .. }: Writes<OwnershipTransfer, In>,
) -> Result<Changed<Organization<'static>>, Problem> {
    let command = body.check(organization)?;
    Ok(by.run(&command, organizations::shown(by.asker())).await?.into())
}
