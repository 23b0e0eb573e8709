//! Quality checks, their results, and what those make of their product's score.

use aggregates::{
    catalog::quality_check::{Counts, Measured, Outcome, QualityCheckChanges, QualityCheckEvent, Severity},
    change::Apply,
    ids::{ProductId, QualityCheckId, QualityResultId, SpaceId, UserId},
};
use chrono::{DateTime, Utc};

use super::scores::{Weighed, moved};
use crate::{
    FoldError, RowKeys, Rows,
    row::{row, word_field},
};

word_field!(Severity => as_str, Outcome => as_str);

row! {
    /// One quality check.
    pub struct QualityCheckRow in "quality_checks", key(id: QualityCheckId), group(space_id) {
        pub id: QualityCheckId,
        pub space_id: SpaceId,
        pub product_id: ProductId,
        pub name: String,
        pub description: Option<String>,
        pub severity: Severity,
        /// Of the result that counts, the latest that is not ignored.
        pub outcome: Option<Outcome>,
        /// What was measured then: a text, an integer, or neither.
        pub value_text: Option<String>,
        pub value_integer: Option<i64>,
        /// Of the latest result, whether that counts or not.
        pub last_result_at: Option<DateTime<Utc>>,
        /// How many there are, ignored ones too.
        pub results: i64,
        pub archived_at: Option<DateTime<Utc>>,
        /// A result leaves it as it is.
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

row! {
    /// What a check found once.
    pub struct QualityResultRow in "quality_results", key(check_id: QualityCheckId, number: i64), group(space_id) {
        pub check_id: QualityCheckId,
        pub number: i64,
        /// Lists are ordered by it.
        pub id: QualityResultId,
        pub space_id: SpaceId,
        pub outcome: Outcome,
        pub value_text: Option<String>,
        pub value_integer: Option<i64>,
        pub ignored: bool,
        pub recorded_at: DateTime<Utc>,
        pub recorded_by: UserId,
    }
}

impl QualityCheckRow {
    fn apply(&mut self, changes: &QualityCheckChanges) {
        changes.name.apply(&mut self.name);
        changes.description.apply(&mut self.description);
        changes.severity.apply(&mut self.severity);
    }

    /// What it adds to the score of its product.
    fn weighed(&self) -> Weighed {
        let counts = self.outcome.filter(|_| self.archived_at.is_none());
        counts.map(|outcome| Weighed::of(self.severity, outcome)).unwrap_or_default()
    }

    /// This result counts now.
    fn counted(&mut self, result: Option<&QualityResultRow>) {
        self.outcome = result.map(|result| result.outcome);
        self.value_text = result.and_then(|result| result.value_text.clone());
        self.value_integer = result.and_then(|result| result.value_integer);
    }
}

/// The space and the product of a check, and the numbers of results that an event is about.
fn concerned(event: &QualityCheckEvent) -> (SpaceId, ProductId, Vec<i64>) {
    match event {
        QualityCheckEvent::QualityCheckCreated { space, product, .. }
        | QualityCheckEvent::QualityCheckUpdated { space, product, .. }
        | QualityCheckEvent::QualityCheckArchived { space, product } => (*space, *product, vec![]),
        QualityCheckEvent::QualityResultRecorded { space, product, number, .. } => (*space, *product, vec![*number]),
        QualityCheckEvent::QualityResultIgnored { space, product, number, counts } => {
            (*space, *product, counts.to.map(|Counts { number, .. }| number).into_iter().chain([*number]).collect())
        }
    }
}

/// Whether the check itself becomes another one: results leave it as it is.
fn changes_check(event: &QualityCheckEvent) -> bool {
    matches!(event, QualityCheckEvent::QualityCheckUpdated { .. } | QualityCheckEvent::QualityCheckArchived { .. })
}

pub(crate) fn keys(id: QualityCheckId, event: &QualityCheckEvent, keys: &mut RowKeys) {
    let (space, product, results) = concerned(event);
    keys.quality_checks.insert((id,));
    keys.products.insert((product,));
    keys.space_counters.insert((space,));
    keys.quality_results.extend(results.into_iter().map(|number| (id, number)));
}

pub(crate) fn fold(
    id: QualityCheckId,
    event: &QualityCheckEvent,
    at: DateTime<Utc>,
    rows: &mut Rows,
) -> Result<(), FoldError> {
    let counted = match event {
        QualityCheckEvent::QualityCheckCreated { space, product, name, description, severity } => {
            return rows.quality_checks.insert(QualityCheckRow {
                id,
                space_id: *space,
                product_id: *product,
                name: name.clone(),
                description: description.clone(),
                severity: *severity,
                outcome: None,
                value_text: None,
                value_integer: None,
                last_result_at: None,
                results: 0,
                archived_at: None,
                version: 1,
                created_at: at,
                updated_at: at,
            });
        }
        QualityCheckEvent::QualityResultRecorded { space, id: result, number, outcome, value, recorded_by, .. } => {
            let (text, integer) = match value.clone() {
                Some(Measured::Text(text)) => (Some(text), None),
                Some(Measured::Integer(integer)) => (None, Some(integer)),
                None => (None, None),
            };
            rows.quality_results.insert(QualityResultRow {
                check_id: id,
                number: *number,
                id: *result,
                space_id: *space,
                outcome: *outcome,
                value_text: text,
                value_integer: integer,
                ignored: false,
                recorded_at: at,
                recorded_by: *recorded_by,
            })?;
            Some(*number)
        }
        QualityCheckEvent::QualityResultIgnored { number, counts, .. } => {
            rows.quality_results.update(&(id, *number), |row| row.ignored = true)?;
            counts.to.map(|counts| counts.number)
        }
        QualityCheckEvent::QualityCheckUpdated { .. } | QualityCheckEvent::QualityCheckArchived { .. } => None,
    };
    let counted = counted.and_then(|number| rows.quality_results.get(&(id, number))).cloned();
    let (mut before, mut after) = (Weighed::default(), Weighed::default());
    rows.quality_checks.update(&(id,), |row| {
        before = row.weighed();
        match event {
            QualityCheckEvent::QualityCheckCreated { .. } => {}
            QualityCheckEvent::QualityCheckUpdated { changes, .. } => row.apply(changes),
            QualityCheckEvent::QualityCheckArchived { .. } => row.archived_at = Some(at),
            QualityCheckEvent::QualityResultRecorded { .. } => {
                row.counted(counted.as_ref());
                row.last_result_at = Some(at);
                row.results += 1;
            }
            QualityCheckEvent::QualityResultIgnored { .. } => row.counted(counted.as_ref()),
        }
        if changes_check(event) {
            row.version += 1;
            row.updated_at = at;
        }
        after = row.weighed();
    })?;
    if before == after {
        return Ok(());
    }
    let (space, product, _) = concerned(event);
    let (mut was, mut is) = (None, None);
    rows.products.update(&(product,), |row| {
        was = row.score();
        row.quality_weight += after.weight - before.weight;
        row.quality_points += after.points - before.points;
        is = row.score();
    })?;
    moved(rows, space, was, is)
}
