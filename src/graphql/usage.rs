//! What an organization's API keys were used for, and what that costs.

use std::sync::Arc;

use aggregates::{
    authorization::Asker,
    ids::{ApiKeyId, OrganizationId},
};
use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};

use super::{
    connections::{checked, cost, cost_of},
    error::Fallible,
    organizations::{OrganizationPlan, Page, asked},
    scalars::Time,
    siblings::{Belonging, Siblings},
};
use crate::{
    billing::{self, Bill},
    database,
    readmodel::{
        Grouped, ReadModel,
        usage::{Granularity, KeyTotals, Month, MonthOfUse, Span, UsedPeriod},
    },
    rest::usage as rest,
    web::{Code, Problem},
};

/// What an organization uses.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Usage {
    running_agents: i64,
    /// In this calendar month, UTC.
    runtime_hours: f64,
    #[graphql(skip)]
    organization: OrganizationId,
    #[graphql(skip)]
    siblings: Arc<Siblings<OrganizationId>>,
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
#[graphql(complex)]
pub struct UsagePeriod {
    start: Time,
    /// The beginning of the next period.
    end: Time,
    /// Requests that the keys authenticated.
    requests: i64,
    /// How often they were verified.
    verifications: i64,
    #[graphql(skip)]
    used: Vec<KeyTotals>,
}

/// What one key was used for.
#[derive(Debug, SimpleObject)]
pub struct KeyUsage {
    id: ID,
    requests: i64,
    verifications: i64,
}

/// What a month's use costs.
#[derive(Debug, SimpleObject)]
pub struct Billing {
    period: BillingPeriod,
    plan: OrganizationPlan,
    /// An ISO 4217 code. Amounts are in its minor unit.
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
    /// What the plan includes at no charge.
    included: i64,
    /// What goes beyond `included`.
    billable: i64,
    /// How many make one billed unit; a unit that has begun is billed in full.
    unit: i64,
    unit_price: i64,
    amount: i64,
    /// The sum over `events`.
    recorded: i64,
    /// Counted, but not yet recorded by an event.
    pending: i64,
    /// Positions of the `UsageRecorded` events that are added up, ascending.
    events: Vec<i64>,
}

impl Usage {
    pub(super) fn new(
        running_agents: i64,
        runtime_hours: f64,
        organization: OrganizationId,
        siblings: &Arc<Siblings<OrganizationId>>,
    ) -> Self {
        Self { running_agents, runtime_hours, organization, siblings: Arc::clone(siblings) }
    }
}

/// What periods cost: their fields once for each that the span has. A span that is not valid is refused anyway.
fn cost_of_periods(granularity: UsageGranularity, from: Option<Time>, to: Option<Time>, of_a_period: usize) -> usize {
    let span = rest::span(granularity.into(), from.map(|time| time.0), to.map(|time| time.0));
    cost_of(span.map_or(0, Span::count), of_a_period)
}

/// Keys of a period where the query does not say. All fields of a month by the day cost no more than a query may.
const DEFAULT_KEYS: i32 = 8;

#[ComplexObject]
impl Usage {
    /// What API keys were used for, oldest first; periods without use are left out. At most 31 days by the hour, 366
    /// days by the day and 10 years by the month. Its fields count towards the limit of a query once for each period
    /// between `from` and `to`.
    #[graphql(complexity = "cost_of_periods(granularity, from, to, child_complexity)")]
    async fn periods(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The first period is the one that contains this time. The beginning of this month when absent."
        )]
        from: Option<Time>,
        #[graphql(
            desc = "The last period is the one that contains the moment before this time. The end of this month when absent."
        )]
        to: Option<Time>,
        #[graphql(default_with = "UsageGranularity::Day")] granularity: UsageGranularity,
        #[graphql(desc = "The id of a key, to get the use of that one only.")] api_key: Option<ID>,
    ) -> Fallible<Vec<UsagePeriod>> {
        Some(periods(ctx, self, granularity.into(), from, to, api_key).await)
    }
}

#[ComplexObject]
impl UsagePeriod {
    /// By key, in the order of their ids, which is the order of their creation.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn keys(
        &self,
        #[graphql(default_with = "DEFAULT_KEYS", desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The id of a key; the ones after it are listed.")] after: Option<ID>,
    ) -> Fallible<Vec<KeyUsage>> {
        Some(keys(&self.used, first, after))
    }
}

fn keys(used: &[KeyTotals], first: i32, after: Option<ID>) -> Result<Vec<KeyUsage>> {
    let first = usize::try_from(checked(first)?)?;
    let unknown = |_| Problem::with_detail(Code::Invalid, "after must be the id of a key");
    let after: Option<ApiKeyId> = after.map(|id| id.parse()).transpose().map_err(unknown)?;
    let rest = used.iter().filter(|used| after.is_none_or(|after| used.key > after));
    Ok(rest.take(first).map(KeyUsage::from).collect())
}

/// The periods in which keys, or only this one, were used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Periods {
    span: Span,
    only: Option<ApiKeyId>,
}

impl Belonging<OrganizationId> for Periods {
    type Row = UsedPeriod;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, UsedPeriod>, database::Error> {
        readmodel.usage_of(asker, of, self.span, self.only).await
    }
}

impl Belonging<OrganizationId> for Month {
    type Row = MonthOfUse;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, MonthOfUse>, database::Error> {
        readmodel.months_of_use(asker, of, *self).await
    }
}

async fn periods(
    ctx: &Context<'_>,
    usage: &Usage,
    granularity: Granularity,
    from: Option<Time>,
    to: Option<Time>,
    api_key: Option<ID>,
) -> Result<Vec<UsagePeriod>> {
    let span = rest::span(granularity, from.map(|time| time.0), to.map(|time| time.0))?;
    let only = rest::only(api_key.map(|id| id.0))?;
    let found = usage.siblings.load(ctx, usage.organization, Periods { span, only }).await?;
    Ok(found.into_iter().map(UsagePeriod::from).collect())
}

pub(super) async fn billing_of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    period: Option<String>,
) -> Result<Option<Billing>> {
    let (app, _) = asked(ctx)?;
    let month: Month = rest::month(period)?;
    let found = organization.load(ctx, month).await?;
    Ok(found.first().map(|used| Billing::from(Bill::new(month, used, &app.prices))))
}

impl From<UsedPeriod> for UsagePeriod {
    fn from(UsedPeriod { start, end, requests, verifications, keys }: UsedPeriod) -> Self {
        Self { start: Time(start), end: Time(end), requests, verifications, used: keys }
    }
}

impl From<&KeyTotals> for KeyUsage {
    fn from(used: &KeyTotals) -> Self {
        Self { id: used.key.uuid().into(), requests: used.requests, verifications: used.verifications }
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
