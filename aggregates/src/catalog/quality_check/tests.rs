use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use proptest::prelude::*;
use uuid::Uuid;

use super::{QualityCheckCommand as Command, QualityCheckError as Error, QualityCheckEvent as Event, *};

const SPACE: SpaceId = SpaceId::new(Uuid::from_u128(1));
const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(2));
const JANE: UserId = UserId::new(Uuid::from_u128(3));
const ORDERS: ProductId = ProductId::new(Uuid::from_u128(4));
const RESULT: QualityResultId = QualityResultId::new(Uuid::from_u128(5));

fn create() -> Command {
    let description = Some("No row without a date".into());
    Command::Create { space: SPACE, product: ORDERS, name: "Dates".into(), description, severity: Severity::Error }
}

fn created() -> Event {
    let (name, description) = ("Dates".into(), Some("No row without a date".into()));
    Event::QualityCheckCreated { space: SPACE, product: ORDERS, name, description, severity: Severity::Error }
}

fn archived() -> Event {
    Event::QualityCheckArchived { space: SPACE, product: ORDERS }
}

fn record(outcome: Outcome, value: Option<Measured>) -> Command {
    Command::RecordResult { id: RESULT, outcome, value, recorded_by: JANE }
}

fn recorded(number: i64, outcome: Outcome, from: Option<Counts>) -> Event {
    let counts = Change { from, to: counts(number, outcome) };
    let (space, product, id, recorded_by) = (SPACE, ORDERS, RESULT, JANE);
    Event::QualityResultRecorded { space, product, id, number, outcome, value: None, recorded_by, counts }
}

fn ignored(number: i64, from: Option<Counts>, to: Option<Counts>) -> Event {
    Event::QualityResultIgnored { space: SPACE, product: ORDERS, number, counts: Change { from, to } }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what events hold")]
fn counts(number: i64, outcome: Outcome) -> Option<Counts> {
    Some(Counts { number, outcome })
}

fn in_acme(command: Command) -> CatalogCommand<Command> {
    CatalogCommand { organization: Some(ACME), command }
}

/// A check to which this happened.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<QualityCheck> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> QualityCheck {
    let mut check = QualityCheck::default();
    events.into_iter().for_each(|event| check.apply(event));
    check
}

/// What a command leads to, which then happened.
fn told(check: &mut QualityCheck, command: Command) -> Result<(), Error> {
    let events = check.decide(in_acme(command), Moment { now: DateTime::UNIX_EPOCH })?;
    events.into_iter().for_each(|event| check.apply(event));
    Ok(())
}

#[test]
fn a_check_is_created_once_and_never_again() {
    given([]).when(in_acme(create())).then_expect_events(vec![created()]);
    given([created()]).when(in_acme(create())).then_expect_error(Error::AlreadyExists);
    given([created(), archived()]).when(in_acme(create())).then_expect_error(Error::AlreadyExists);
    assert_eq!((folded([created()]).space(), folded([]).space()), (Some(SPACE), None));
    let nobodys = CatalogCommand { organization: None, command: create() };
    let check = folded([]);
    assert_eq!(
        [in_acme(create()), nobodys].map(|command| check.belongs_to(Uuid::from_u128(9), &command)),
        [Some(ACME), None]
    );
}

#[test]
fn what_does_not_exist_or_is_archived_cannot_be_changed() {
    let update = Command::Update { name: Some("x".into()), description: None, severity: None };
    let record = record(Outcome::Passed, None);
    for command in [update, record, Command::IgnoreResult { number: 1 }, Command::Archive] {
        given([]).when(in_acme(command.clone())).then_expect_error(Error::NotFound);
        let happened = [created(), recorded(1, Outcome::Passed, None), archived()];
        given(happened).when(in_acme(command)).then_expect_error(Error::Archived);
    }
    given([created()]).when(in_acme(Command::Archive)).then_expect_events(vec![archived()]);
}

#[test]
fn an_update_names_what_it_changed() {
    let update =
        Command::Update { name: Some("All dates".into()), description: Some(None), severity: Some(Severity::Critical) };
    let changes = QualityCheckChanges {
        name: Some(Change { from: "Dates".into(), to: "All dates".into() }),
        description: Some(Change { from: Some("No row without a date".into()), to: None }),
        severity: Some(Change { from: Severity::Error, to: Severity::Critical }),
    };
    let updated = Event::QualityCheckUpdated { space: SPACE, product: ORDERS, changes };
    given([created()]).when(in_acme(update.clone())).then_expect_events(vec![updated.clone()]);
    given([created(), updated]).when(in_acme(update)).then_expect_events(vec![]);
}

#[test]
fn results_are_numbered_and_the_latest_counts() {
    let (passed, failed) = (recorded(1, Outcome::Passed, None), Outcome::Failed);
    given([created()]).when(in_acme(record(Outcome::Passed, None))).then_expect_events(vec![passed.clone()]);
    let second = recorded(2, failed, counts(1, Outcome::Passed));
    given([created(), passed]).when(in_acme(record(failed, None))).then_expect_events(vec![second]);
}

#[test]
fn ignoring_the_latest_brings_back_the_one_before() {
    let (first, second) = (counts(1, Outcome::Passed), counts(2, Outcome::Failed));
    let happened = [created(), recorded(1, Outcome::Passed, None), recorded(2, Outcome::Failed, first)];
    let ignore = |number| in_acme(Command::IgnoreResult { number });
    given(happened.clone()).when(ignore(2)).then_expect_events(vec![ignored(2, second, first)]);
    given(happened.clone()).when(ignore(1)).then_expect_events(vec![ignored(1, second, second)]);
    let mut without = happened.to_vec();
    without.push(ignored(2, second, first));
    given(without.clone()).when(ignore(2)).then_expect_error(Error::ResultIgnored);
    given(without.clone()).when(ignore(1)).then_expect_events(vec![ignored(1, first, None)]);
    // Numbers are never used again.
    let third = recorded(3, Outcome::Error, first);
    given(without).when(in_acme(record(Outcome::Error, None))).then_expect_events(vec![third]);
    for number in [i64::MIN, -1, 0, 3, i64::MAX] {
        given(happened.clone()).when(ignore(number)).then_expect_error(Error::ResultNotFound);
    }
}

#[test]
fn what_is_too_old_cannot_be_ignored() {
    let mut check = folded([created()]);
    let newest = i64::try_from(KEPT).expect("a number") + 2;
    for _ in 1..=newest {
        told(&mut check, record(Outcome::Passed, None)).expect("a result");
    }
    let ignore = |check: &mut QualityCheck, number| told(check, Command::IgnoreResult { number });
    assert_eq!([1, 2].map(|number| ignore(&mut check, number)), [Err(Error::ResultTooOld), Err(Error::ResultTooOld)]);
    for number in (4..=newest).rev() {
        ignore(&mut check, number).expect("it counts");
    }
    // The one before it is not known any more.
    assert_eq!(ignore(&mut check, 3), Err(Error::ResultTooOld));
    assert_eq!(check.results.counts(), counts(3, Outcome::Passed));
}

#[test]
fn what_was_measured_is_stored_as_it_is() {
    for (measured, json) in
        [(Measured::Integer(i64::MIN), i64::MIN.to_string()), (Measured::Text("7".into()), "\"7\"".into())]
    {
        assert_eq!(serde_json::to_string(&measured).expect("JSON"), json);
        assert_eq!(serde_json::from_str::<Measured>(&json).expect("a value"), measured);
    }
}

#[test]
fn words_read_back() {
    for word in ["warning", "error", "critical"] {
        assert_eq!(word.parse().map(Severity::as_str), Ok(word));
    }
    for word in ["passed", "warning", "failed", "error"] {
        assert_eq!(word.parse().map(Outcome::as_str), Ok(word));
    }
    assert_eq!(("info".parse::<Severity>(), "skipped".parse::<Outcome>()), (Err(()), Err(())));
}

proptest! {
    /// Whatever happens, what counts is the latest that is not ignored.
    #[test]
    fn what_counts_is_the_latest_that_is_not_ignored(steps in prop::collection::vec((0_u8..4, 0_i64..8), 0..400)) {
        let outcomes = [Outcome::Passed, Outcome::Warning, Outcome::Failed, Outcome::Error];
        let mut check = folded([created()]);
        let mut all: Vec<(Outcome, bool)> = vec![];
        for (outcome, ignore) in steps {
            let outcome = outcomes[usize::from(outcome)];
            let number = i64::try_from(all.len()).expect("a number") - ignore;
            if ignore < 4 {
                if told(&mut check, Command::IgnoreResult { number }).is_ok() {
                    all[usize::try_from(number - 1).expect("a place")].1 = true;
                }
            } else {
                told(&mut check, record(outcome, None)).expect("a result");
                all.push((outcome, false));
            }
            let latest = all.iter().zip(1..).filter(|((_, ignored), _)| !ignored).last();
            let latest = latest.map(|((outcome, _), number)| Counts { number, outcome: *outcome });
            prop_assert_eq!(check.results.counts(), latest);
        }
    }
}
