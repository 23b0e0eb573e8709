//! What an organization's API keys were used for, and what that costs.

use std::sync::Arc;

use aggregates::authorization::Permission;
use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};

use super::{
    connections::cost,
    error::Fallible,
    organizations::{OrganizationPlan, Page, Parent, asked},
    scalars::Time,
    siblings,
};
use crate::{
    billing::{self, Bill},
    readmodel::usage::{Granularity, KeyTotals, Month, UsedPeriod},
    rest::{Problem, usage as rest},
};

/// What an organization uses.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Usage {
    running_agents: i64,
    /// In this calendar month, UTC.
    runtime_hours: f64,
    #[graphql(skip)]
    parent: Parent,
    #[graphql(skip)]
    siblings: Arc<siblings::Organizations>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Granularity")]
pub enum UsageGranularity {
    Hour,
    Day,
    Month,
}

/// A period in which API keys were used.
#[derive(Debug, SimpleObject)]
pub struct UsagePeriod {
    start: Time,
    /// The beginning of the next period.
    end: Time,
    /// Requests that the keys authenticated.
    requests: i64,
    /// How often they were verified.
    verifications: i64,
    keys: Vec<KeyUsage>,
}

/// What one key was used for.
#[derive(Debug, SimpleObject)]
pub struct KeyUsage {
    id: ID,
    requests: i64,
    verifications: i64,
}

/// What the use of a month costs.
#[derive(Debug, SimpleObject)]
pub struct Billing {
    period: BillingPeriod,
    plan: OrganizationPlan,
    /// ISO 4217. Amounts are in its minor unit.
    currency: String,
    lines: Vec<BillingLine>,
    /// The sum of the lines' amounts.
    total: i64,
}

/// A calendar month, UTC.
#[derive(Debug, SimpleObject)]
pub struct BillingPeriod {
    start: Time,
    /// The beginning of the next month.
    end: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "billing::Item")]
pub enum BillingItem {
    ApiRequests,
    KeyVerifications,
}

/// One item of a bill.
#[derive(Debug, SimpleObject)]
pub struct BillingLine {
    item: BillingItem,
    /// `recorded` and `pending` together.
    quantity: i64,
    /// What the plan has for nothing.
    included: i64,
    /// What is beyond that.
    billable: i64,
    /// Billed is every unit of so many that has begun.
    unit: i64,
    unit_price: i64,
    amount: i64,
    /// The sum over `events`.
    recorded: i64,
    /// Counted, and not recorded by an event yet.
    pending: i64,
    /// Positions of the `UsageRecorded` events that are summed, ascending.
    events: Vec<i64>,
}

impl Usage {
    pub(super) fn new(
        running_agents: i64,
        runtime_hours: f64,
        parent: Parent,
        siblings: &Arc<siblings::Organizations>,
    ) -> Self {
        Self { running_agents, runtime_hours, parent, siblings: Arc::clone(siblings) }
    }
}

/// Periods with use that a span has, as far as costs go: the days of a month.
const PERIODS: i32 = 30;

#[ComplexObject]
impl Usage {
    /// What API keys were used for, oldest first; periods without use are not shown. At most 31 days by the hour, 366 by
    /// the day, and 10 years by the month.
    #[graphql(complexity = "cost(PERIODS, child_complexity)")]
    async fn periods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its whole period is shown. The beginning of this month when absent.")] from: Option<Time>,
        #[graphql(desc = "The whole period of the last moment before it is shown. The end of this month when absent.")]
        to: Option<Time>,
        #[graphql(default_with = "UsageGranularity::Day")] granularity: UsageGranularity,
    ) -> Fallible<Vec<UsagePeriod>> {
        Some(periods(ctx, self, granularity.into(), from, to).await)
    }
}

async fn periods(
    ctx: &Context<'_>,
    usage: &Usage,
    granularity: Granularity,
    from: Option<Time>,
    to: Option<Time>,
) -> Result<Vec<UsagePeriod>> {
    usage.parent.allows(Permission::UsageRead).map_err(Problem::from)?;
    let span = rest::span(granularity, from.map(|time| time.0), to.map(|time| time.0))?;
    let found = usage.siblings.usage(ctx, usage.parent.id, span).await?;
    Ok(found.iter().map(UsagePeriod::from).collect())
}

pub(super) async fn billing_of(
    ctx: &Context<'_>,
    organization: Result<Page<'_>>,
    period: Option<String>,
) -> Result<Option<Billing>> {
    let (organization, (app, _)) = (organization?, asked(ctx)?);
    let month: Month = rest::month(period)?;
    let found = organization.siblings.month_of_use(ctx, organization.id, month).await?;
    Ok(found.map(|used| Billing::from(Bill::new(month, &used, &app.prices))))
}

impl From<&UsedPeriod> for UsagePeriod {
    fn from(period: &UsedPeriod) -> Self {
        let key = |used: &KeyTotals| KeyUsage {
            id: used.key.uuid().into(),
            requests: used.requests,
            verifications: used.verifications,
        };
        Self {
            start: Time(period.start),
            end: Time(period.end),
            requests: period.requests,
            verifications: period.verifications,
            keys: period.keys.iter().map(key).collect(),
        }
    }
}

impl From<Bill> for Billing {
    fn from(bill: Bill) -> Self {
        Self {
            period: BillingPeriod { start: Time(bill.month.start), end: Time(bill.month.end) },
            plan: bill.plan.into(),
            currency: bill.currency,
            lines: bill.lines.into_iter().map(BillingLine::from).collect(),
            total: bill.total,
        }
    }
}

impl From<billing::Line> for BillingLine {
    fn from(line: billing::Line) -> Self {
        let billing::Line { item, quantity, recorded, pending, events, billable, price, amount } = line;
        Self {
            item: item.into(),
            quantity,
            included: price.included,
            billable,
            unit: price.unit,
            unit_price: price.unit_price,
            amount,
            recorded,
            pending,
            events,
        }
    }
}
