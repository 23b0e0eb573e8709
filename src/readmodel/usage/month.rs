//! A month's use with the events that recorded it: what a bill is made of.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    ids::OrganizationId,
    organization::Plan,
};
use projections::row::One;

use super::{Month, by_period::spanned};
use crate::{
    database::{self, Arg},
    readmodel::{
        Error, Grouped, ReadModel,
        access::{Access, InOrganization, grouped},
        organizations::Reference,
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

/// `which` follows the table, which is `t`, and says what is meant.
fn parts(which: &str) -> String {
    format!(
        "(SELECT t.organization_id, t.position, t.requests, t.verifications FROM usage_records t {which} \
         UNION ALL SELECT t.organization_id, CAST({BUFFER} AS bigint), CAST(sum(t.requests) AS bigint), \
             CAST(sum(t.verifications) AS bigint) FROM usage_buffer t {which} GROUP BY t.organization_id)"
    )
}

/// $3 and $4 the ends of the month.
static OF_ONE: LazyLock<InOrganization> = LazyLock::new(|| {
    InOrganization::new(|organization| {
        let which = format!("WHERE t.organization_id = {organization} AND t.hour >= $3 AND t.hour < $4");
        format!(
            "SELECT {}, o.plan, p.position, p.requests, p.verifications {} \
             LEFT JOIN {} p ON p.organization_id = o.id WHERE o.id = {organization} ORDER BY p.position",
            Access::columns(),
            Access::from("organizations o", "$1"),
            parts(&which),
        )
    })
});

static OF_MANY: LazyLock<String> = LazyLock::new(|| {
    let which = "JOIN {batch} b ON b.id = t.organization_id AND t.hour >= b.since AND t.hour < b.until";
    format!(
        "SELECT {}, o.id, o.plan, p.position, p.requests, p.verifications {} \
         LEFT JOIN {} p ON p.organization_id = o.id ORDER BY p.position",
        Access::columns(),
        Access::from("{batch} k JOIN organizations o ON o.id = k.id", "k.asker"),
        parts(which),
    )
});

const READ: Permission = Permission::OrganizationBilling;

impl ReadModel {
    /// A month's use of an organization.
    pub async fn month_of_use(
        &self,
        asker: Asker,
        organization: &Reference,
        month: Month,
    ) -> Result<MonthOfUse, Error> {
        let args = [Arg::from(&month.start), Arg::from(&month.end)];
        let found = OF_ONE.fetch(self, asker, organization, READ, args).await?;
        put_together(found).ok_or(Error::NotFound)
    }

    /// A month's use of several organizations, in one statement.
    pub async fn months_of_use(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        month: Month,
    ) -> Result<Grouped<OrganizationId, MonthOfUse>, database::Error> {
        let batch = spanned(asker, organizations, month.start, month.end, &[]);
        let found: Vec<(Access, One<OrganizationId>, Option<PartColumns>)> =
            self.database.fetch_batch(&OF_MANY, batch).await?;
        let whole = |(id, rows): (_, Result<Vec<PartColumns>, _>)| {
            (id, rows.map(|rows| put_together(rows).into_iter().collect()))
        };
        Ok(grouped(asker, READ, found).into_iter().map(whole).collect())
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
