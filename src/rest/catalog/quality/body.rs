//! What is sent to create or change a quality check, and what it found.

use aggregates::{
    catalog::quality_check::{Outcome, Severity},
    ids::{ProductId, QualityCheckId, SpaceId},
    name::parse_name,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::measured;
use crate::{
    commands::catalog::quality::{ChangeQualityCheck, CreateQualityCheck, QualityCheckChange, RecordQualityResult},
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
        words,
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQualityCheck {
    /// The product that it measures; one of the space.
    #[schema(value_type = Uuid)]
    pub product_id: String,
    /// 1 to 255 characters.
    #[schema(example = "No row without a date")]
    pub name: String,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// How much it matters: `warning` counts once, `error` twice and `critical` three times.
    #[schema(schema_with = words::schema::<Severity>)]
    pub severity: String,
}

impl NewQualityCheck {
    pub fn check(self, space: SpaceId) -> Result<CreateQualityCheck, Problem> {
        let mut fields = Fields::default();
        let product = fields.check("/product_id", self.product_id.parse::<ProductId>().map_err(|_| "must be a UUID"));
        let name = fields.check("/name", parse_name(&self.name));
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        let severity = fields.check("/severity", words::parse(&self.severity));
        let all = product.zip(name).zip(severity);
        fields.finish(all.map(|((product, name), severity)| CreateQualityCheck {
            space,
            product,
            name,
            description,
            severity,
        }))
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualityCheckChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(schema_with = words::schema::<Severity>)]
    pub severity: Option<String>,
}

impl QualityCheckChanges {
    pub fn check(self, check: QualityCheckId) -> Result<ChangeQualityCheck, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let description = fields.nullable("/description", self.description, description);
        let severity = fields.optional("/severity", self.severity, |severity| words::parse(&severity));
        let change = QualityCheckChange::Update { name, description, severity };
        fields.finish(Some(ChangeQualityCheck { check, change }))
    }
}

/// What a check found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQualityResult {
    #[schema(schema_with = words::schema::<Outcome>)]
    pub outcome: String,
    /// What was measured: a string of at most 255 characters, or an integer of 64 bits.
    #[schema(schema_with = measured::schema)]
    pub value: Option<Box<RawValue>>,
}

impl NewQualityResult {
    pub fn check(self, check: QualityCheckId) -> Result<RecordQualityResult, Problem> {
        let mut fields = Fields::default();
        let outcome = fields.check("/outcome", words::parse(&self.outcome));
        let value = fields.optional("/value", self.value, |value| measured::parse(&value));
        fields.finish(outcome.map(|outcome| RecordQualityResult { check, outcome, value }))
    }
}
