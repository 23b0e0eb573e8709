//! `/spaces/{space}/members`.

use aggregates::ids::SpaceId;

use super::{TAG, body::SpaceMembership, representation::SpaceMember};
use crate::{
    commands::spaces::RemoveSpaceMember,
    web::{
        Code, Problem, Routes,
        extract::{At, In, Listing, Member, Nothing, Reads, Writes},
        reply::{Changed, Found, Page, Removed},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(get, set, remove))
}

/// List the members of a space
///
/// Newest account first. In a space of an organization, members count only while they are active in it. Needs the
/// permission `spaces:read`.
#[utoipa::path(get, path = "/spaces/{space}/members", tag = TAG, operation_id = "list_space_members")]
async fn list(request: Listing<(), In<SpaceId>>) -> Result<Page<SpaceMember<'static>>, Problem> {
    let (In(space), readmodel) = (&request.path, &request.app.readmodel);
    let found = readmodel.space_members(request.asker(), space, request.page(), request.wants_total()).await?;
    Ok(request.answer(found))
}

/// Get a member of a space
///
/// The ETag is that of the space, whose version goes up when it changes. Needs the permission `spaces:read`.
#[utoipa::path(get, path = "/spaces/{space}/members/{user_id}", tag = TAG, operation_id = "get_space_member")]
async fn get(request: Reads<At<Member, SpaceId>>) -> Result<Found<SpaceMember<'static>>, Problem> {
    let At(space, Member(user)) = &request.path;
    let found = request.app.readmodel.space_member(request.asker(), space, *user).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::MemberNotFound))?))
}

/// Bring a person into a space
///
/// Or give a member another role. In a space of an organization it has to be one of its active members. Needs the
/// permission `spaces:write`. The ETag is that of the space.
#[utoipa::path(
    put, path = "/spaces/{space}/members/{user_id}", tag = TAG, operation_id = "set_space_member",
    responses(
        (status = 404, description = "No such space, or not somebody who can be in it"),
        (status = 409, description = "The last admin of the space, or the space is archived"),
    ),
)]
async fn set(
    Writes { by, path: (space, Member(user)), body, .. }: Writes<SpaceMembership, At<Member, SpaceId>>,
) -> Result<Changed<SpaceMember<'static>>, Problem> {
    Ok(by.change(&body.check(space, user)?).await?)
}

/// Remove a member from a space
///
/// Members can leave by themselves. A user who is not in the space stays out. Needs the permission `spaces:write` for
/// others.
#[utoipa::path(
    delete, path = "/spaces/{space}/members/{user_id}", tag = TAG, operation_id = "remove_space_member",
    responses((status = 409, description = "The last admin of the space")),
)]
async fn remove(
    Writes { by, path: (space, Member(user)), .. }: Writes<Nothing, At<Member, SpaceId>>,
) -> Result<Removed, Problem> {
    Ok(by.remove(&RemoveSpaceMember { space, user }).await?)
}
