//! The representations of use and of its price.

use aggregates::{ids::ApiKeyId, organization::Plan};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    billing::{Bill, Item, Line},
    readmodel::usage::{KeyTotals, UsedPeriod},
    web::{
        time::time,
        words::{self, Named},
    },
};

/// A period in which API keys were used.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsagePeriod {
    #[serde(serialize_with = "time")]
    pub start: DateTime<Utc>,
    /// The beginning of the next period.
    #[serde(serialize_with = "time")]
    pub end: DateTime<Utc>,
    /// Requests that the keys authenticated.
    pub requests: i64,
    /// How often they were verified.
    pub verifications: i64,
    pub keys: Vec<KeyUsage>,
}

/// What one key was used for.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyUsage {
    #[schema(value_type = Uuid)]
    pub id: ApiKeyId,
    pub requests: i64,
    pub verifications: i64,
}

/// What a month's use costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Billing<'a> {
    pub period: BillingPeriod,
    #[schema(schema_with = words::schema::<Plan>)]
    pub plan: Named<Plan>,
    /// An ISO 4217 code. Amounts are in its minor unit.
    #[schema(example = "USD")]
    pub currency: &'a str,
    pub lines: Vec<BillingLine<'a>>,
    /// The sum of the lines' amounts.
    pub total: i64,
}

/// A calendar month, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub struct BillingPeriod {
    #[serde(serialize_with = "time")]
    pub start: DateTime<Utc>,
    /// The beginning of the next month.
    #[serde(serialize_with = "time")]
    pub end: DateTime<Utc>,
}

/// One item of a bill.
#[derive(Debug, Serialize, ToSchema)]
pub struct BillingLine<'a> {
    #[schema(schema_with = words::schema::<Item>)]
    pub item: Named<Item>,
    /// `recorded` and `pending` together.
    pub quantity: i64,
    /// What the plan includes at no charge.
    pub included: i64,
    /// What goes beyond `included`.
    pub billable: i64,
    /// How many make one billed unit; a unit that has begun is billed in full.
    pub unit: i64,
    pub unit_price: i64,
    pub amount: i64,
    /// The sum over `events`.
    pub recorded: i64,
    /// Counted, but not yet recorded by an event.
    pub pending: i64,
    /// Positions of the `UsageRecorded` events that are added up, ascending.
    pub events: &'a [i64],
}

impl From<&UsedPeriod> for UsagePeriod {
    fn from(UsedPeriod { start, end, requests, verifications, keys }: &UsedPeriod) -> Self {
        let key =
            |&KeyTotals { key, requests, verifications }: &KeyTotals| KeyUsage { id: key, requests, verifications };
        Self {
            start: *start,
            end: *end,
            requests: *requests,
            verifications: *verifications,
            keys: keys.iter().map(key).collect(),
        }
    }
}

impl<'a> From<&'a Bill> for Billing<'a> {
    fn from(bill: &'a Bill) -> Self {
        Self {
            period: BillingPeriod { start: bill.month.start, end: bill.month.end },
            plan: Named(bill.plan),
            currency: &bill.currency,
            lines: bill.lines.iter().map(BillingLine::from).collect(),
            total: bill.total,
        }
    }
}

impl<'a> From<&'a Line> for BillingLine<'a> {
    fn from(line: &'a Line) -> Self {
        let Line { item, quantity, recorded, pending, ref events, billable, price, amount } = *line;
        Self {
            item: Named(item),
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
