//! Use by period and key.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use aggregates::{
    authorization::{Asker, Permission},
    ids::{ApiKeyId, OrganizationId},
};
use chrono::{DateTime, Utc};
use projections::row::{Field, Kind, One, Value};

use super::{Granularity, Span};
use crate::{
    database::{self, Arg, Batch},
    readmodel::{
        Error, Grouped, ReadModel,
        access::{Access, InOrganization, grouped},
        organizations::Reference,
    },
};

/// A period in which something was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedPeriod {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub requests: i64,
    pub verifications: i64,
    /// In the order of their ids, which is that of their creation.
    pub keys: Vec<KeyTotals>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTotals {
    pub key: ApiKeyId,
    pub requests: i64,
    pub verifications: i64,
}

/// When it began, the key, and what it was used for.
type UseColumns = (One<DateTime<Utc>>, One<ApiKeyId>, One<i64>, One<i64>);

/// The columns of a used period, outside of what reads them.
const USE: &str = "u.begun, u.api_key_id, u.requests, u.verifications";

/// Recorded hours, put together by their own beginning or their day's, and those of the buffer, which are few. `which`
/// follows the table, which is `t`, and says what is meant.
fn uses(column: &str, which: &str) -> String {
    format!(
        "(SELECT organization_id, begun, api_key_id, CAST(sum(requests) AS bigint) AS requests, \
             CAST(sum(verifications) AS bigint) AS verifications \
         FROM (SELECT t.organization_id, t.{column} AS begun, t.api_key_id, t.requests, t.verifications \
                 FROM usage_hours t {which} \
             UNION ALL SELECT t.organization_id, t.hour, t.api_key_id, t.requests, t.verifications \
                 FROM usage_buffer t {which}) c \
         GROUP BY organization_id, begun, api_key_id)"
    )
}

/// $3 and $4 the ends of the span, $5 the only key that is meant.
fn one(column: &str) -> InOrganization {
    InOrganization::new(|organization| {
        let which = format!(
            "WHERE t.organization_id = {organization} AND t.hour >= $3 AND t.hour < $4 \
             AND ($5 IS NULL OR t.api_key_id = $5)"
        );
        format!(
            "SELECT {}, {USE} {} LEFT JOIN {} u ON u.organization_id = o.id WHERE o.id = {organization} \
             ORDER BY u.begun, u.api_key_id",
            Access::columns(),
            Access::from("organizations o", "$1"),
            uses(column, &which),
        )
    })
}

static BY_HOUR: LazyLock<InOrganization> = LazyLock::new(|| one("hour"));
static BY_DAY: LazyLock<InOrganization> = LazyLock::new(|| one("day"));

fn many(column: &str) -> String {
    let which = "JOIN {batch} b ON b.id = t.organization_id AND t.hour >= b.since AND t.hour < b.until \
                 AND (b.api_key_id IS NULL OR t.api_key_id = b.api_key_id)";
    format!(
        "SELECT {}, o.id, {USE} {} LEFT JOIN {} u ON u.organization_id = o.id ORDER BY u.begun, u.api_key_id",
        Access::columns(),
        Access::from("{batch} k JOIN organizations o ON o.id = k.id", "k.asker"),
        uses(column, which),
    )
}

static OF_MANY_BY_HOUR: LazyLock<String> = LazyLock::new(|| many("hour"));
static OF_MANY_BY_DAY: LazyLock<String> = LazyLock::new(|| many("day"));

const READ: Permission = Permission::UsageRead;

impl ReadModel {
    /// The periods of a span in which anything was used, oldest first.
    pub async fn usage(
        &self,
        asker: Asker,
        organization: &Reference,
        span: Span,
        key: Option<ApiKeyId>,
    ) -> Result<Vec<UsedPeriod>, Error> {
        let query = match span.granularity {
            Granularity::Hour => &BY_HOUR,
            Granularity::Day | Granularity::Month => &BY_DAY,
        };
        let args = [Arg::from(&span.from), Arg::from(&span.to), Arg::from(&key)];
        let found: Vec<Option<UseColumns>> = query.fetch(self, asker, organization, READ, args).await?;
        Ok(periods(span.granularity, found.into_iter().flatten()))
    }

    /// The periods of a span in which anything was used, of several organizations in one statement.
    pub async fn usage_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        span: Span,
        key: Option<ApiKeyId>,
    ) -> Result<Grouped<OrganizationId, UsedPeriod>, database::Error> {
        let sql = match span.granularity {
            Granularity::Hour => &OF_MANY_BY_HOUR,
            Granularity::Day | Granularity::Month => &OF_MANY_BY_DAY,
        };
        let key = [("api_key_id", Kind::Uuid, key.to_value())];
        let batch = spanned(asker, organizations, span.from, span.to, &key);
        let found: Vec<(Access, One<OrganizationId>, Option<UseColumns>)> =
            self.database.fetch_batch(sql, batch).await?;
        let found: HashMap<_, _> = grouped(asker, READ, found);
        let whole =
            |(id, rows): (_, Result<Vec<UseColumns>, _>)| (id, rows.map(|rows| periods(span.granularity, rows)));
        Ok(found.into_iter().map(whole).collect())
    }
}

/// Organizations, each with who asks, from when to when, and what narrows that down.
pub(super) fn spanned(
    asker: Asker,
    organizations: &[OrganizationId],
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    filters: &[(&'static str, Kind, Value)],
) -> Batch {
    let asker = asker.user().to_value();
    let row = |id: &OrganizationId| {
        let own = [id.to_value(), asker.clone(), Value::Time(since), Value::Time(until)];
        own.into_iter().chain(filters.iter().map(|(_, _, value)| value.clone())).collect()
    };
    let columns = [("id", Kind::Uuid), ("asker", Kind::Uuid), ("since", Kind::Time), ("until", Kind::Time)];
    let columns: Vec<_> = columns.into_iter().chain(filters.iter().map(|(name, kind, _)| (*name, *kind))).collect();
    Batch::new(&columns, organizations.iter().map(row).collect())
}

/// Puts rows together that lie in one period.
fn periods(granularity: Granularity, found: impl IntoIterator<Item = UseColumns>) -> Vec<UsedPeriod> {
    let mut periods: BTreeMap<DateTime<Utc>, BTreeMap<ApiKeyId, (i64, i64)>> = BTreeMap::new();
    for (One(begun), One(key), One(requests), One(verifications)) in found {
        let sums = periods.entry(granularity.start(begun)).or_default().entry(key).or_default();
        *sums = (sums.0 + requests, sums.1 + verifications);
    }
    let period = |(start, keys): (DateTime<Utc>, BTreeMap<ApiKeyId, (i64, i64)>)| UsedPeriod {
        start,
        end: granularity.end(start).unwrap_or(start),
        requests: keys.values().map(|(requests, _)| requests).sum(),
        verifications: keys.values().map(|(_, verifications)| verifications).sum(),
        keys: keys
            .into_iter()
            .map(|(key, (requests, verifications))| KeyTotals { key, requests, verifications })
            .collect(),
    };
    periods.into_iter().map(period).collect()
}
