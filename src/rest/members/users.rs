//! `/organizations/{org}/users`: members under another name, and the way to add one without asking them.

use axum::{
    extract::{Path, State},
    response::Response,
};
use utoipa_axum::routes;

use super::{
    Member, TAG,
    body::{NewUser, RoleChange},
    change_role, remove_member,
    representation::NewMember,
    resolve, role_at,
};
use crate::{
    commands::members::AddedMember,
    rest::organizations::{admit_address, new_activation},
    web::{
        App, Problem, Routes,
        extract::{Input, Nothing},
        problem::ProblemDocument,
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(add)).routes(routes!(update, remove))
}

/// Add a user
///
/// The account with this address becomes a member at once. If there is none, one is created, and the person can get in
/// only with the `activation` of the answer. Nothing proves whose address it is; an invitation does.
#[utoipa::path(
    post, path = "/organizations/{org}/users", tag = TAG, operation_id = "add_organization_user",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = NewUser,
    responses((status = 201, body = NewMember, headers(("Location" = String))), (status = 409, body = ProblemDocument)),
)]
async fn add(State(app): State<App>, Path(org): Path<String>, input: Input<NewUser>) -> Result<Response, Problem> {
    let (organization, dry_run) = (resolve(&app, &org).await?, input.write.dry_run);
    admit_address(&app, input.write.asker)?;
    let (activation, token) = new_activation();
    let command = input.body.check(organization, activation)?;
    let present = move |view: &AddedMember| {
        let body = NewMember::new(view, dry_run);
        let location = format!("/api/v1/organizations/{organization}/members/{}", body.user.id);
        reply::created(&body, view.member.membership.version, location)
    };
    let appended = app.commands.run(&input.write, &command, present).await.map_err(role_at("/role"))?;
    reply::written(reply::with_activation(&app, appended, &input.write, &token)?)
}

/// Change a user's role
///
/// Neither the old nor the new role may have permissions that the caller lacks.
#[utoipa::path(
    patch, path = "/organizations/{org}/users/{user_id}", tag = TAG, operation_id = "update_organization_user",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("user_id" = String, Path)),
    request_body = RoleChange,
    responses((status = 200, body = Member), (status = 409, body = ProblemDocument)),
)]
async fn update(
    State(app): State<App>,
    Path((org, user_id)): Path<(String, String)>,
    input: Input<RoleChange>,
) -> Result<Response, Problem> {
    change_role(&app, &org, &user_id, input).await
}

/// Remove a user
///
/// For 90 days they can be reinstated with the role they had.
#[utoipa::path(
    delete, path = "/organizations/{org}/users/{user_id}", tag = TAG, operation_id = "remove_organization_user",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("user_id" = String, Path)),
    responses((status = 204, description = "Removed"), (status = 409, body = ProblemDocument)),
)]
async fn remove(
    State(app): State<App>,
    Path((org, user_id)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    remove_member(&app, &org, &user_id, &input.write).await
}
