//! Quality checks, what they found, and the scores that follow from that.

use std::collections::BTreeMap;

use aggregates::{
    catalog::{
        product::ProductEvent,
        quality_check::{Counts, Measured, Outcome, QualityCheckChanges, QualityCheckEvent as Event, Severity},
    },
    change::Change,
    event::Event as Any,
    ids::{ProductId, QualityCheckId, QualityResultId},
    space::SpaceEvent,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    super::{ID, at, created, slug},
    DATA, ORDERS, OWNER, Tables, after, counters,
};
use crate::catalog::{
    products::ProductRow,
    quality::{QualityCheckRow, QualityResultRow},
    scores::ONE,
};

const DATES: QualityCheckId = QualityCheckId::new(Uuid::from_u128(30));
const RESULT: QualityResultId = QualityResultId::new(Uuid::from_u128(31));

fn product(id: ProductId) -> (Uuid, Any) {
    let name = format!("product-{}", id.uuid().as_u128());
    let made = ProductEvent::ProductCreated { space: DATA, slug: slug(&name), name, description: None };
    (id.uuid(), made.into())
}

fn made(product: ProductId, severity: Severity) -> Event {
    let description = Some("No row without a date".into());
    Event::QualityCheckCreated { space: DATA, product, name: "Dates".into(), description, severity }
}

fn counts(number: i64, outcome: Outcome) -> Counts {
    Counts { number, outcome }
}

fn found(number: i64, outcome: Outcome, value: Option<Measured>) -> Event {
    let counts = Change { from: None, to: Some(counts(number, outcome)) };
    let (space, product, id, recorded_by) = (DATA, ORDERS, RESULT, OWNER);
    Event::QualityResultRecorded { space, product, id, number, outcome, value, recorded_by, counts }
}

fn ignored(number: i64, to: Option<Counts>) -> Event {
    Event::QualityResultIgnored { space: DATA, product: ORDERS, number, counts: Change { from: None, to } }
}

fn archived() -> Event {
    Event::QualityCheckArchived { space: DATA, product: ORDERS }
}

/// The tables of a space with a product and a check of it to which this happened.
fn check_after(events: impl IntoIterator<Item = Event>) -> Tables {
    let check = [made(ORDERS, Severity::Error)].into_iter().chain(events);
    after([product(ORDERS)].into_iter().chain(check.map(|event| (DATES.uuid(), event.into()))))
}

fn row(tables: &Tables) -> QualityCheckRow {
    tables.row(&(DATES,)).expect("a check")
}

/// Weight and points of the product, with how many are scored in the space and the sum of the scores.
fn sums(tables: &Tables) -> (i64, i64, i64, i64) {
    let (product, counters) = (tables.row::<ProductRow>(&(ORDERS,)).expect("a product"), counters(tables));
    (product.quality_weight, product.quality_points, counters.scored_products, counters.score_sum)
}

#[test]
fn a_check_is_what_was_said_of_it() {
    let expected = QualityCheckRow {
        id: DATES,
        space_id: DATA,
        product_id: ORDERS,
        name: "Dates".into(),
        description: Some("No row without a date".into()),
        severity: Severity::Error,
        outcome: None,
        value_text: None,
        value_integer: None,
        last_result_at: None,
        results: 0,
        archived_at: None,
        version: 1,
        created_at: at(3),
        updated_at: at(3),
    };
    let tables = check_after([]);
    assert_eq!((row(&tables), sums(&tables)), (expected.clone(), (0, 0, 0, 0)));
    let changes = QualityCheckChanges {
        name: Some(Change { from: "Dates".into(), to: "All dates".into() }),
        description: Some(Change { from: expected.description.clone(), to: None }),
        severity: Some(Change { from: Severity::Error, to: Severity::Critical }),
    };
    let changed = QualityCheckRow {
        name: "All dates".into(),
        description: None,
        severity: Severity::Critical,
        version: 2,
        updated_at: at(4),
        ..expected.clone()
    };
    assert_eq!(row(&check_after([Event::QualityCheckUpdated { space: DATA, product: ORDERS, changes }])), changed);
    let over = QualityCheckRow { archived_at: Some(at(4)), version: 2, updated_at: at(4), ..expected };
    assert_eq!(row(&check_after([archived()])), over);
}

#[test]
fn a_result_leaves_the_check_as_it_is_but_for_what_counts() {
    let (before, text) = (row(&check_after([])), Measured::Text("12 ms".into()));
    let first = found(1, Outcome::Warning, Some(text));
    let tables = check_after([first.clone()]);
    let expected = QualityResultRow {
        check_id: DATES,
        number: 1,
        id: RESULT,
        space_id: DATA,
        outcome: Outcome::Warning,
        value_text: Some("12 ms".into()),
        value_integer: None,
        ignored: false,
        recorded_at: at(4),
        recorded_by: OWNER,
    };
    assert_eq!(tables.row(&(DATES, 1)), Some(expected.clone()));
    let once = QualityCheckRow {
        outcome: Some(Outcome::Warning),
        value_text: Some("12 ms".into()),
        last_result_at: Some(at(4)),
        results: 1,
        ..before.clone()
    };
    assert_eq!(row(&tables), once);
    let second = found(2, Outcome::Failed, Some(Measured::Integer(i64::MIN)));
    let twice = QualityCheckRow {
        outcome: Some(Outcome::Failed),
        value_text: None,
        value_integer: Some(i64::MIN),
        last_result_at: Some(at(5)),
        results: 2,
        ..before.clone()
    };
    assert_eq!(row(&check_after([first.clone(), second.clone()])), twice);
    // What is ignored stays, and the one before counts again, with what was measured then.
    let tables = check_after([first.clone(), second, ignored(2, Some(counts(1, Outcome::Warning)))]);
    let again = QualityCheckRow { last_result_at: Some(at(5)), results: 2, ..once };
    assert_eq!((row(&tables), tables.row::<QualityResultRow>(&(DATES, 2)).map(|row| row.ignored)), (again, Some(true)));
    let tables = check_after([first, ignored(1, None)]);
    assert_eq!(row(&tables), QualityCheckRow { last_result_at: Some(at(4)), results: 1, ..before });
    assert_eq!(tables.row(&(DATES, 1)), Some(QualityResultRow { ignored: true, ..expected }));
}

#[test]
fn a_score_follows_what_counts() {
    let version = |tables: &Tables| tables.row::<ProductRow>(&(ORDERS,)).map(|row| row.version);
    let tables = check_after([found(1, Outcome::Passed, None)]);
    assert_eq!((sums(&tables), version(&tables)), ((2, 4, 1, ONE), Some(1)));
    let half = [found(1, Outcome::Passed, None), found(2, Outcome::Warning, None)];
    assert_eq!(sums(&check_after(half.clone())), (2, 2, 1, ONE / 2));
    let back = ignored(2, Some(counts(1, Outcome::Passed)));
    assert_eq!(sums(&check_after(half.clone().into_iter().chain([back]))), (2, 4, 1, ONE));
    assert_eq!(sums(&check_after(half.into_iter().chain([archived()]))), (0, 0, 0, 0));
    assert_eq!(sums(&check_after([found(1, Outcome::Error, None)])), (2, 0, 1, 0));
    assert_eq!(sums(&check_after([found(1, Outcome::Failed, None), ignored(1, None)])), (0, 0, 0, 0));
}

#[test]
fn a_purge_of_the_space_takes_checks_along() {
    let attached = SpaceEvent::SpaceAttached { organization: ID, archived: true };
    let purged = SpaceEvent::SpacePurged { organization: ID, slug: slug("data") };
    let check = [made(ORDERS, Severity::Error), found(1, Outcome::Passed, None)];
    let check = check.map(|event| (DATES.uuid(), event.into()));
    let space = [attached, purged].map(|event| (DATA.uuid(), event.into()));
    let first = [(ID.uuid(), created().into()), product(ORDERS)];
    let tables = after(first.into_iter().chain(check).chain(space));
    assert_eq!(tables.row::<QualityCheckRow>(&(DATES,)), None);
    assert_eq!(tables.row::<QualityResultRow>(&(DATES, 1)), None);
}

/// What is known of a check when everything is looked at again.
#[derive(Debug, Clone)]
struct Known {
    product: usize,
    severity: Severity,
    archived: bool,
    results: Vec<(Outcome, bool)>,
}

impl Known {
    fn counts(&self) -> Option<Counts> {
        let left = (1..).zip(&self.results).filter(|(_, (_, ignored))| !ignored);
        left.last().map(|(number, (outcome, _))| counts(number, *outcome))
    }
}

const PRODUCTS: usize = 3;
const CHECKS: usize = 6;

fn numbered(n: usize) -> Uuid {
    Uuid::from_u128(u128::try_from(n).expect("a number"))
}

fn product_id(n: usize) -> ProductId {
    ProductId::new(numbered(40 + n))
}

fn check_id(n: usize) -> QualityCheckId {
    QualityCheckId::new(numbered(50 + n))
}

/// The mean of a product's marks in parts of [`ONE`], rounded half up: a check that weighs more has its mark as often. None
/// where nothing counts.
fn mean(checks: &[Known], product: usize) -> Option<i64> {
    let mut marks = vec![];
    for check in checks.iter().filter(|check| check.product == product && !check.archived) {
        let Some(counts) = check.counts() else { continue };
        let times = match check.severity {
            Severity::Warning => 1,
            Severity::Error => 2,
            Severity::Critical => 3,
        };
        let mark = match counts.outcome {
            Outcome::Passed => ONE,
            Outcome::Warning => ONE / 2,
            Outcome::Failed | Outcome::Error => 0,
        };
        marks.extend(std::iter::repeat_n(mark, times));
    }
    let (sum, of) = (marks.iter().sum::<i64>(), i64::try_from(marks.len()).expect("a number"));
    (of > 0).then(|| sum / of + i64::from(2 * (sum % of) >= of))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens in whatever order, the sums are what looking at everything again gives.
    #[test]
    fn sums_are_those_of_everything(steps in prop::collection::vec((0..CHECKS, 0..12_usize, 0..12_usize), 0..120)) {
        let severities = [Severity::Warning, Severity::Error, Severity::Critical];
        let outcomes = [Outcome::Passed, Outcome::Warning, Outcome::Failed, Outcome::Error];
        let mut checks: Vec<_> = (0..CHECKS)
            .map(|n| Known { product: n % PRODUCTS, severity: severities[n % 3], archived: false, results: vec![] })
            .collect();
        let mut over = [false; PRODUCTS];
        let mut events: Vec<(Uuid, Any)> = (0..PRODUCTS).map(|n| product(product_id(n))).collect();
        events.extend((0..CHECKS).map(|n| (check_id(n).uuid(), made(product_id(n % PRODUCTS), severities[n % 3]).into())));
        for (n, what, which) in steps {
            let known = &mut checks[n];
            let (space, product, from) = (DATA, product_id(known.product), known.counts());
            let event = match what {
                0 if which == 0 && !over[known.product] => {
                    over[known.product] = true;
                    events.push((product.uuid(), ProductEvent::ProductArchived { space }.into()));
                    continue;
                }
                _ if known.archived => continue,
                0 | 1 if which < 3 => {
                    known.archived = true;
                    Event::QualityCheckArchived { space, product }
                }
                0..=2 => {
                    let severity = Change { from: known.severity, to: severities[which % 3] };
                    known.severity = severity.to;
                    let changes = QualityCheckChanges { severity: Some(severity), ..QualityCheckChanges::default() };
                    Event::QualityCheckUpdated { space, product, changes }
                }
                3..=6 => {
                    let Some((_, ignored @ false)) = known.results.get_mut(which) else { continue };
                    *ignored = true;
                    let number = i64::try_from(which + 1).expect("a number");
                    Event::QualityResultIgnored { space, product, number, counts: Change { from, to: known.counts() } }
                }
                _ => {
                    let outcome = outcomes[which % 4];
                    known.results.push((outcome, false));
                    let number = i64::try_from(known.results.len()).expect("a number");
                    let (value, recorded_by) = (None, OWNER);
                    let counts = Change { from, to: known.counts() };
                    let id = RESULT;
                    Event::QualityResultRecorded { space, product, id, number, outcome, value, recorded_by, counts }
                }
            };
            events.push((check_id(n).uuid(), event.into()));
        }
        let tables = after(events);
        let scores: BTreeMap<_, _> = (0..PRODUCTS)
            .filter(|n| !over[*n])
            .filter_map(|n| mean(&checks, n).map(|score| (n, score)))
            .collect();
        let row = counters(&tables);
        prop_assert_eq!(row.scored_products, i64::try_from(scores.len()).expect("a number"));
        prop_assert_eq!(row.score_sum, scores.values().sum::<i64>(), "{:?}", scores);
        for (n, known) in checks.iter().enumerate() {
            let row: QualityCheckRow = tables.row(&(check_id(n),)).expect("a check");
            prop_assert_eq!(row.outcome, known.counts().map(|counts| counts.outcome));
        }
    }
}
