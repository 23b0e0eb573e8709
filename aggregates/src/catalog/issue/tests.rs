use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{IssueCommand as Command, IssueError as Error, IssueEvent as Event, *};

const SPACE: SpaceId = SpaceId::new(Uuid::from_u128(1));
const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(2));
const JANE: UserId = UserId::new(Uuid::from_u128(3));
const BOB: UserId = UserId::new(Uuid::from_u128(4));
const ROCKET: ProductId = ProductId::new(Uuid::from_u128(5));

fn create() -> Command {
    Command::Create {
        space: SPACE,
        title: "It leaks".into(),
        description: Some("At the valve".into()),
        priority: Priority::High,
        assignee: Some(BOB),
        product: Some(ROCKET),
        created_by: JANE,
    }
}

fn created() -> Event {
    Event::IssueCreated {
        space: SPACE,
        title: "It leaks".into(),
        description: Some("At the valve".into()),
        priority: Priority::High,
        assignee: Some(BOB),
        product: Some(ROCKET),
        created_by: JANE,
    }
}

fn status(from: IssueStatus, to: IssueStatus) -> Event {
    Event::IssueStatusChanged { space: SPACE, from, to }
}

fn commented() -> Event {
    Event::IssueCommented { space: SPACE, id: CommentId::new(Uuid::from_u128(6)), author: JANE, body: "Seen".into() }
}

fn comment() -> Command {
    Command::Comment { id: CommentId::new(Uuid::from_u128(6)), author: JANE, body: "Seen".into() }
}

fn in_acme(command: Command) -> CatalogCommand<Command> {
    CatalogCommand { organization: Some(ACME), command }
}

/// An issue to which this happened.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Issue> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> Issue {
    let mut issue = Issue::default();
    events.into_iter().for_each(|event| issue.apply(event));
    issue
}

#[test]
fn an_issue_is_created_once_and_open() {
    given([]).when(in_acme(create())).then_expect_events(vec![created()]);
    given([created()]).when(in_acme(create())).then_expect_error(Error::AlreadyExists);
    let issue = folded([created()]);
    assert_eq!((issue.space(), issue.assignee(), issue.product()), (Some(SPACE), Some(BOB), Some(ROCKET)));
    let none = folded([]);
    assert_eq!((none.space(), none.assignee(), none.product()), (None, None, None));
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    let update = Command::Update { title: None, description: None, priority: None, product: None };
    let moves = [Command::Start, Command::Resolve, Command::WontFix, Command::Reopen];
    for command in [update, Command::Assign { assignee: None }, comment()].into_iter().chain(moves) {
        given([]).when(in_acme(command)).then_expect_error(Error::NotFound);
    }
}

#[test]
fn an_update_names_what_it_changed() {
    let update = |title: &str, description: Option<&str>, priority, product| Command::Update {
        title: Some(title.into()),
        description: Some(description.map(Into::into)),
        priority: Some(priority),
        product: Some(product),
    };
    let changes = IssueChanges {
        title: Some(Change { from: "It leaks".into(), to: "It drips".into() }),
        description: Some(Change { from: Some("At the valve".into()), to: None }),
        priority: Some(Change { from: Priority::High, to: Priority::Low }),
        product: Some(Change { from: Some(ROCKET), to: None }),
    };
    let updated = Event::IssueUpdated { space: SPACE, changes };
    let all = update("It drips", None, Priority::Low, None);
    given([created()]).when(in_acme(all.clone())).then_expect_events(vec![updated.clone()]);
    given([created(), updated]).when(in_acme(all)).then_expect_events(vec![]);
    let none = Command::Update { title: None, description: None, priority: None, product: None };
    given([created()]).when(in_acme(none)).then_expect_events(vec![]);
}

#[test]
fn an_issue_is_given_to_somebody_else_or_to_nobody() {
    let assign = |assignee| in_acme(Command::Assign { assignee });
    let assigned = |from, to| Event::IssueAssigned { space: SPACE, from, to };
    given([created()]).when(assign(Some(JANE))).then_expect_events(vec![assigned(Some(BOB), Some(JANE))]);
    given([created()]).when(assign(Some(BOB))).then_expect_events(vec![]);
    given([created()]).when(assign(None)).then_expect_events(vec![assigned(Some(BOB), None)]);
    let free = [created(), assigned(Some(BOB), None)];
    given(free.clone()).when(assign(None)).then_expect_events(vec![]);
    given(free).when(assign(Some(BOB))).then_expect_events(vec![assigned(None, Some(BOB))]);
}

#[test]
fn what_becomes_of_an_issue() {
    use IssueStatus::{InProgress, Open, Resolved, WontFix};
    let all = [Open, InProgress, Resolved, WontFix];
    for (command, to, of) in [
        (Command::Start, InProgress, vec![Open]),
        (Command::Resolve, Resolved, vec![Open, InProgress]),
        (Command::WontFix, WontFix, vec![Open, InProgress, Resolved]),
        (Command::Reopen, Open, vec![Resolved, WontFix]),
    ] {
        for from in all {
            let happened = if from == Open { vec![created()] } else { vec![created(), status(Open, from)] };
            let decided = given(happened).when(in_acme(command.clone()));
            if of.contains(&from) {
                decided.then_expect_events(vec![status(from, to)]);
            } else {
                decided.then_expect_error(Error::InvalidTransition { from, to });
            }
        }
    }
    let error = Error::InvalidTransition { from: Resolved, to: InProgress };
    assert_eq!(error.to_string(), "An issue that is resolved does not become in_progress");
}

#[test]
fn everything_can_be_said_of_an_issue_in_any_state() {
    let resolved = status(IssueStatus::Open, IssueStatus::Resolved);
    for happened in [vec![created()], vec![created(), resolved, commented()]] {
        given(happened).when(in_acme(comment())).then_expect_events(vec![commented()]);
    }
    assert_eq!(folded([created(), commented()]), folded([created()]), "what was said is not kept");
}

#[test]
fn events_belong_where_the_space_belongs_at_the_time() {
    let (id, issue) = (Uuid::from_u128(9), folded([created()]));
    assert_eq!(issue.belongs_to(id, &in_acme(Command::Start)), Some(ACME));
    assert_eq!(issue.belongs_to(id, &CatalogCommand { organization: None, command: Command::Start }), None);
}

#[test]
fn words_read_back() {
    for word in ["open", "in_progress", "resolved", "wont_fix"] {
        assert_eq!(word.parse().map(IssueStatus::as_str), Ok(word));
    }
    for word in ["low", "medium", "high", "critical"] {
        assert_eq!(word.parse().map(Priority::as_str), Ok(word));
    }
    assert_eq!(("closed".parse::<IssueStatus>(), "urgent".parse::<Priority>()), (Err(()), Err(())));
    assert_eq!(Priority::default(), Priority::Medium);
}
