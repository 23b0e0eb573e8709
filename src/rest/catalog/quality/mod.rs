//! `/spaces/{space}/quality` and `/quality`.

mod body;
mod measured;
mod representation;
mod results;

use aggregates::ids::{QualityCheckId, SpaceId};

use self::body::{NewQualityCheck, QualityCheckChanges};
pub(super) use self::representation::QualityCheck;
use crate::{
    commands::catalog::quality::{ChangeQualityCheck, QualityCheckChange},
    readmodel::{
        StatusFilter,
        catalog::quality::{QualityCheckFilter, QualityCheckView},
    },
    web::{
        Code, Problem, Routes,
        extract::{In, Listing, Nothing, One, Reads, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{Changed, Created, Found, Page},
        routes,
    },
};

const TAG: &str = "quality";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(archive))
        .merge(results::routes())
}

impl Filter for QualityCheckFilter {}

impl Parameters for QualityCheckFilter {
    fn read(query: &mut Query) -> Self {
        let status = query.word("status", "`active` when absent.");
        let product = query.parsed("product_id", "Those of this product only.", |text| {
            text.parse().map_err(|_: uuid::Error| "must be a UUID")
        });
        Self { status: status.unwrap_or(StatusFilter::Active), product }
    }
}

/// List the quality checks of a space
///
/// Newest first. Needs the permission `catalog:read`, which everybody in the space has.
#[utoipa::path(get, path = "/spaces/{space}/quality", tag = TAG, operation_id = "list_quality_checks")]
async fn list(request: Listing<QualityCheckFilter, In<SpaceId>>) -> Result<Page<QualityCheck<'static>>, Problem> {
    let (In(space), filter) = (&request.path, &request.filter);
    let (asker, page, count) = (request.asker(), request.page(), request.wants_total());
    Ok(request.answer(request.app.readmodel.quality_checks(asker, space, filter, page, count).await?))
}

/// Create a quality check
///
/// Of a product of the space. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/spaces/{space}/quality", tag = TAG, operation_id = "create_quality_check",
    responses((status = 409, description = "The space is archived")),
)]
async fn create(
    Writes { by, path: space, body, .. }: Writes<NewQualityCheck, In<SpaceId>>,
) -> Result<Created<QualityCheck<'static>>, Problem> {
    let location = |view: &QualityCheckView| format!("/api/v1/quality/{}", view.check.id);
    Ok(by.create(&body.check(space)?, location).await?)
}

/// Get a quality check
///
/// With the result that counts: the latest that is not ignored. Needs the permission `catalog:read` in its space.
#[utoipa::path(
    get, path = "/quality/{id}", tag = TAG, operation_id = "get_quality_check",
    responses((status = 403, description = "Not authorized for the space")),
)]
async fn get(request: Reads<One<QualityCheckId>>) -> Result<Found<QualityCheck<'static>>, Problem> {
    let One(id) = &request.path;
    let found = request.app.readmodel.quality_check(request.asker(), *id).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::QualityCheckNotFound))?))
}

/// Update a quality check
///
/// Absent fields keep their values; null clears. Needs the permission `catalog:write`.
#[utoipa::path(
    patch, path = "/quality/{id}", tag = TAG, operation_id = "update_quality_check",
    responses((status = 409, description = "It is archived, or the space is")),
)]
async fn update(
    Writes { by, path: check, body, .. }: Writes<QualityCheckChanges, One<QualityCheckId>>,
) -> Result<Changed<QualityCheck<'static>>, Problem> {
    Ok(by.change(&body.check(check)?).await?)
}

/// Archive a quality check
///
/// It counts for nothing any more, and takes no results. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/quality/{id}/archive", tag = TAG, operation_id = "archive_quality_check",
    responses((status = 409, description = "It is archived already, or the space is")),
)]
async fn archive(
    Writes { by, path: check, .. }: Writes<Nothing, One<QualityCheckId>>,
) -> Result<Changed<QualityCheck<'static>>, Problem> {
    Ok(by.change(&ChangeQualityCheck { check, change: QualityCheckChange::Archive }).await?)
}
