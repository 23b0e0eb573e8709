use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{SessionCommand as Command, SessionError as Error, SessionEvent as Event, *};

const JANE: UserId = UserId::new(Uuid::from_u128(1));
const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(2));
const OTHER: OrganizationId = OrganizationId::new(Uuid::from_u128(3));

fn started(organization: Option<OrganizationId>) -> Event {
    Event::SessionStarted {
        user: JANE,
        method: Method::Password,
        organization,
        epoch: 3,
        client_address: Some(Personal::new(JANE.uuid(), "192.0.2.7".into())),
        user_agent: None,
    }
}

fn start(organization: Option<OrganizationId>) -> Command {
    Command::Start(Box::new(Start {
        user: JANE,
        method: Method::Password,
        organization,
        epoch: 3,
        client_address: Some(Personal::new(JANE.uuid(), "192.0.2.7".into())),
        user_agent: None,
    }))
}

fn ended(reason: Ending) -> Event {
    Event::SessionEnded { reason }
}

fn switched(organization: OrganizationId) -> Event {
    Event::SessionSwitched { organization }
}

fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Session> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> Session {
    let mut session = Session::default();
    events.into_iter().for_each(|event| session.apply(event));
    session
}

#[test]
fn a_session_starts_once() {
    given([]).when(start(None)).then_expect_events(vec![started(None)]);
    given([]).when(start(Some(ACME))).then_expect_events(vec![started(Some(ACME))]);
    given([started(None)]).when(start(None)).then_expect_error(Error::AlreadyExists);
    given([started(None), ended(Ending::Logout)]).when(start(None)).then_expect_error(Error::AlreadyExists);
    assert_eq!((folded([]).user(), folded([started(None)]).user()), (None, Some(JANE)));
}

#[test]
fn a_session_switches_to_another_organization() {
    let switch = |organization| Command::Switch { organization };
    given([started(None)]).when(switch(ACME)).then_expect_events(vec![switched(ACME)]);
    given([started(Some(ACME))]).when(switch(OTHER)).then_expect_events(vec![switched(OTHER)]);
    given([started(Some(ACME))]).when(switch(ACME)).then_expect_events(vec![]);
    given([started(Some(ACME)), switched(OTHER)]).when(switch(OTHER)).then_expect_events(vec![]);
    given([started(Some(ACME)), switched(OTHER)]).when(switch(ACME)).then_expect_events(vec![switched(ACME)]);
}

#[test]
fn a_session_ends_for_a_reason() {
    for reason in [Ending::Logout, Ending::Revoked, Ending::Reuse, Ending::Expired, Ending::SignedOut] {
        given([started(None)]).when(Command::End { reason }).then_expect_events(vec![ended(reason)]);
        assert_eq!(folded([started(None), ended(reason)]).user(), None);
    }
}

#[test]
fn nothing_happens_before_the_start_or_after_the_end() {
    for command in [Command::Switch { organization: ACME }, Command::End { reason: Ending::Logout }] {
        given([]).when(command.clone()).then_expect_error(Error::NotFound);
        given([started(None), ended(Ending::Revoked)]).when(command).then_expect_error(Error::NotFound);
    }
}
