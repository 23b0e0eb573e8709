use chrono::TimeDelta;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::{UsageCommand as Command, UsageError as Error, UsageEvent as Event, *};

const ORGANIZATION: OrganizationId = OrganizationId::new(Uuid::from_u128(1));

fn hour() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
}

fn used(key: u128, requests: i64, verifications: i64) -> KeyUse {
    KeyUse { key: ApiKeyId::new(Uuid::from_u128(key)), requests, verifications }
}

fn record(keys: &[KeyUse]) -> Command {
    Command::Record { organization: ORGANIZATION, hour: hour(), keys: keys.to_vec() }
}

fn recorded(keys: &[KeyUse], requests: i64, verifications: i64) -> Event {
    Event::UsageRecorded { organization: ORGANIZATION, hour: hour(), keys: keys.to_vec(), requests, verifications }
}

/// So long after the hour began.
fn after(passed: TimeDelta) -> TestFramework<Usage> {
    TestFramework::with(Moment { now: hour() + passed })
}

#[test]
fn an_event_names_each_key_once_and_sums_them() {
    let over = || after(TimeDelta::hours(1)).given_no_previous_events();
    let event = recorded(&[used(2, 10, 0), used(3, 5, 7)], 15, 7);
    over().when(record(&[used(3, 5, 7), used(2, 10, 0)])).then_expect_events(vec![event]);
    over().when(record(&[used(2, 1, 0), used(2, 1, 0)])).then_expect_error(Error::NotACount);
    over().when(record(&[used(2, 1, 0), used(3, -1, 0)])).then_expect_error(Error::NotACount);
    over().when(record(&[used(2, 0, -1)])).then_expect_error(Error::NotACount);
}

#[test]
fn what_was_not_used_is_not_recorded() {
    let over = || after(TimeDelta::hours(1)).given_no_previous_events();
    over().when(record(&[])).then_expect_events(vec![]);
    over().when(record(&[used(2, 0, 0)])).then_expect_events(vec![]);
    let event = recorded(&[used(3, 0, 1)], 0, 1);
    over().when(record(&[used(2, 0, 0), used(3, 0, 1)])).then_expect_events(vec![event]);
}

#[test]
fn an_hour_may_be_recorded_again_but_not_before_it_is_over() {
    let event = recorded(&[used(2, 1, 0)], 1, 0);
    let again = after(TimeDelta::days(3)).given(vec![event.clone()]);
    again.when(record(&[used(2, 1, 0)])).then_expect_events(vec![event]);
    let early = after(TimeDelta::minutes(59)).given_no_previous_events();
    early.when(record(&[used(2, 1, 0)])).then_expect_error(Error::NotOver);
}

#[test]
fn an_hour_begins_at_a_whole_hour() {
    let command =
        Command::Record { organization: ORGANIZATION, hour: hour() + TimeDelta::minutes(1), keys: vec![used(2, 1, 0)] };
    after(TimeDelta::days(1)).given_no_previous_events().when(command).then_expect_error(Error::NotAnHour);
    for (seconds, begun) in [(0, 0), (3599, 0), (3600, 3600), (7201, 7200), (-1, -3600), (-3600, -3600)] {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        assert_eq!(hour_of(time(seconds) + TimeDelta::milliseconds(999)), time(begun), "{seconds}");
    }
}
