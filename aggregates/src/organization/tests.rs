//! Given what happened, when something is asked, then this happens or is refused.

mod invitations;
mod life;
mod limits;
mod members;
mod people;
mod profile;
mod properties;
mod roles;
mod slugs;

use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{OrganizationCommand as Command, OrganizationError as Error, OrganizationEvent as Event, *};

const OWNER: UserId = UserId::new(Uuid::from_u128(1));

/// The time of every decision, unless it says another.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000).expect("a time")
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn created() -> Event {
    Event::OrganizationCreated {
        name: "Acme".into(),
        slug: slug("acme"),
        description: None,
        domain: None,
        owner: OWNER,
        plan: Plan::Free,
        is_personal: false,
    }
}

fn create() -> Command {
    Command::Create {
        name: "Acme".into(),
        slug: slug("acme"),
        description: None,
        domain: None,
        owner: OWNER,
        plan: Plan::Free,
        is_personal: false,
    }
}

fn suspended() -> Event {
    Event::OrganizationSuspended { reason: None }
}

fn deleted() -> Event {
    Event::OrganizationDeleted { purge_after: now() + TimeDelta::days(RESTORE_DAYS) }
}

fn purged() -> Event {
    Event::OrganizationPurged { slugs: vec![slug("acme")] }
}

/// An organization to which this happened after its creation.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Organization> {
    given_at(now(), events)
}

/// An organization to which this happened after its creation, with the decision at another time.
fn given_at(now: DateTime<Utc>, events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Organization> {
    TestFramework::with(Moment { now }).given(std::iter::once(created()).chain(events).collect())
}

fn given_nothing() -> AggregateTestExecutor<Organization> {
    TestFramework::with(Moment { now: now() }).given_no_previous_events()
}

fn folded(events: impl IntoIterator<Item = Event>) -> Organization {
    let mut organization = Organization::default();
    events.into_iter().for_each(|event| organization.apply(event));
    organization
}

/// One of every command, for rules that hold for all of them.
fn every_command() -> Vec<Command> {
    let rename = ProfilePatch { name: Some("Other".into()), ..ProfilePatch::default() };
    let limits = LimitsPatch { max_spaces: Some(Some(1)), ..LimitsPatch::default() };
    vec![
        create(),
        Command::Update { id: OrganizationId::new(Uuid::from_u128(9)), patch: rename },
        Command::ChangePlan { plan: Plan::Pro },
        Command::ChangeSlug { slug: slug("other"), release: vec![] },
        Command::ChangeLimits { patch: limits, above_plan: false },
        Command::Suspend { reason: None },
        Command::Reactivate,
        Command::Delete,
        Command::Restore,
        Command::Purge { early: true },
    ]
    .into_iter()
    .chain(people::every_command())
    .collect()
}

#[test]
fn creation_names_the_owner() {
    given_nothing().when(create()).then_expect_events(vec![created()]);
    let organization = folded([created()]);
    assert_eq!((organization.owner(), organization.status()), (Some(OWNER), Some(Status::Active)));
    assert!(matches!(organization.standing(OWNER), Standing::Member { owner: true, .. }));
    let somebody = UserId::new(Uuid::from_u128(2));
    assert_eq!(organization.standing(somebody), Standing::Outsider);
    assert_eq!(organization.limits(), Some(Plan::Free.limits()));
}

#[test]
fn an_organization_is_created_once_and_never_again() {
    for history in [vec![], vec![suspended()], vec![deleted()], vec![deleted(), purged()]] {
        given(history).when(create()).then_expect_error(Error::AlreadyExists);
    }
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    for command in every_command().into_iter().skip(1) {
        given_nothing().when(command.clone()).then_expect_error(Error::NotFound);
        given([deleted(), purged()]).when(command).then_expect_error(Error::NotFound);
    }
    assert_eq!(folded([]).status(), None);
    assert_eq!(folded([created(), deleted(), purged()]).status(), None);
}

#[test]
fn what_is_deleted_is_only_restored_or_purged() {
    let others = every_command().into_iter().skip(1).filter(|c| !matches!(c, Command::Restore | Command::Purge { .. }));
    for command in others {
        given([deleted()]).when(command).then_expect_error(Error::Deleted);
    }
}
