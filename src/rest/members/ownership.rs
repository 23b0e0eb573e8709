//! Leaving an organization, and handing it over.

use axum::{
    extract::{Path, State},
    response::Response,
};
use utoipa_axum::routes;

use super::{TAG, body::Transfer, resolve};
use crate::{
    commands::members::LeaveOrganization,
    rest::organizations::{self, Organization},
    web::{
        App, Problem, Routes,
        extract::{Input, Nothing},
        problem::ProblemDocument,
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(leave)).routes(routes!(transfer))
}

/// Leave an organization
///
/// Every member may leave, except the last active owner.
#[utoipa::path(
    post, path = "/organizations/{org}/leave", tag = TAG, operation_id = "leave_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses((status = 204, description = "Left"), (status = 409, body = ProblemDocument)),
)]
async fn leave(State(app): State<App>, Path(org): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    let command = LeaveOrganization { organization: resolve(&app, &org).await? };
    reply::written(app.commands.run(&input.write, &command, |()| reply::no_content()).await?)
}

/// Transfer ownership
///
/// Makes an active member the primary owner. Only owners and superadmins may do this. The previous primary owner
/// becomes an admin, unless `keep_owner` is true.
#[utoipa::path(
    post, path = "/organizations/{org}/transfer-ownership", tag = TAG, operation_id = "transfer_ownership",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = Transfer,
    responses((status = 200, body = Organization), (status = 409, body = ProblemDocument)),
)]
async fn transfer(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<Transfer>,
) -> Result<Response, Problem> {
    let command = input.body.check(resolve(&app, &org).await?)?;
    let present = organizations::shown(input.write.asker);
    reply::written(app.commands.run(&input.write, &command, present).await?)
}
