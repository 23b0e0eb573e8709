use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{TeamCommand as Command, TeamEvent as Event, *};

const ORGANIZATION: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
const JANE: UserId = UserId::new(Uuid::from_u128(2));
const JOHN: UserId = UserId::new(Uuid::from_u128(3));

fn created() -> Event {
    Event::TeamCreated { organization: ORGANIZATION, name: "Engineering".into(), description: Some("Backend".into()) }
}

fn create() -> Command {
    Command::Create { organization: ORGANIZATION, name: "Engineering".into(), description: Some("Backend".into()) }
}

fn added(user: UserId) -> Event {
    Event::TeamMemberAdded { organization: ORGANIZATION, user }
}

fn deleted() -> Event {
    Event::TeamDeleted { organization: ORGANIZATION, name: "Engineering".into(), members: vec![] }
}

fn updated(changes: TeamChanges) -> Event {
    Event::TeamUpdated { organization: ORGANIZATION, changes }
}

/// A team to which this happened after its creation.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Team> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(std::iter::once(created()).chain(events).collect())
}

fn given_nothing() -> AggregateTestExecutor<Team> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given_no_previous_events()
}

fn folded(events: impl IntoIterator<Item = Event>) -> Team {
    let mut team = Team::default();
    events.into_iter().for_each(|event| team.apply(event));
    team
}

fn every_change() -> Vec<Command> {
    vec![
        Command::Update { name: Some("Other".into()), description: None },
        Command::Delete,
        Command::AddMember { user: JANE },
        Command::RemoveMember { user: JANE },
    ]
}

#[test]
fn a_team_is_created_once_and_never_again() {
    given_nothing().when(create()).then_expect_events(vec![created()]);
    given([]).when(create()).then_expect_error(TeamError::AlreadyExists);
    given([deleted()]).when(create()).then_expect_error(TeamError::AlreadyExists);
}

#[test]
fn what_does_not_exist_or_is_deleted_cannot_be_changed() {
    for command in every_change() {
        given_nothing().when(command.clone()).then_expect_error(TeamError::NotFound);
        given([deleted()]).when(command).then_expect_error(TeamError::NotFound);
    }
    assert_eq!(folded([]).organization(), None);
    assert_eq!(folded([created()]).organization(), Some(ORGANIZATION));
    assert_eq!(folded([created(), deleted()]).organization(), None);
}

#[test]
fn an_update_names_what_it_changed() {
    let name = Some(Change { from: "Engineering".into(), to: "engineering".into() });
    let renamed = updated(TeamChanges { name, description: None });
    let rename = Command::Update { name: Some("engineering".into()), description: None };
    given([]).when(rename.clone()).then_expect_events(vec![renamed.clone()]);
    given([renamed]).when(rename).then_expect_events(vec![]);

    let description = Some(Change { from: Some("Backend".into()), to: None });
    let cleared = updated(TeamChanges { name: None, description });
    let clear = Command::Update { name: None, description: Some(None) };
    given([]).when(clear.clone()).then_expect_events(vec![cleared.clone()]);
    given([cleared]).when(clear).then_expect_events(vec![]);
}

#[test]
fn an_update_to_what_it_is_already_changes_nothing() {
    let same = Command::Update { name: Some("Engineering".into()), description: Some(Some("Backend".into())) };
    given([]).when(same).then_expect_events(vec![]);
    given([]).when(Command::Update { name: None, description: None }).then_expect_events(vec![]);
}

#[test]
fn adding_and_removing_twice_changes_nothing() {
    let (add, remove) = (Command::AddMember { user: JANE }, Command::RemoveMember { user: JANE });
    let removed = Event::TeamMemberRemoved { user: JANE };
    given([]).when(add.clone()).then_expect_events(vec![added(JANE)]);
    given([added(JANE)]).when(add.clone()).then_expect_events(vec![]);
    given([added(JANE)]).when(remove.clone()).then_expect_events(vec![removed.clone()]);
    given([added(JOHN)]).when(remove.clone()).then_expect_events(vec![]);
    given([added(JANE), removed.clone()]).when(remove).then_expect_events(vec![]);
    given([added(JANE), removed]).when(add).then_expect_events(vec![added(JANE)]);
}

#[test]
fn deletion_gives_up_the_name_of_now_and_names_everybody_in_it() {
    let name = Some(Change { from: "Engineering".into(), to: "Platform".into() });
    let renamed = updated(TeamChanges { name, description: None });
    let deleted = Event::TeamDeleted { organization: ORGANIZATION, name: "Platform".into(), members: vec![JANE, JOHN] };
    let history = [added(JOHN), added(JANE), renamed];
    given(history.clone()).when(Command::Delete).then_expect_events(vec![deleted.clone()]);
    let team = folded(std::iter::once(created()).chain(history));
    assert_eq!(team.members().collect::<Vec<_>>(), [JANE, JOHN]);
    assert_eq!(folded([created(), added(JANE), deleted]).members().count(), 0);
}
