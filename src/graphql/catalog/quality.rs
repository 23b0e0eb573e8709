//! Quality checks: those of a space, and what they found.

use std::sync::Arc;

use aggregates::{
    authorization::Asker,
    catalog::quality_check,
    ids::{QualityCheckId, SpaceId},
};
use async_graphql::{
    ComplexObject, Context, Enum, ID, InputValueError, InputValueResult, Result, Scalar, ScalarType, SimpleObject,
    Value,
};

use crate::{
    database,
    graphql::{
        archived::{StatusFilter, archived},
        connections::{DEFAULT_FIRST, Nodes, cost, list, nodes},
        error::Fallible,
        organizations::asked,
        scalars::Time,
        siblings::{Belonging, Newest, Siblings, all_together, together},
        spaces::{Space, SpaceSummary},
    },
    readmodel::{
        Grouped, ReadModel,
        catalog::quality::{QualityCheckFilter, QualityCheckView, QualityResultView},
        spaces::SpaceReference,
    },
    web::{Code, Problem},
};

/// How much it matters when a check is not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "quality_check::Severity")]
pub enum Severity {
    Warning,
    Error,
    Critical,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "quality_check::Outcome", name = "QualityOutcome")]
pub enum Outcome {
    Passed,
    Warning,
    Failed,
    /// It could not be measured.
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum QualityCheckStatus {
    Active,
    Archived,
}

#[derive(Debug, Clone)]
pub struct Measured(quality_check::Measured);

/// What was measured: a string, or an integer of 64 bits.
#[Scalar(name = "Measured")]
impl ScalarType for Measured {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(quality_check::Measured::Text(text))),
            Value::Number(number) if number.is_i64() => {
                Ok(Self(quality_check::Measured::Integer(number.as_i64().unwrap_or_default())))
            }
            value => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        match &self.0 {
            quality_check::Measured::Text(text) => Value::String(text.clone()),
            quality_check::Measured::Integer(integer) => Value::Number((*integer).into()),
        }
    }
}

/// A rule that a product is measured by.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct QualityCheck {
    /// A UUID, which `node` takes too.
    pub id: ID,
    space: SpaceSummary,
    /// The product that it measures.
    product_id: ID,
    name: String,
    description: Option<String>,
    severity: Severity,
    status: QualityCheckStatus,
    /// Of the result that counts, the latest that is not ignored; null where there is none.
    outcome: Option<Outcome>,
    /// What was measured then.
    value: Option<Measured>,
    /// How many results there are, ignored ones too.
    result_count: i64,
    /// Of the latest of them.
    last_result_at: Option<Time>,
    created_at: Time,
    /// A result leaves it as it is.
    updated_at: Time,
    #[graphql(skip)]
    check: QualityCheckId,
    /// Checks that were found with this one.
    #[graphql(skip)]
    siblings: Arc<Siblings<QualityCheckId>>,
}

impl QualityCheck {
    /// A check that was found by itself.
    pub fn alone(view: &QualityCheckView) -> Self {
        Self::new(view, &Siblings::new(vec![view.check.id]))
    }

    pub(super) fn new(view: &QualityCheckView, siblings: &Arc<Siblings<QualityCheckId>>) -> Self {
        let QualityCheckView { check, space } = view;
        let archived = check.archived_at.is_some();
        Self {
            id: check.id.uuid().into(),
            space: space.into(),
            product_id: check.product_id.uuid().into(),
            name: check.name.clone(),
            description: check.description.clone(),
            severity: check.severity.into(),
            status: if archived { QualityCheckStatus::Archived } else { QualityCheckStatus::Active },
            outcome: check.outcome.map(Into::into),
            value: view.value().map(Measured),
            result_count: check.results,
            last_result_at: check.last_result_at.map(Time),
            created_at: Time(check.created_at),
            updated_at: Time(check.updated_at),
            check: check.id,
            siblings: Arc::clone(siblings),
        }
    }
}

/// What a check found once.
#[derive(Debug, SimpleObject)]
pub struct QualityResult {
    /// 1, 2, 3, … for each check.
    number: i64,
    outcome: Outcome,
    /// What was measured.
    value: Option<Measured>,
    /// Whether it counts for nothing.
    ignored: bool,
    /// Whoever recorded it, or is responsible for the key that did.
    recorded_by: ID,
    recorded_at: Time,
}

impl From<&QualityResultView> for QualityResult {
    fn from(view: &QualityResultView) -> Self {
        let row = &view.0;
        Self {
            number: row.number,
            outcome: row.outcome.into(),
            value: view.value().map(Measured),
            ignored: row.ignored,
            recorded_by: row.recorded_by.uuid().into(),
            recorded_at: Time(row.recorded_at),
        }
    }
}

#[ComplexObject]
impl QualityCheck {
    /// What it found, newest first, with what is ignored.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
    ) -> Fallible<Nodes<QualityResult>> {
        Some(results(ctx, self, first, after).await)
    }
}

async fn results(
    ctx: &Context<'_>,
    check: &QualityCheck,
    first: i32,
    after: Option<String>,
) -> Result<Nodes<QualityResult>> {
    let (app, asker) = asked(ctx)?;
    let ((), list) = list(ctx, format!("/quality/{}/results", check.check), [], (first, after))?;
    let rows = if list.goes_on() {
        let found = app.readmodel.quality_results(asker, check.check, list.page(), false).await;
        found.map_err(Problem::from)?.ok_or_else(|| Problem::new(Code::QualityCheckNotFound))?.rows
    } else {
        check.siblings.load(ctx, check.check, Newest { filter: (), most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.0.id.uuid(), QualityResult::from))
}

impl Belonging<QualityCheckId> for Newest<()> {
    type Row = QualityResultView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[QualityCheckId],
    ) -> Result<Grouped<QualityCheckId, QualityResultView>, database::Error> {
        readmodel.results_of_checks(asker, of, self.most).await
    }
}

/// Checks, each with all that were found.
impl Belonging<SpaceId> for Newest<QualityCheckFilter> {
    type Row = (QualityCheckView, Arc<Siblings<QualityCheckId>>);

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[SpaceId],
    ) -> Result<Grouped<SpaceId, Self::Row>, database::Error> {
        let found = readmodel.quality_checks_of(asker, of, &self.filter, self.most).await?;
        Ok(all_together(found, |view| view.check.id))
    }
}

/// Those of a space.
pub async fn of(
    ctx: &Context<'_>,
    space: &Space,
    (first, after): (i32, Option<String>),
    status: Option<StatusFilter>,
    product: Option<ID>,
) -> Result<Nodes<QualityCheck>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/spaces/{}/quality", space.space);
    let filters = [("status", archived(status)), ("product_id", product.map(|id| id.to_string()))];
    let (filter, list) = list::<QualityCheckFilter>(ctx, path, filters, (first, after))?;
    let rows = if list.goes_on() {
        let reference = SpaceReference::Id(space.space);
        let found = app.readmodel.quality_checks(asker, &reference, &filter, list.page(), false).await;
        together(found.map_err(Problem::from)?.rows, |view| view.check.id)
    } else {
        space.siblings.load(ctx, space.space, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |(view, _)| view.check.id.uuid(), |(view, siblings)| QualityCheck::new(view, siblings)))
}
