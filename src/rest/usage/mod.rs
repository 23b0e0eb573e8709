//! `/organizations/{org}/usage` and `/organizations/{org}/billing`.

mod representation;

use aggregates::ids::ApiKeyId;
use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};

pub(crate) use self::representation::{Billing, UsagePeriod};
use crate::{
    billing::Bill,
    readmodel::usage::{Granularity, Month, Span},
    web::{
        Problem, Routes,
        extract::{In, Reads},
        fields::Fields,
        query::{Parameters, Query},
        reply::{Found, Whole},
        routes, streamed,
    },
};

const TAG: &str = "usage";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(usage)).routes(routes!(billing))
}

struct UsageParams {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    granularity: Granularity,
    key: Option<ApiKeyId>,
}

impl Parameters for UsageParams {
    fn read(query: &mut Query) -> Self {
        let from =
            "RFC 3339. The first period is the one that contains this time. The beginning of this month when absent.";
        let to = "RFC 3339, after `from`. The last period is the one that contains the moment before this time. The end \
                  of this month when absent.";
        let granularity = "`hour` for at most 31 days, `day` for at most 366 days, `month` for at most 10 years; `day` \
                           when absent.";
        Self {
            from: query.parsed("from", from, time),
            to: query.parsed("to", to, time),
            granularity: query.word("granularity", granularity).unwrap_or_default(),
            key: key(query),
        }
    }
}

fn time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(|_| "must be an RFC 3339 time")
}

fn key(query: &mut Query) -> Option<ApiKeyId> {
    let meaning = "The id of a key, to get the use of that one only.";
    query.parsed("api_key", meaning, |id| id.parse().map_err(|_| "must be the id of a key"))
}

/// Get the usage of an organization's API keys
///
/// By period and key, oldest first. Periods begin and end in UTC; those without use are left out. Use is counted within
/// a second. Needs the permission `usage:read`.
#[utoipa::path(get, path = "/organizations/{org}/usage", tag = TAG, operation_id = "get_usage")]
async fn usage(request: Reads<In, UsageParams>) -> Result<Whole<UsagePeriod>, Problem> {
    let asker = request.asker();
    let Reads { app, path: In(organization), query: UsageParams { from, to, granularity, key }, .. } = request;
    let span = span(granularity, from, to)?;
    let read = move |span| {
        let (readmodel, organization) = (app.readmodel.clone(), organization.clone());
        async move { readmodel.usage(asker, &organization, span, key).await }
    };
    let mut parts = span.parts().peekable();
    let first = if let Some(part) = parts.next() { read(part).await? } else { vec![] };
    let rest = parts.peek().is_some().then(|| stream::iter(parts).then(read));
    Ok(streamed::list(("[", "]"), first, rest, |period| serde_json::to_vec(&UsagePeriod::from(period))).into())
}

/// The only key that is meant, for the graph in the words of REST.
pub(crate) fn only(api_key: Option<String>) -> Result<Option<ApiKeyId>, Problem> {
    let mut query = Query::asking([("api_key", api_key)]);
    let only = key(&mut query);
    query.finish()?;
    Ok(only)
}

/// The periods that are asked for.
pub(crate) fn span(
    granularity: Granularity,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<Span, Problem> {
    let mut fields = Fields::default();
    let span = Span::new(granularity, from, to, Utc::now());
    let span = fields.check(if to.is_some() { "?to" } else { "?from" }, span);
    fields.finish(span)
}

struct BillingParams {
    month: Month,
}

impl Parameters for BillingParams {
    fn read(query: &mut Query) -> Self {
        let month =
            query.parsed("period", "A calendar month, UTC, such as `2026-01`; this month when absent.", str::parse);
        Self { month: month.unwrap_or_else(|| Month::of(Utc::now())) }
    }
}

/// Get the bill for a month
///
/// Priced by the plan that the organization has now. Each line names the events that it adds up; what is not recorded
/// yet is `pending`. Needs the permission `organization:billing`.
#[utoipa::path(get, path = "/organizations/{org}/billing", tag = TAG, operation_id = "get_billing")]
async fn billing(request: Reads<In, BillingParams>) -> Result<Found<Billing<'static>>, Problem> {
    let (In(organization), month) = (&request.path, request.query.month);
    let used = request.app.readmodel.month_of_use(request.asker(), organization, month).await?;
    let bill = Bill::new(month, &used, &request.app.prices);
    Ok(request.found_as(&Billing::from(&bill), bill.position()))
}

/// The month that is asked for, for the graph in the words of REST.
pub(crate) fn month(period: Option<String>) -> Result<Month, Problem> {
    let mut query = Query::asking([("period", period)]);
    let BillingParams { month } = BillingParams::read(&mut query);
    query.finish()?;
    Ok(month)
}
