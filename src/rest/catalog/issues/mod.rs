//! `/spaces/{space}/issues` and `/issues`.

mod body;
mod comments;
mod representation;

use aggregates::{
    ids::{IssueId, SpaceId},
    name::{Lines, MAX_NAME, parse_text},
};

use self::body::{IssueChanges, NewIssue};
pub(super) use self::representation::Issue;
use crate::{
    commands::catalog::issues::{IssueMove, MoveIssue},
    readmodel::catalog::issues::{IssueFilter, IssueView},
    web::{
        Code, Problem, Routes,
        extract::{In, Listing, Nothing, One, Reads, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{Changed, Created, Found, Page},
        routes,
    },
};

const TAG: &str = "issues";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(start))
        .routes(routes!(resolve))
        .routes(routes!(wont_fix))
        .routes(routes!(reopen))
        .merge(comments::routes())
}

impl Filter for IssueFilter {}

impl Parameters for IssueFilter {
    fn read(query: &mut Query) -> Self {
        let assignee = query.parsed("assignee_id", "Id of the person who sees to them.", |text| {
            text.parse().map_err(|_: uuid::Error| "must be a UUID")
        });
        Self {
            status: query.words("status", "In one of these states; in any when absent."),
            priority: query.word("priority", "Of this priority; of any when absent."),
            assignee,
            search: query
                .parsed("search", "Part of the title or the description; case is ignored.", |text| {
                    parse_text(text, MAX_NAME, Lines::Single)
                })
                .filter(|text| !text.is_empty()),
        }
    }
}

/// List the issues of a space
///
/// Newest first. Needs the permission `catalog:read`, which everybody in the space has.
#[utoipa::path(get, path = "/spaces/{space}/issues", tag = TAG, operation_id = "list_issues")]
async fn list(request: Listing<IssueFilter, In<SpaceId>>) -> Result<Page<Issue<'static>>, Problem> {
    let (In(space), filter) = (&request.path, &request.filter);
    let (asker, page, count) = (request.asker(), request.page(), request.wants_total());
    Ok(request.answer(request.app.readmodel.issues(asker, space, filter, page, count).await?))
}

/// Create an issue
///
/// It is open. Whoever sees to it has to have access to the space, and the product has to be one of it. Needs the
/// permission `catalog:write`.
#[utoipa::path(
    post, path = "/spaces/{space}/issues", tag = TAG, operation_id = "create_issue",
    responses((status = 409, description = "The space is archived")),
)]
async fn create(
    Writes { by, path: space, body, .. }: Writes<NewIssue, In<SpaceId>>,
) -> Result<Created<Issue<'static>>, Problem> {
    let location = |view: &IssueView| format!("/api/v1/issues/{}", view.issue.id);
    Ok(by.create(&body.check(space)?, location).await?)
}

/// Get an issue
///
/// Needs the permission `catalog:read` in its space.
#[utoipa::path(
    get, path = "/issues/{id}", tag = TAG, operation_id = "get_issue",
    responses((status = 403, description = "Not authorized for the space")),
)]
async fn get(request: Reads<One<IssueId>>) -> Result<Found<Issue<'static>>, Problem> {
    let One(id) = &request.path;
    let found = request.app.readmodel.issue(request.asker(), *id).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::IssueNotFound))?))
}

/// Update an issue
///
/// Absent fields keep their values; null clears. Needs the permission `catalog:write`.
#[utoipa::path(
    patch, path = "/issues/{id}", tag = TAG, operation_id = "update_issue",
    responses((status = 409, description = "The space is archived")),
)]
async fn update(
    Writes { by, path: issue, body, .. }: Writes<IssueChanges, One<IssueId>>,
) -> Result<Changed<Issue<'static>>, Problem> {
    Ok(by.change(&body.check(issue)?).await?)
}

/// Start an issue
///
/// An open one is in progress then. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/issues/{id}/start", tag = TAG, operation_id = "start_issue",
    responses((status = 409, description = "It is not open, or the space is archived")),
)]
async fn start(request: Writes<Nothing, One<IssueId>>) -> Result<Changed<Issue<'static>>, Problem> {
    into(request, IssueMove::Start).await
}

/// Resolve an issue
///
/// One that is open or in progress. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/issues/{id}/resolve", tag = TAG, operation_id = "resolve_issue",
    responses((status = 409, description = "It is neither open nor in progress, or the space is archived")),
)]
async fn resolve(request: Writes<Nothing, One<IssueId>>) -> Result<Changed<Issue<'static>>, Problem> {
    into(request, IssueMove::Resolve).await
}

/// Decide against fixing an issue
///
/// In any other state. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/issues/{id}/wont-fix", tag = TAG, operation_id = "wont_fix_issue",
    responses((status = 409, description = "Decided already, or the space is archived")),
)]
async fn wont_fix(request: Writes<Nothing, One<IssueId>>) -> Result<Changed<Issue<'static>>, Problem> {
    into(request, IssueMove::WontFix).await
}

/// Reopen an issue
///
/// One that is resolved or that nothing was to be done about. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/issues/{id}/reopen", tag = TAG, operation_id = "reopen_issue",
    responses((status = 409, description = "It is open or in progress, or the space is archived")),
)]
async fn reopen(request: Writes<Nothing, One<IssueId>>) -> Result<Changed<Issue<'static>>, Problem> {
    into(request, IssueMove::Reopen).await
}

async fn into(
    Writes { by, path: issue, .. }: Writes<Nothing, One<IssueId>>,
    to: IssueMove,
) -> Result<Changed<Issue<'static>>, Problem> {
    Ok(by.change(&MoveIssue { issue, to }).await?)
}
