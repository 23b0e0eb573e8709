//! Use by period and key.

use std::collections::BTreeMap;

use aggregates::{
    authorization::{Asker, Permission},
    ids::{ApiKeyId, OrganizationId},
};
use chrono::{DateTime, Utc};
use projections::row::One;

use super::{Granularity, Span};
use crate::{
    database,
    readmodel::{
        Error, Grouped, ReadModel,
        organizations::Reference,
        within::{Args, Whole},
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

const USES: Whole = Whole {
    permission: Permission::UsageRead,
    alias: "u",
    columns: "u.begun, u.api_key_id, u.requests, u.verifications",
    order: "u.begun, u.api_key_id",
};

/// Recorded hours, put together by their own beginning or their day's, and those of the buffer, which are few.
fn uses(span: Span, key: Option<ApiKeyId>) -> impl FnOnce(&str, &mut Args) -> String {
    move |of, args| {
        let begun = match span.granularity {
            Granularity::Hour => "hour",
            Granularity::Day | Granularity::Month => "day",
        };
        let (from, to) = (args.bind(&span.from), args.bind(&span.to));
        let only = key.map(|key| format!("AND t.api_key_id = {}", args.bind(&key))).unwrap_or_default();
        let meant = format!("WHERE t.organization_id {of} AND t.hour >= {from} AND t.hour < {to} {only}");
        format!(
            "(SELECT organization_id, begun, api_key_id, CAST(sum(requests) AS bigint) AS requests, \
                 CAST(sum(verifications) AS bigint) AS verifications \
             FROM (SELECT t.organization_id, t.{begun} AS begun, t.api_key_id, t.requests, t.verifications \
                     FROM usage_hours t {meant} \
                 UNION ALL SELECT t.organization_id, t.hour, t.api_key_id, t.requests, t.verifications \
                     FROM usage_buffer t {meant}) c \
             GROUP BY organization_id, begun, api_key_id)"
        )
    }
}

impl ReadModel {
    /// The periods of a span in which anything was used, oldest first.
    pub async fn usage(
        &self,
        asker: Asker,
        organization: &Reference,
        span: Span,
        key: Option<ApiKeyId>,
    ) -> Result<Vec<UsedPeriod>, Error> {
        let found: Vec<Option<UseColumns>> = USES.one(self, asker, organization, uses(span, key)).await?;
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
        let found = USES.of_each(self, asker, organizations, uses(span, key)).await?;
        let whole = |(id, rows): (_, Result<Vec<Option<UseColumns>>, _>)| {
            (id, rows.map(|rows| periods(span.granularity, rows.into_iter().flatten())))
        };
        Ok(found.into_iter().map(whole).collect())
    }
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
