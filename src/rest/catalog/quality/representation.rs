//! The representations of a quality check, and of what it found.

use aggregates::{
    catalog::quality_check::{Measured, Outcome, Severity},
    ids::{ProductId, QualityCheckId, UserId},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::measured;
use crate::{
    readmodel::{
        Lifecycle,
        catalog::quality::{QualityCheckView, QualityResultView},
    },
    rest::spaces::SpaceSummary,
    web::{
        reply::Represents,
        time::{optional_time, time},
        words::{self, Named},
    },
};

/// A rule that a product is measured by.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityCheck<'a> {
    #[schema(value_type = Uuid)]
    pub id: QualityCheckId,
    pub space: SpaceSummary<'a>,
    /// The product that it measures.
    #[schema(value_type = Uuid)]
    pub product_id: ProductId,
    pub name: &'a str,
    pub description: Option<&'a str>,
    /// How much it matters.
    #[schema(schema_with = words::schema::<Severity>)]
    pub severity: Named<Severity>,
    #[schema(schema_with = words::schema::<Lifecycle>)]
    pub status: Named<Lifecycle>,
    /// Of the result that counts, the latest that is not ignored; null where there is none.
    #[schema(schema_with = words::nullable::<Outcome>)]
    pub outcome: Option<Named<Outcome>>,
    /// What was measured then.
    #[schema(schema_with = measured::schema)]
    pub value: Option<Measured>,
    /// How many results there are, ignored ones too.
    pub result_count: i64,
    /// Of the latest of them.
    #[serde(serialize_with = "optional_time")]
    pub last_result_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    /// A result leaves it as it is.
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> From<&'a QualityCheckView> for QualityCheck<'a> {
    fn from(view: &'a QualityCheckView) -> Self {
        let QualityCheckView { check, space } = view;
        Self {
            id: check.id,
            space: space.into(),
            product_id: check.product_id,
            name: &check.name,
            description: check.description.as_deref(),
            severity: Named(check.severity),
            status: Named(Lifecycle::of(check.archived_at)),
            outcome: check.outcome.map(Named),
            value: view.value(),
            result_count: check.results,
            last_result_at: check.last_result_at,
            created_at: check.created_at,
            updated_at: check.updated_at,
        }
    }
}

impl Represents for QualityCheck<'_> {
    type View = QualityCheckView;
    type As<'v> = QualityCheck<'v>;
}

/// What a check found once.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityResult {
    /// 1, 2, 3, … for each check.
    pub number: i64,
    #[schema(schema_with = words::schema::<Outcome>)]
    pub outcome: Named<Outcome>,
    /// What was measured.
    #[schema(schema_with = measured::schema)]
    pub value: Option<Measured>,
    /// Whether it counts for nothing.
    pub ignored: bool,
    /// Whoever recorded it, or is responsible for the key that did.
    #[schema(value_type = Uuid)]
    pub recorded_by: UserId,
    #[serde(serialize_with = "time")]
    pub recorded_at: DateTime<Utc>,
}

impl From<&QualityResultView> for QualityResult {
    fn from(view: &QualityResultView) -> Self {
        let row = &view.0;
        Self {
            number: row.number,
            outcome: Named(row.outcome),
            value: view.value(),
            ignored: row.ignored,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at,
        }
    }
}
