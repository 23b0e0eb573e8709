//! `/organizations/{org}/members`, and who else changes them: `leave`, `transfer-ownership` and `users`.

mod body;
mod ownership;
mod representation;
mod users;

use aggregates::{authorization::RoleKey, ids::OrganizationId, organization::OrganizationError};

use self::body::MemberRoleChange;
pub(crate) use self::representation::{Member, MemberRole};
use crate::{
    commands::{
        self,
        members::{ChangeMember, MemberChange, RemoveMember},
    },
    readmodel::members::MemberFilter,
    web::{
        Problem, Routes,
        extract::{self, At, In, Listing, Nothing, Writer, Writes},
        fields::FieldProblem,
        list::Filter,
        query::{Parameters, Query},
        reply::{Changed, Page, Removed},
        routes,
    },
};

const TAG: &str = "members";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(update, remove))
        .routes(routes!(suspend))
        .routes(routes!(reinstate))
        .merge(ownership::routes())
        .merge(users::routes())
}

/// A member as a path names one.
type OneMember = At<extract::Member>;

/// A role that a body names and that does not exist is a field that is not valid; `role_not_found` is for paths.
pub(super) fn role_at(pointer: &'static str) -> impl Fn(commands::Error) -> Problem {
    move |error| match error.refusal() {
        Some(OrganizationError::RoleNotFound(_)) => {
            Problem::invalid(vec![FieldProblem::new(pointer, "there is no such role")])
        }
        _ => error.into(),
    }
}

impl Filter for MemberFilter {}

impl Parameters for MemberFilter {
    fn read(query: &mut Query) -> Self {
        Self {
            role: query.parsed("role", "The key of a role.", str::parse::<RoleKey>),
            search: query.text("search", "Part of the name or e-mail address; case is ignored."),
        }
    }
}

/// List members
///
/// Active and suspended members, newest account first.
#[utoipa::path(get, path = "/organizations/{org}/members", tag = TAG, operation_id = "list_members")]
async fn list(request: Listing<MemberFilter, In>) -> Result<Page<Member<'static>>, Problem> {
    let (In(organization), filter, readmodel) = (&request.path, &request.filter, &request.app.readmodel);
    let found = readmodel.members(request.asker(), organization, filter, request.page(), request.wants_total());
    Ok(request.answer(found.await?))
}

/// Change a member's role
///
/// Neither the old nor the new role may have permissions that the caller lacks.
#[utoipa::path(
    patch, path = "/organizations/{org}/members/{user_id}", tag = TAG, operation_id = "update_member",
    responses((status = 409, description = "The last active owner")),
)]
async fn update(request: Writes<MemberRoleChange, OneMember>) -> Result<Changed<Member<'static>>, Problem> {
    change_role(request).await
}

async fn change_role(
    Writes { by, path: (organization, extract::Member(user)), body, .. }: Writes<MemberRoleChange, OneMember>,
) -> Result<Changed<Member<'static>>, Problem> {
    by.change(&body.check(organization, user)?).await.map_err(role_at("/role"))
}

/// Remove a member
///
/// For 90 days they can be reinstated with the role they had.
#[utoipa::path(
    delete, path = "/organizations/{org}/members/{user_id}", tag = TAG, operation_id = "remove_member",
    responses((status = 409, description = "The last active owner")),
)]
async fn remove(request: Writes<Nothing, OneMember>) -> Result<Removed, Problem> {
    remove_member(request).await
}

async fn remove_member(
    Writes { by, path: (organization, extract::Member(user)), .. }: Writes<Nothing, OneMember>,
) -> Result<Removed, Problem> {
    Ok(by.remove(&RemoveMember { organization, user }).await?)
}

/// Suspend a member
///
/// Suspended members keep their seat and role, and may do nothing until they are reinstated.
#[utoipa::path(
    post, path = "/organizations/{org}/members/{user_id}/suspend", tag = TAG, operation_id = "suspend_member",
    responses((status = 409, description = "Suspended already, or the last active owner")),
)]
async fn suspend(Writes { by, path, .. }: Writes<Nothing, OneMember>) -> Result<Changed<Member<'static>>, Problem> {
    change(by, path, MemberChange::Suspend).await
}

/// Reinstate a member
///
/// Ends a suspension, or brings back a member who was removed in the last 90 days, with the role they had.
#[utoipa::path(
    post, path = "/organizations/{org}/members/{user_id}/reinstate", tag = TAG, operation_id = "reinstate_member",
    responses((status = 409, description = "Neither suspended nor removed in the last 90 days, or all seats are taken")),
)]
async fn reinstate(Writes { by, path, .. }: Writes<Nothing, OneMember>) -> Result<Changed<Member<'static>>, Problem> {
    change(by, path, MemberChange::Reinstate).await
}

async fn change(
    by: Writer,
    (organization, extract::Member(user)): (OrganizationId, extract::Member),
    change: MemberChange,
) -> Result<Changed<Member<'static>>, Problem> {
    Ok(by.change(&ChangeMember { organization, user, change }).await?)
}
