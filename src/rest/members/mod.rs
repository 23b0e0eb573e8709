//! `/organizations/{org}/members`, and who else changes them: `leave`, `transfer-ownership` and `users`.

mod body;
mod ownership;
mod representation;
mod users;

use aggregates::{authorization::RoleKey, ids::UserId, organization::OrganizationError};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use self::body::RoleChange;
pub(crate) use self::representation::{Member, MemberRole};
use super::organizations::resolve;
use crate::{
    commands::{
        self, Write,
        members::{ChangeMember, MemberChange, RemoveMember},
    },
    ledger::StoredReply,
    readmodel::{
        members::{MemberFilter, MemberView},
        organizations::Reference,
    },
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::{FieldProblem, Fields},
        list::{List, Paging},
        reply,
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

/// The user that a path names. A text that cannot be an id names nobody.
fn user(text: &str) -> Result<UserId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::MemberNotFound))
}

/// A role that a body names and that does not exist is a field that is not valid; `role_not_found` is for paths.
pub(super) fn role_at(pointer: &'static str) -> impl Fn(commands::Error) -> Problem {
    move |error| match error.refusal() {
        Some(OrganizationError::RoleNotFound(_)) => {
            Problem::invalid(vec![FieldProblem::new(pointer, "there is no such role")])
        }
        _ => error.into(),
    }
}

fn shown(view: &MemberView) -> StoredReply {
    reply::stored(StatusCode::OK, &Member::new(view), Some(view.membership.version))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// The key of a role.
    role: Option<String>,
    /// Part of the name or e-mail address; case is ignored.
    search: Option<String>,
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

/// List members
///
/// Active and suspended members, newest account first.
#[utoipa::path(
    get, path = "/organizations/{org}/members", tag = TAG, operation_id = "list_members",
    params(("org" = String, Path, description = "Id, slug or old slug"), ListParams),
    responses((status = 200, body = Vec<Member>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let ListParams { role, search, limit, cursor, include } = params;
    let mut fields = Fields::default();
    let filter =
        MemberFilter { role: fields.optional("?role", role.as_deref(), str::parse::<RoleKey>), search: search.clone() };
    let path = format!("/organizations/{org}/members");
    let filters = vec![("role", role), ("search", search)];
    let list = List::check(&app, caller.asker(), path, filters, Paging { limit, cursor, include }, fields)?;
    let organization = Reference::parse(&org);
    let found = app.readmodel.members(caller.asker(), &organization, &filter, list.page(), list.wants_total()).await?;
    list.answer(&found.rows, |view| view.membership.user_id.uuid(), Member::new, found.total)
}

/// Change a member's role
///
/// Neither the old nor the new role may have permissions that the caller lacks.
#[utoipa::path(
    patch, path = "/organizations/{org}/members/{user_id}", tag = TAG, operation_id = "update_member",
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

async fn change_role(app: &App, org: &str, user_id: &str, input: Input<RoleChange>) -> Result<Response, Problem> {
    let command = input.body.check(resolve(app, org).await?, user(user_id)?)?;
    reply::written(app.commands.run(&input.write, &command, shown).await.map_err(role_at("/role"))?)
}

/// Remove a member
///
/// For 90 days they can be reinstated with the role they had.
#[utoipa::path(
    delete, path = "/organizations/{org}/members/{user_id}", tag = TAG, operation_id = "remove_member",
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

async fn remove_member(app: &App, org: &str, user_id: &str, write: &Write) -> Result<Response, Problem> {
    let command = RemoveMember { organization: resolve(app, org).await?, user: user(user_id)? };
    reply::written(app.commands.run(write, &command, |()| reply::no_content()).await?)
}

/// Suspend a member
///
/// Suspended members keep their seat and role, and may do nothing until they are reinstated.
#[utoipa::path(
    post, path = "/organizations/{org}/members/{user_id}/suspend", tag = TAG, operation_id = "suspend_member",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("user_id" = String, Path)),
    responses((status = 200, body = Member), (status = 409, body = ProblemDocument)),
)]
async fn suspend(
    State(app): State<App>,
    Path((org, user_id)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    change(&app, &org, &user_id, &input.write, MemberChange::Suspend).await
}

/// Reinstate a member
///
/// Ends a suspension, or brings back a member who was removed in the last 90 days, with the role they had.
#[utoipa::path(
    post, path = "/organizations/{org}/members/{user_id}/reinstate", tag = TAG, operation_id = "reinstate_member",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("user_id" = String, Path)),
    responses((status = 200, body = Member), (status = 409, body = ProblemDocument)),
)]
async fn reinstate(
    State(app): State<App>,
    Path((org, user_id)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    change(&app, &org, &user_id, &input.write, MemberChange::Reinstate).await
}

async fn change(app: &App, org: &str, user_id: &str, write: &Write, change: MemberChange) -> Result<Response, Problem> {
    let command = ChangeMember { organization: resolve(app, org).await?, user: user(user_id)?, change };
    reply::written(app.commands.run(write, &command, shown).await?)
}
