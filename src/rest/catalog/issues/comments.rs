//! `/issues/{id}/comments`.

use aggregates::ids::IssueId;
use axum::http::StatusCode;

use super::{TAG, body::NewComment, representation::Comment};
use crate::{
    readmodel::catalog::issues::CommentView,
    web::{
        Code, Problem, Routes,
        extract::{Listing, One, Writes},
        reply::{self, Made, Page},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list, comment))
}

/// List the comments on an issue
///
/// Newest first. Needs the permission `catalog:read` in its space.
#[utoipa::path(
    get, path = "/issues/{id}/comments", tag = TAG, operation_id = "list_issue_comments",
    responses((status = 403, description = "Not authorized for the space")),
)]
async fn list(request: Listing<(), One<IssueId>>) -> Result<Page<Comment<'static>>, Problem> {
    let One(issue) = &request.path;
    let (asker, page, count) = (request.asker(), request.page(), request.wants_total());
    let found = request.app.readmodel.issue_comments(asker, *issue, page, count).await?;
    let found = found.ok_or_else(|| Problem::new(Code::IssueNotFound))?;
    let id = |view: &CommentView| view.comment.id.uuid();
    Ok(request.answer_as(&found.rows, id, |view| vec![Comment::from(view)], found.total))
}

/// Comment on an issue
///
/// The version of the issue stays as it is. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/issues/{id}/comments", tag = TAG, operation_id = "comment_on_issue",
    responses((status = 409, description = "The space is archived")),
)]
async fn comment(
    Writes { by, path: issue, body, .. }: Writes<NewComment, One<IssueId>>,
) -> Result<Made<Comment<'static>>, Problem> {
    let location = format!("/api/v1/issues/{issue}/comments");
    let present = move |view: &CommentView| {
        reply::stored(StatusCode::CREATED, &Comment::from(view), None).with_header("location", location.as_str())
    };
    Ok(by.run(&body.check(issue)?, present).await?.into())
}
