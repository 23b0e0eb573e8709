use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{ProjectCommand as Command, ProjectError as Error, ProjectEvent as Event, *};

const ORGANIZATION: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
const LAB: WorkspaceId = WorkspaceId::new(Uuid::from_u128(2));
const PLANT: WorkspaceId = WorkspaceId::new(Uuid::from_u128(3));

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn created() -> Event {
    let (name, slug) = ("Site".into(), slug("site"));
    Event::ProjectCreated { organization: ORGANIZATION, name, slug, description: None, workspace: Some(LAB) }
}

fn create() -> Command {
    let (name, slug) = ("Site".into(), slug("site"));
    Command::Create { organization: ORGANIZATION, name, slug, description: None, workspace: Some(LAB) }
}

fn archived() -> Event {
    Event::ProjectArchived { organization: ORGANIZATION }
}

/// A project to which this happened.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Project> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> Project {
    let mut project = Project::default();
    events.into_iter().for_each(|event| project.apply(event));
    project
}

fn put_into(workspace: Option<WorkspaceId>) -> Command {
    Command::Update { name: None, slug: None, description: None, workspace: Some(workspace) }
}

fn moved(from: Option<WorkspaceId>, to: Option<WorkspaceId>) -> Event {
    let changes = ProjectChanges { workspace: Some(Change { from, to }), ..ProjectChanges::default() };
    Event::ProjectUpdated { organization: ORGANIZATION, changes }
}

#[test]
fn a_project_is_created_once_and_never_again() {
    given([]).when(create()).then_expect_events(vec![created()]);
    given([created()]).when(create()).then_expect_error(Error::AlreadyExists);
    given([created(), archived()]).when(create()).then_expect_error(Error::AlreadyExists);
    assert_eq!((folded([]).organization(), folded([]).workspace()), (None, None));
    assert_eq!((folded([created()]).organization(), folded([created()]).workspace()), (Some(ORGANIZATION), Some(LAB)));
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    for command in [put_into(None), Command::Archive] {
        given([]).when(command).then_expect_error(Error::NotFound);
    }
}

#[test]
fn an_update_names_what_it_changed() {
    let all = Command::Update {
        name: Some("Shop".into()),
        slug: Some(slug("shop")),
        description: Some(Some("Where it is sold".into())),
        workspace: Some(Some(PLANT)),
    };
    let changes = ProjectChanges {
        name: Some(Change { from: "Site".into(), to: "Shop".into() }),
        slug: Some(Change { from: slug("site"), to: slug("shop") }),
        description: Some(Change { from: None, to: Some("Where it is sold".into()) }),
        workspace: Some(Change { from: Some(LAB), to: Some(PLANT) }),
    };
    let updated = Event::ProjectUpdated { organization: ORGANIZATION, changes };
    given([created()]).when(all.clone()).then_expect_events(vec![updated.clone()]);
    given([created(), updated.clone()]).when(all).then_expect_events(vec![]);
    let out = moved(Some(PLANT), None);
    given([created(), updated.clone()]).when(put_into(None)).then_expect_events(vec![out.clone()]);
    assert_eq!(folded([created(), updated.clone()]).workspace(), Some(PLANT));
    assert_eq!(folded([created(), updated, out]).workspace(), None);
}

#[test]
fn an_update_to_what_it_is_already_changes_nothing() {
    let same = Command::Update {
        name: Some("Site".into()),
        slug: Some(slug("site")),
        description: Some(None),
        workspace: Some(Some(LAB)),
    };
    given([created()]).when(same).then_expect_events(vec![]);
    let nothing = Command::Update { name: None, slug: None, description: None, workspace: None };
    given([created()]).when(nothing).then_expect_events(vec![]);
    given([created(), moved(Some(LAB), None)]).when(put_into(None)).then_expect_events(vec![]);
}

#[test]
fn an_archived_project_stays_as_it_is() {
    given([created()]).when(Command::Archive).then_expect_events(vec![archived()]);
    for command in [put_into(None), Command::Archive] {
        given([created(), archived()]).when(command).then_expect_error(Error::Archived);
    }
}
