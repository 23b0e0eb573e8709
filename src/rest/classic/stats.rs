//! `/api/stats`: five numbers about what the caller belongs to, in the fields of the classic documents.

use chrono::Utc;
use serde::Serialize;
use utoipa::ToSchema;

use super::TAG;
use crate::{
    readmodel::{security::score, uptime::Uptime},
    web::{Problem, Routes, extract::Reads, reply::Plain, routes},
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(get))
}

/// The five numbers.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicStats {
    /// Sessions that go on, of the people who are counted in `total_users`; for a superadmin, of everybody.
    active_sessions: i64,
    /// How many workspaces there may be, as `workspaces_count` in the list says of each organization.
    total_workspaces: i64,
    /// Active members. Who belongs to several organizations is counted once, unlike in the sum of `users_count`.
    total_users: i64,
    /// What `GET /api/v1/security/score` says.
    #[schema(minimum = 0, maximum = 100)]
    security_score: i64,
    /// In how many minutes of the last 30 days, or since the first start, some node was there. It is rounded down to a
    /// tenth of a percent.
    #[schema(examples("99.9%", "100%"))]
    uptime: String,
}

/// A percentage with at most one decimal.
fn percent(uptime: Uptime) -> String {
    let (whole, tenths) = (uptime.per_mille() / 10, uptime.per_mille() % 10);
    if tenths == 0 { format!("{whole}%") } else { format!("{whole}.{tenths}%") }
}

/// Get statistics
///
/// Over the organizations that the caller can read; a superadmin's are all. A credential that is bound to some of them
/// counts those only.
#[utoipa::path(get, path = "/stats", tag = TAG, operation_id = "classic_get_stats")]
async fn get(request: Reads) -> Result<Plain<ClassicStats>, Problem> {
    let (readmodel, asker, now) = (&request.app.readmodel, request.asker(), Utc::now());
    let totals = readmodel.totals(asker, now).await?;
    let counts = readmodel.count_findings(asker).await?;
    let uptime = readmodel.uptime(now).await?;
    Ok(Plain::new(&ClassicStats {
        active_sessions: totals.active_sessions,
        total_workspaces: totals.workspaces,
        total_users: totals.users,
        security_score: score(&counts),
        uptime: percent(uptime),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_has_a_decimal_where_it_needs_one() {
        let written = |up| percent(Uptime { minutes: 1000, up });
        assert_eq!([1000, 999, 990, 5, 0].map(written), ["100%", "99.9%", "99%", "0.5%", "0%"]);
    }
}
