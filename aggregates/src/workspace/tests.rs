use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{WorkspaceCommand as Command, WorkspaceError as Error, WorkspaceEvent as Event, *};

const ORGANIZATION: OrganizationId = OrganizationId::new(Uuid::from_u128(1));

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn created(is_default: bool) -> Event {
    let slug = if is_default { Slug::default_workspace() } else { slug("lab") };
    Event::WorkspaceCreated { organization: ORGANIZATION, name: "Lab".into(), slug, description: None, is_default }
}

fn create() -> Command {
    let (name, slug) = ("Lab".into(), slug("lab"));
    Command::Create { organization: ORGANIZATION, name, slug, description: None, is_default: false }
}

fn archived() -> Event {
    Event::WorkspaceArchived { organization: ORGANIZATION }
}

/// A workspace to which this happened.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Workspace> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> Workspace {
    let mut workspace = Workspace::default();
    events.into_iter().for_each(|event| workspace.apply(event));
    workspace
}

fn rename(name: &str) -> Command {
    Command::Update { name: Some(name.into()), slug: None, description: None }
}

#[test]
fn a_workspace_is_created_once_and_never_again() {
    given([]).when(create()).then_expect_events(vec![created(false)]);
    given([created(false)]).when(create()).then_expect_error(Error::AlreadyExists);
    given([created(false), archived()]).when(create()).then_expect_error(Error::AlreadyExists);
    assert_eq!(folded([]).organization(), None);
    assert_eq!(folded([created(false)]).organization(), Some(ORGANIZATION));
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    for command in [rename("Other"), Command::Archive] {
        given([]).when(command).then_expect_error(Error::NotFound);
    }
}

#[test]
fn an_update_names_what_it_changed() {
    let all = Command::Update {
        name: Some("Plant".into()),
        slug: Some(slug("plant")),
        description: Some(Some("Where it is made".into())),
    };
    let changes = WorkspaceChanges {
        name: Some(Change { from: "Lab".into(), to: "Plant".into() }),
        slug: Some(Change { from: slug("lab"), to: slug("plant") }),
        description: Some(Change { from: None, to: Some("Where it is made".into()) }),
    };
    let updated = Event::WorkspaceUpdated { organization: ORGANIZATION, changes };
    given([created(false)]).when(all.clone()).then_expect_events(vec![updated.clone()]);
    given([created(false), updated.clone()]).when(all).then_expect_events(vec![]);
    let back = WorkspaceChanges {
        name: Some(Change { from: "Plant".into(), to: "Lab".into() }),
        ..WorkspaceChanges::default()
    };
    let back = Event::WorkspaceUpdated { organization: ORGANIZATION, changes: back };
    given([created(false), updated]).when(rename("Lab")).then_expect_events(vec![back]);
}

#[test]
fn an_update_to_what_it_is_already_changes_nothing() {
    let same = Command::Update { name: Some("Lab".into()), slug: Some(slug("lab")), description: Some(None) };
    given([created(false)]).when(same).then_expect_events(vec![]);
    let nothing = Command::Update { name: None, slug: None, description: None };
    given([created(false)]).when(nothing).then_expect_events(vec![]);
}

#[test]
fn an_archived_workspace_stays_as_it_is() {
    given([created(false)]).when(Command::Archive).then_expect_events(vec![archived()]);
    for command in [rename("Other"), Command::Archive] {
        given([created(false), archived()]).when(command).then_expect_error(Error::Archived);
    }
    assert!(!folded([created(false)]).is_archived());
    assert!(folded([created(false), archived()]).is_archived());
}

#[test]
fn the_default_workspace_is_never_archived_whatever_it_is_called() {
    given([created(true)]).when(Command::Archive).then_expect_error(Error::IsDefault);
    let changes = WorkspaceChanges {
        slug: Some(Change { from: Slug::default_workspace(), to: slug("main") }),
        ..WorkspaceChanges::default()
    };
    let moved = Event::WorkspaceUpdated { organization: ORGANIZATION, changes };
    given([created(true), moved]).when(Command::Archive).then_expect_error(Error::IsDefault);
}
