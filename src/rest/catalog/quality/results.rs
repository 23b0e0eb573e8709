//! `/quality/{id}/results`.

use aggregates::ids::QualityCheckId;
use axum::http::StatusCode;

use super::{TAG, body::NewQualityResult, representation::QualityResult};
use crate::{
    commands::catalog::quality::IgnoreQualityResult,
    readmodel::catalog::quality::QualityResultView,
    web::{
        Code, Problem, Routes,
        extract::{Listing, Nothing, Of, One, ResultNumber, Writes},
        reply::{self, Answered, Made, Page},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list, record)).routes(routes!(ignore))
}

/// List the results of a quality check
///
/// Newest first, ignored ones too. Needs the permission `catalog:read` in its space.
#[utoipa::path(
    get, path = "/quality/{id}/results", tag = TAG, operation_id = "list_quality_results",
    responses((status = 403, description = "Not authorized for the space")),
)]
async fn list(request: Listing<(), One<QualityCheckId>>) -> Result<Page<QualityResult>, Problem> {
    let One(check) = &request.path;
    let (asker, page, count) = (request.asker(), request.page(), request.wants_total());
    let found = request.app.readmodel.quality_results(asker, *check, page, count).await?;
    let found = found.ok_or_else(|| Problem::new(Code::QualityCheckNotFound))?;
    let id = |view: &QualityResultView| view.0.id.uuid();
    Ok(request.answer_as(&found.rows, id, |view| vec![QualityResult::from(view)], found.total))
}

/// Record a result of a quality check
///
/// Results are numbered 1, 2, 3, … for each check. The version of the check stays as it is. Needs the permission
/// `catalog:write`.
#[utoipa::path(
    post, path = "/quality/{id}/results", tag = TAG, operation_id = "record_quality_result",
    responses((status = 409, description = "The check is archived, or the space is")),
)]
async fn record(
    Writes { by, path: check, body, .. }: Writes<NewQualityResult, One<QualityCheckId>>,
) -> Result<Made<QualityResult>, Problem> {
    let location = format!("/api/v1/quality/{check}/results");
    let present = move |view: &QualityResultView| {
        let result = QualityResult::from(view);
        reply::stored(StatusCode::CREATED, &result, None).with_header("location", location.as_str())
    };
    Ok(by.run(&body.check(check)?, present).await?.into())
}

/// Ignore a result of a quality check
///
/// It stays in the list, and the latest that is not ignored counts. Of the results that are not ignored, the newest 100 can
/// be. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/quality/{id}/results/{number}/ignore", tag = TAG, operation_id = "ignore_quality_result",
    responses((status = 409, description = "It is ignored already or too old, or the check or the space is archived")),
)]
async fn ignore(
    Writes { by, path: (check, ResultNumber(number)), .. }: Writes<Nothing, Of<QualityCheckId, ResultNumber>>,
) -> Result<Answered<QualityResult>, Problem> {
    let present = |view: &QualityResultView| reply::stored(StatusCode::OK, &QualityResult::from(view), None);
    Ok(by.run(&IgnoreQualityResult { check, number }, present).await?.into())
}
