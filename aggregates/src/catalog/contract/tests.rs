use chrono::TimeDelta;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{ContractError as Error, ContractEvent as Event, *};

const SPACE: SpaceId = SpaceId::new(Uuid::from_u128(1));
const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(2));
const ORDERS: ProductId = ProductId::new(Uuid::from_u128(3));
const SALES: ProductId = ProductId::new(Uuid::from_u128(4));

/// When a contract of these tests expires.
fn end() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(30)
}

fn created() -> Event {
    Event::ContractCreated {
        space: SPACE,
        name: "Daily orders".into(),
        description: None,
        producer: ORDERS,
        consumer: SALES,
        expires_at: Some(end()),
    }
}

fn create(consumer: ProductId, expires_at: Option<DateTime<Utc>>) -> ContractCommand {
    let (name, producer) = ("Daily orders".into(), ORDERS);
    ContractCommand::Create { space: SPACE, name, description: None, producer, consumer, expires_at }
}

fn activated() -> Event {
    Event::ContractActivated { space: SPACE }
}

fn deprecated() -> Event {
    Event::ContractDeprecated { space: SPACE }
}

fn expired() -> Event {
    Event::ContractExpired { space: SPACE }
}

fn archived(active: bool) -> Event {
    Event::ContractArchived { space: SPACE, active }
}

fn rename() -> ContractCommand {
    ContractCommand::Update { name: Some("Orders of a day".into()), description: None, expires_at: None }
}

fn until(expires_at: Option<DateTime<Utc>>) -> ContractCommand {
    ContractCommand::Update { name: None, description: None, expires_at: Some(expires_at) }
}

/// A contract to which this happened, so long after the beginning of the tests' time.
struct Given(AggregateTestExecutor<Contract>);

fn given_at<const N: usize>(now: DateTime<Utc>, events: [Event; N]) -> Given {
    Given(TestFramework::with(Moment { now }).given(events.into()))
}

fn given<const N: usize>(events: [Event; N]) -> Given {
    given_at(DateTime::UNIX_EPOCH, events)
}

impl Given {
    fn then<const N: usize>(self, command: ContractCommand, events: [Event; N]) {
        self.0.when(CatalogCommand { organization: Some(ACME), command }).then_expect_events(events.into());
    }

    fn refuses(self, command: ContractCommand, error: Error) {
        self.0.when(CatalogCommand { organization: Some(ACME), command }).then_expect_error(error);
    }
}

#[test]
fn a_contract_is_made_once_between_two_products() {
    given([]).then(create(SALES, Some(end())), [created()]);
    given([]).refuses(create(ORDERS, None), Error::WithItself);
    given([created()]).refuses(create(SALES, None), Error::AlreadyExists);
    for past in [DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH - TimeDelta::days(1)] {
        given([]).refuses(create(SALES, Some(past)), Error::ExpiryInPast);
    }
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    use ContractCommand::{Activate, Archive, Deprecate, Expire};
    for command in [rename(), Activate, Deprecate, Expire, Archive] {
        given([]).refuses(command, Error::NotFound);
    }
}

#[test]
fn a_draft_becomes_active_and_an_active_one_deprecated() {
    use ContractCommand::{Activate, Deprecate};
    given([created()]).then(Activate, [activated()]);
    given([created()]).refuses(Deprecate, Error::NotActive);
    given([created(), activated()]).refuses(Activate, Error::NotDraft);
    given([created(), activated()]).then(Deprecate, [deprecated()]);
    for command in [Activate, Deprecate] {
        let error = if command == Activate { Error::NotDraft } else { Error::NotActive };
        given([created(), activated(), deprecated()]).refuses(command, error);
    }
}

#[test]
fn an_active_contract_expires_by_the_clock_whether_it_is_recorded_or_not() {
    use ContractCommand::{Activate, Deprecate, Expire};
    let before = end() - TimeDelta::milliseconds(1);
    given_at(before, [created(), activated()]).then(Expire, []);
    given_at(before, [created(), activated()]).then(Deprecate, [deprecated()]);
    given_at(end(), [created(), activated()]).then(Expire, [expired()]);
    given_at(end(), [created(), activated(), expired()]).then(Expire, []);
    for events in [vec![created(), activated()], vec![created(), activated(), expired()]] {
        for (command, error) in [(Deprecate, Error::NotActive), (Activate, Error::NotDraft), (rename(), Error::Over)] {
            let given = TestFramework::<Contract>::with(Moment { now: end() }).given(events.clone());
            Given(given).refuses(command, error);
        }
    }
    // Only an active one: a draft waits, and what was given up stays so.
    given_at(end(), [created()]).then(Expire, []);
    given_at(end(), [created()]).refuses(Activate, Error::Over);
    given_at(end(), [created(), activated(), deprecated()]).then(Expire, []);
}

#[test]
fn the_time_to_expire_moves_while_it_is_ahead() {
    let later = end() + TimeDelta::days(30);
    let changed = |from, to| {
        let changes = ContractChanges { expires_at: Some(Change { from, to }), ..ContractChanges::default() };
        Event::ContractUpdated { space: SPACE, changes }
    };
    let moved = changed(Some(end()), Some(later));
    given([created(), activated()]).then(until(Some(later)), [moved.clone()]);
    given([created()]).then(until(None), [changed(Some(end()), None)]);
    given([created()]).refuses(until(Some(DateTime::UNIX_EPOCH)), Error::ExpiryInPast);
    given_at(end(), [created(), activated(), moved]).then(ContractCommand::Expire, []);
    // A draft whose time has passed can be given another.
    given_at(end(), [created()]).then(until(Some(later)), [changed(Some(end()), Some(later))]);
    given_at(end(), [created()]).then(until(Some(end())), []);
}

#[test]
fn an_update_names_what_it_changed() {
    let all = ContractCommand::Update {
        name: Some("Sales".into()),
        description: Some(Some("Once a day".into())),
        expires_at: Some(Some(end())),
    };
    let changes = ContractChanges {
        name: Some(Change { from: "Daily orders".into(), to: "Sales".into() }),
        description: Some(Change { from: None, to: Some("Once a day".into()) }),
        expires_at: None,
    };
    let updated = Event::ContractUpdated { space: SPACE, changes };
    given([created()]).then(all.clone(), [updated.clone()]);
    given([created(), updated]).then(all, []);
}

#[test]
fn an_archived_contract_stays_as_it_is() {
    use ContractCommand::{Activate, Archive, Deprecate, Expire};
    given([created()]).then(Archive, [archived(false)]);
    given([created(), activated()]).then(Archive, [archived(true)]);
    given_at(end(), [created(), activated()]).then(Archive, [expired(), archived(false)]);
    for command in [rename(), Activate, Deprecate, Expire, Archive] {
        given([created(), archived(false)]).refuses(command, Error::Archived);
    }
}
