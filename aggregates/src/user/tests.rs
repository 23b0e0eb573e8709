//! Given what happened, when something is asked, then this happens or is refused.

mod profile;
mod status;
mod tokens;

use chrono::TimeDelta;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{UserCommand as Command, UserError as Error, UserEvent as Event, *};

const ID: Uuid = Uuid::from_u128(1);

/// The time of every decision, unless it says another.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000).expect("a time")
}

fn personal(text: &str) -> Personal<String> {
    Personal::new(ID, text.to_owned())
}

fn registered(origin: Origin) -> Event {
    Event::UserRegistered { email: personal("jane@example.com"), name: None, origin, organization: None }
}

fn register(origin: Origin) -> Command {
    Command::Register { email: personal("jane@example.com"), name: None, origin, organization: None, invited_by: None }
}

fn issue_activation(hash: &str) -> Command {
    Command::IssueActivation { invited_by: OrganizationId::new(ID), token: token(hash) }
}

fn token(hash: &str) -> OneTimeToken {
    OneTimeToken { hash: hash.to_owned(), expires_at: now() + TimeDelta::hours(1) }
}

fn changed(reason: PasswordChange) -> Event {
    Event::PasswordChanged { reason }
}

fn disabled() -> Event {
    Event::UserDisabled {}
}

/// A person who signed up, and to whom this happened since.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<User> {
    given_at(now(), std::iter::once(registered(Origin::Signup)).chain(events))
}

/// A person who was invited, and to whom this happened since.
fn given_invited(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<User> {
    given_at(now(), std::iter::once(registered(Origin::Invitation)).chain(events))
}

fn given_at(now: DateTime<Utc>, events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<User> {
    TestFramework::with(Moment { now }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> User {
    let mut user = User::default();
    user.apply(registered(Origin::Signup));
    events.into_iter().for_each(|event| user.apply(event));
    user
}

/// One of every command but the first.
fn every_command() -> Vec<Command> {
    vec![
        issue_activation("a"),
        Command::Activate { token_hash: "a".into(), name: personal("Jane") },
        Command::IssuePasswordReset { token: token("a") },
        Command::ResetPassword { token_hash: "a".into() },
        Command::ChangePassword,
        Command::Update { name: Some(None), organization: None },
        Command::ChangeEmail { email: personal("other@example.com") },
        Command::ChoosePrimaryOrganization { organization: OrganizationId::new(ID) },
        Command::Disable,
        Command::Enable,
        Command::GrantSuperadmin,
        Command::RevokeSuperadmin,
    ]
}

#[test]
fn an_account_is_registered_once() {
    for origin in [Origin::Bootstrap, Origin::Signup, Origin::Invitation] {
        given_at(now(), []).when(register(origin)).then_expect_events(vec![registered(origin)]);
    }
    given([]).when(register(Origin::Signup)).then_expect_error(Error::AlreadyExists);
    given([disabled()]).when(register(Origin::Signup)).then_expect_error(Error::AlreadyExists);
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    for command in every_command() {
        given_at(now(), []).when(command).then_expect_error(Error::NotFound);
    }
    assert!(!User::default().is_enabled());
}
