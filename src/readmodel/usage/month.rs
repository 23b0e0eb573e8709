//! A month's use with the events that recorded it: what a bill is made of.

use aggregates::{
    authorization::{Asker, Permission},
    ids::OrganizationId,
    organization::Plan,
};
use projections::row::One;

use super::Month;
use crate::{
    database,
    readmodel::{
        Error, Grouped, ReadModel,
        organizations::Reference,
        within::{Args, Whole},
    },
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOfUse {
    /// The plan that the organization has now.
    pub plan: Plan,
    /// In the order of their positions.
    pub recorded: Vec<RecordedUse>,
    /// Requests that are counted and not recorded yet.
    pub pending_requests: i64,
    /// Verifications that are counted and not recorded yet.
    pub pending_verifications: i64,
}

/// What one event recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedUse {
    pub position: i64,
    pub requests: i64,
    pub verifications: i64,
}

/// The plan, and a position with requests and verifications.
type PartColumns = (One<Plan>, Option<(One<i64>, One<i64>, One<i64>)>);

/// Where events have positions, the sum of the buffer has this.
const BUFFER: i64 = 0;

const PARTS: Whole = Whole {
    permission: Permission::OrganizationBilling,
    alias: "p",
    columns: "o.plan, p.position, p.requests, p.verifications",
    order: "p.position",
};

fn parts(month: Month) -> impl FnOnce(&str, &mut Args) -> String {
    move |of, args| {
        let (start, end) = (args.bind(&month.start), args.bind(&month.end));
        let meant = format!("WHERE t.organization_id {of} AND t.hour >= {start} AND t.hour < {end}");
        format!(
            "(SELECT t.organization_id, t.position, t.requests, t.verifications FROM usage_records t {meant} \
             UNION ALL SELECT t.organization_id, CAST({BUFFER} AS bigint), CAST(sum(t.requests) AS bigint), \
                 CAST(sum(t.verifications) AS bigint) FROM usage_buffer t {meant} GROUP BY t.organization_id)"
        )
    }
}

impl ReadModel {
    /// A month's use of an organization.
    pub async fn month_of_use(
        &self,
        asker: Asker,
        organization: &Reference,
        month: Month,
    ) -> Result<MonthOfUse, Error> {
        put_together(PARTS.one(self, asker, organization, parts(month)).await?).ok_or(Error::NotFound)
    }

    /// A month's use of several organizations, in one statement.
    pub async fn months_of_use(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        month: Month,
    ) -> Result<Grouped<OrganizationId, MonthOfUse>, database::Error> {
        let found = PARTS.of_each(self, asker, organizations, parts(month)).await?;
        let whole = |(id, rows): (_, Result<Vec<PartColumns>, _>)| {
            (id, rows.map(|rows| put_together(rows).into_iter().collect()))
        };
        Ok(found.into_iter().map(whole).collect())
    }
}

/// The rows of one organization; it has at least one.
fn put_together(found: Vec<PartColumns>) -> Option<MonthOfUse> {
    let One(plan) = found.first()?.0;
    let mut month = MonthOfUse { plan, recorded: vec![], pending_requests: 0, pending_verifications: 0 };
    for (One(position), One(requests), One(verifications)) in found.into_iter().filter_map(|(_, part)| part) {
        if position == BUFFER {
            (month.pending_requests, month.pending_verifications) = (requests, verifications);
        } else {
            month.recorded.push(RecordedUse { position, requests, verifications });
        }
    }
    Some(month)
}
