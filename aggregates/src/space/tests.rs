use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{SpaceCommand as Command, SpaceError as Error, SpaceEvent as Event, *};

const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
const ADA: UserId = UserId::new(Uuid::from_u128(2));
const BOB: UserId = UserId::new(Uuid::from_u128(3));

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn created(organization: Option<OrganizationId>) -> Event {
    Event::SpaceCreated {
        organization,
        name: "Analytics".into(),
        slug: slug("analytics"),
        description: None,
        admin: ADA,
    }
}

fn create(organization: Option<OrganizationId>) -> Command {
    Command::Create { organization, name: "Analytics".into(), slug: slug("analytics"), description: None, admin: ADA }
}

fn attached(archived: bool) -> Event {
    Event::SpaceAttached { organization: ACME, archived }
}

fn archived() -> Event {
    Event::SpaceArchived { organization: None }
}

fn added(user: UserId, role: SpaceRole) -> Event {
    Event::SpaceMemberAdded { user, role }
}

fn detach(left: &[UserId]) -> Command {
    Command::Detach { left: left.to_vec(), admin: BOB }
}

/// A space to which this happened.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Space> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> Space {
    let mut space = Space::default();
    events.into_iter().for_each(|event| space.apply(event));
    space
}

#[test]
fn a_space_is_created_once_with_its_creator_as_admin() {
    for organization in [None, Some(ACME)] {
        given([]).when(create(organization)).then_expect_events(vec![created(organization)]);
        given([created(organization)]).when(create(None)).then_expect_error(Error::AlreadyExists);
        let space = folded([created(organization)]);
        assert_eq!((space.organization(), space.role(ADA)), (organization, Some(SpaceRole::Admin)));
    }
    for command in [Command::Archive, detach(&[]), Command::Attach { organization: ACME }] {
        given([]).when(command).then_expect_error(Error::NotFound);
    }
}

#[test]
fn a_space_belongs_to_one_organization_at_most() {
    let attach = Command::Attach { organization: ACME };
    given([created(None)]).when(attach.clone()).then_expect_events(vec![attached(false)]);
    given([created(None), attached(false)]).when(attach.clone()).then_expect_error(Error::Attached);
    let other = Command::Attach { organization: OrganizationId::new(Uuid::from_u128(9)) };
    given([created(Some(ACME))]).when(other).then_expect_error(Error::Attached);
    let detached = Event::SpaceDetached { organization: ACME, archived: false };
    given([created(Some(ACME))]).when(detach(&[])).then_expect_events(vec![detached.clone()]);
    given([created(None)]).when(detach(&[])).then_expect_error(Error::Detached);
    assert_eq!(folded([created(Some(ACME)), detached.clone()]).organization(), None);
    given([created(Some(ACME)), detached]).when(attach).then_expect_events(vec![attached(false)]);
}

#[test]
fn nobody_who_left_the_organization_keeps_a_space_that_leaves_it() {
    let detached = Event::SpaceDetached { organization: ACME, archived: false };
    let editor = [created(Some(ACME)), added(BOB, SpaceRole::Editor)];
    given(editor.clone()).when(detach(&[])).then_expect_events(vec![detached.clone()]);
    let promoted = Event::SpaceMemberRoleChanged { user: BOB, from: SpaceRole::Editor, to: SpaceRole::Admin };
    let removed = Event::SpaceMemberRemoved { user: ADA };
    given(editor).when(detach(&[ADA])).then_expect_events(vec![promoted, removed.clone(), detached.clone()]);
    let alone = vec![added(BOB, SpaceRole::Admin), removed, detached.clone()];
    given([created(Some(ACME))]).when(detach(&[ADA])).then_expect_events(alone);
    let both = [created(Some(ACME)), added(BOB, SpaceRole::Viewer)];
    let removed = Event::SpaceMemberRemoved { user: BOB };
    let command = Command::Detach { left: vec![BOB], admin: ADA };
    given(both).when(command).then_expect_events(vec![removed, detached]);
}

#[test]
fn members_have_one_role_and_an_admin_is_always_left() {
    let set = |user, role| Command::SetMember { user, role };
    given([created(None)]).when(set(BOB, SpaceRole::Editor)).then_expect_events(vec![added(BOB, SpaceRole::Editor)]);
    given([created(None), added(BOB, SpaceRole::Editor)]).when(set(BOB, SpaceRole::Editor)).then_expect_events(vec![]);
    for command in [set(ADA, SpaceRole::Viewer), Command::RemoveMember { user: ADA }] {
        given([created(None), added(BOB, SpaceRole::Editor)]).when(command).then_expect_error(Error::LastAdmin);
    }
    let two = [created(None), added(BOB, SpaceRole::Admin)];
    let demoted = Event::SpaceMemberRoleChanged { user: ADA, from: SpaceRole::Admin, to: SpaceRole::Viewer };
    given(two.clone()).when(set(ADA, SpaceRole::Viewer)).then_expect_events(vec![demoted.clone()]);
    let removed = Event::SpaceMemberRemoved { user: ADA };
    given(two.clone()).when(Command::RemoveMember { user: ADA }).then_expect_events(vec![removed.clone()]);
    given([created(None)]).when(Command::RemoveMember { user: BOB }).then_expect_events(vec![]);
    let [first, second] = two;
    assert_eq!(folded([first.clone(), second.clone(), demoted]).role(ADA), Some(SpaceRole::Viewer));
    assert_eq!(folded([first, second, removed]).role(ADA), None);
}

#[test]
fn an_update_names_what_it_changed() {
    let update = |name: &str, text: &str| Command::Update {
        name: Some(name.into()),
        slug: Some(slug(text)),
        description: Some(None),
    };
    let changes = SpaceChanges {
        name: Some(Change { from: "Analytics".into(), to: "Data".into() }),
        slug: Some(Change { from: slug("analytics"), to: slug("data") }),
        description: None,
    };
    let updated = Event::SpaceUpdated { changes };
    given([created(None)]).when(update("Data", "data")).then_expect_events(vec![updated.clone()]);
    given([created(None), updated]).when(update("Data", "data")).then_expect_events(vec![]);
    given([created(None)]).when(update("Analytics", "analytics")).then_expect_events(vec![]);
}

#[test]
fn an_archived_space_can_only_be_left_and_handed_over() {
    given([created(None)]).when(Command::Archive).then_expect_events(vec![archived()]);
    let update = Command::Update { name: Some("Data".into()), slug: None, description: None };
    let set = Command::SetMember { user: BOB, role: SpaceRole::Viewer };
    for command in [Command::Archive, update, set] {
        given([created(None), archived()]).when(command).then_expect_error(Error::Archived);
    }
    let attach = Command::Attach { organization: ACME };
    given([created(None), archived()]).when(attach).then_expect_events(vec![attached(true)]);
    let members = [created(None), added(BOB, SpaceRole::Viewer), archived()];
    let removed = Event::SpaceMemberRemoved { user: BOB };
    given(members).when(Command::RemoveMember { user: BOB }).then_expect_events(vec![removed]);
}

#[test]
fn a_space_is_purged_with_its_organization() {
    let purged = Event::SpacePurged { organization: ACME, slug: slug("analytics") };
    given([created(Some(ACME))]).when(Command::Purge).then_expect_events(vec![purged.clone()]);
    given([created(None)]).when(Command::Purge).then_expect_error(Error::Detached);
    assert_eq!(folded([created(Some(ACME)), purged]), Space::default());
}
