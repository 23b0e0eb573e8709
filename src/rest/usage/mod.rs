//! `/organizations/{org}/usage` and `/organizations/{org}/billing`.

mod representation;

use aggregates::ids::ApiKeyId;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

pub(crate) use self::representation::{Billing, UsagePeriod};
use crate::{
    billing::Bill,
    readmodel::{
        organizations::Reference,
        usage::{BadMonth, BadSpan, Granularity, Month, Span},
    },
    web::{
        App, Problem, Routes,
        extract::{Caller, Query},
        fields::Fields,
        problem::ProblemDocument,
        reply, streamed,
    },
};

const TAG: &str = "usage";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(usage)).routes(routes!(billing))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UsageParams {
    /// RFC 3339. The first period is the one that contains this time. The beginning of this month when absent.
    #[param(example = "2026-01-01T00:00:00Z")]
    from: Option<String>,
    /// RFC 3339, after `from`. The last period is the one that contains the moment before this time. The end of this
    /// month when absent.
    #[param(example = "2026-02-01T00:00:00Z")]
    to: Option<String>,
    /// `hour` (at most 31 days), `day` (at most 366 days) or `month` (at most 10 years); `day` when absent.
    granularity: Option<String>,
    /// The id of a key, to get the use of that one only.
    api_key: Option<String>,
}

/// Get the usage of an organization's API keys
///
/// By period and key, oldest first. Periods begin and end in UTC; those without use are left out. Use is counted within
/// a second. Needs the permission `usage:read`.
#[utoipa::path(
    get, path = "/organizations/{org}/usage", tag = TAG, operation_id = "get_usage",
    params(("org" = String, Path, description = "Id, slug or old slug"), UsageParams),
    responses(
        (status = 200, body = Vec<UsagePeriod>),
        (status = 422, description = "A parameter is not valid", body = ProblemDocument),
    ),
)]
async fn usage(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(params): Query<UsageParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let UsageParams { from, to, granularity, api_key } = params;
    let mut fields = Fields::default();
    let from = fields.optional("?from", from, time);
    let to = fields.optional("?to", to, time);
    let granularity = fields.optional("?granularity", granularity, |word| word.parse::<Granularity>());
    let key = fields.optional("?api_key", api_key, key);
    fields.finish(Some(()))?;
    let span = span(granularity.unwrap_or_default(), from, to)?;
    let (asker, organization) = (caller.asker(), Reference::parse(&org));
    let read = move |span| {
        let (readmodel, organization) = (app.readmodel.clone(), organization.clone());
        async move { readmodel.usage(asker, &organization, span, key).await }
    };
    let mut parts = span.parts().peekable();
    let first = if let Some(part) = parts.next() { read(part).await? } else { vec![] };
    let rest = parts.peek().is_some().then(|| stream::iter(parts).then(read));
    Ok(streamed::list(("[", "]"), first, rest, |period| serde_json::to_vec(&UsagePeriod::from(period))))
}

fn time(text: String) -> Result<DateTime<Utc>, &'static str> {
    DateTime::parse_from_rfc3339(&text).map(|time| time.to_utc()).map_err(|_| "must be an RFC 3339 time")
}

fn key(id: String) -> Result<ApiKeyId, &'static str> {
    id.parse().map_err(|_| "must be the id of a key")
}

/// The only key that is meant, as REST and GraphQL take it.
pub(crate) fn only(api_key: Option<String>) -> Result<Option<ApiKeyId>, Problem> {
    let mut fields = Fields::default();
    let only = fields.optional("?api_key", api_key, key);
    fields.finish(Some(only))
}

/// The periods that are asked for, the same way.
pub(crate) fn span(
    granularity: Granularity,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<Span, Problem> {
    let mut fields = Fields::default();
    let span: Result<Span, BadSpan> = Span::new(granularity, from, to, Utc::now());
    let span = fields.check(if to.is_some() { "?to" } else { "?from" }, span);
    fields.finish(span)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BillingParams {
    /// A calendar month, UTC; this month when absent.
    #[param(example = "2026-01")]
    period: Option<String>,
}

/// Get the bill for a month
///
/// Priced by the plan that the organization has now. Each line names the events that it adds up; what is not recorded
/// yet is `pending`. Needs the permission `organization:billing`.
#[utoipa::path(
    get, path = "/organizations/{org}/billing", tag = TAG, operation_id = "get_billing",
    params(("org" = String, Path, description = "Id, slug or old slug"), BillingParams),
    responses(
        (status = 200, body = Billing),
        (status = 422, description = "The period is not a month", body = ProblemDocument),
    ),
)]
async fn billing(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(BillingParams { period }): Query<BillingParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let month = month(period)?;
    let used = app.readmodel.month_of_use(caller.asker(), &Reference::parse(&org), month).await?;
    let bill = Bill::new(month, &used, &app.prices);
    reply::resource(&headers, &Billing::from(&bill), bill.position())
}

/// The month that is asked for, or this one.
pub(crate) fn month(period: Option<String>) -> Result<Month, Problem> {
    let mut fields = Fields::default();
    let month: Result<Month, BadMonth> = period.map_or_else(|| Ok(Month::of(Utc::now())), |text| text.parse());
    let month = fields.check("?period", month);
    fields.finish(month)
}
