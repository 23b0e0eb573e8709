//! What the organizations of an asker have together.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    organization::Plan,
};
use chrono::{DateTime, Utc};
use projections::row::One;

use super::{
    ReadModel,
    sessions::GOING_ON,
    within::{Across, Args, Reached},
};
use crate::database::Error;

/// Numbers over all organizations that the asker may read and that are not deleted; for superadmins, over all there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Of the active members; for superadmins of everybody.
    pub active_sessions: i64,
    /// How many there may be.
    pub workspaces: i64,
    /// Active members, each once.
    pub users: i64,
}

static READABLE: LazyLock<Across> = LazyLock::new(|| Across::new(Permission::OrganizationRead));

impl ReadModel {
    pub async fn totals(&self, asker: Asker, now: DateTime<Utc>) -> Result<Totals, Error> {
        let mut args = Args::default();
        // $1 of the sessions that go on.
        args.bind(&now);
        let Reached { place, condition, .. } = READABLE.reached(asker, &mut args);
        let plans = [Plan::Free, Plan::Pro, Plan::Enterprise];
        let plans = plans.map(|plan| format!("WHEN '{}' THEN {}", plan.as_str(), plan.limits().max_workspaces));
        let allocated = format!("CASE o.plan {} END", plans.join(" "));
        let whose = if asker.operates() { "" } else { "JOIN people p ON p.user_id = s.user_id" };
        let sql = format!(
            "WITH seen AS (SELECT o.id FROM organizations o {place} WHERE {condition} AND o.status <> 'deleted'), \
                 people AS (SELECT DISTINCT a.user_id FROM seen \
                     JOIN memberships a ON a.organization_id = seen.id AND a.status = 'active') \
             SELECT (SELECT count(*) FROM sessions s {whose} {GOING_ON}), \
                 (SELECT CAST(COALESCE(sum(COALESCE(o.max_workspaces, {allocated})), 0) AS bigint) FROM seen \
                     JOIN organizations o ON o.id = seen.id), \
                 (SELECT count(*) FROM people)"
        );
        let found: Option<(One<i64>, One<i64>, One<i64>)> = self.database.fetch_optional(&sql, args.as_slice()).await?;
        let totals =
            |(One(active_sessions), One(workspaces), One(users))| Totals { active_sessions, workspaces, users };
        Ok(found.map(totals).unwrap_or_default())
    }
}
