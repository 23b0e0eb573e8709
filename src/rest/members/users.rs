//! `/organizations/{org}/users`: members under another name, and the way to add one without asking them.

use super::{
    Member, OneMember, TAG,
    body::{MemberRoleChange, NewMember},
    change_role, remove_member,
    representation::NewlyAdded,
    role_at,
};
use crate::{
    commands::members::AddedMember,
    rest::organizations::{admit_address, new_activation},
    web::{
        Problem, Routes,
        extract::{In, Nothing, Writes},
        reply::{self, Changed, Created, Removed},
        routes,
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
    responses((status = 409, description = "A member already, not activated yet, or all seats are taken")),
)]
async fn add(
    Writes { by, path: organization, body, .. }: Writes<NewMember, In>,
) -> Result<Created<NewlyAdded<'static>>, Problem> {
    let dry_run = by.write.dry_run;
    admit_address(&by.app, by.asker())?;
    let (activation, token) = new_activation();
    let command = body.check(organization, activation)?;
    let present = move |view: &AddedMember| {
        let body = NewlyAdded::new(view, dry_run);
        let location = format!("/api/v1/organizations/{organization}/members/{}", body.user.id);
        reply::created(&body, view.member.membership.version, location)
    };
    let appended = by.run(&command, present).await.map_err(role_at("/role"))?;
    Ok(reply::with_activation(&by.app, appended, &by.write, &token)?.into())
}

/// Change a user's role
///
/// Neither the old nor the new role may have permissions that the caller lacks.
#[utoipa::path(
    patch, path = "/organizations/{org}/users/{user_id}", tag = TAG, operation_id = "update_organization_user",
    responses((status = 409, description = "The last active owner")),
)]
async fn update(request: Writes<MemberRoleChange, OneMember>) -> Result<Changed<Member<'static>>, Problem> {
    change_role(request).await
}

/// Remove a user
///
/// For 90 days they can be reinstated with the role they had.
#[utoipa::path(
    delete, path = "/organizations/{org}/users/{user_id}", tag = TAG, operation_id = "remove_organization_user",
    responses((status = 409, description = "The last active owner")),
)]
async fn remove(request: Writes<Nothing, OneMember>) -> Result<Removed, Problem> {
    remove_member(request).await
}
