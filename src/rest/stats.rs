//! `/organizations/{org}/stats`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::stats::Stats,
    web::{
        Problem, Routes,
        extract::{In, Reads},
        reply::Plain,
        routes,
    },
};

const TAG: &str = "statistics";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(stats))
}

/// Numbers of an organization. What is in spaces is counted in those that the caller can see and that are not archived.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationStats {
    #[schema(example = 5)]
    pub total_spaces: i64,
    /// Those that are not archived.
    #[schema(example = 234)]
    pub total_products: i64,
    /// Active members.
    #[schema(example = 45)]
    pub total_users: i64,
    /// 0 to 1, with two decimals; null where nothing has been checked. The score of a product is what its checks say, by
    /// their severity: a warning weighs 1, an error 2, a critical check 3; a check that passed counts whole, one with a
    /// warning half, any other not at all. Only the latest result of each check counts that is not ignored, and only
    /// checks and products that are not archived. This is the mean over all products that have a score.
    #[schema(minimum = 0, maximum = 1, example = 0.92)]
    pub quality_score: Option<f64>,
    /// Open or in progress.
    #[schema(example = 12)]
    pub open_issues: i64,
    /// Active, and not past the end.
    #[schema(example = 8)]
    pub active_contracts: i64,
}

impl From<Stats> for OrganizationStats {
    fn from(stats: Stats) -> Self {
        Self {
            total_spaces: stats.spaces,
            total_products: stats.products,
            total_users: stats.users,
            quality_score: stats.quality_score(),
            open_issues: stats.open_issues,
            active_contracts: stats.active_contracts,
        }
    }
}

/// Get the statistics of an organization
///
/// Needs the permission `catalog:read`.
#[utoipa::path(get, path = "/organizations/{org}/stats", tag = TAG, operation_id = "get_stats")]
async fn stats(request: Reads<In>) -> Result<Plain<OrganizationStats>, Problem> {
    let In(organization) = &request.path;
    let stats = request.app.readmodel.stats(request.asker(), organization).await?;
    Ok(Plain::new(&OrganizationStats::from(stats)))
}
