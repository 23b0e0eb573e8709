//! Issues, what was said about them, and how many are left to do.

use aggregates::{
    catalog::issue::{IssueChanges, IssueEvent as Event, IssueStatus, Priority},
    change::Change,
    ids::{CommentId, IssueId, UserId},
    space::SpaceEvent,
};
use uuid::Uuid;

use super::{
    super::{ID, at, slug},
    DATA, ORDERS, OWNER, Tables, after, counters,
};
use crate::catalog::issues::{IssueCommentRow, IssueRow};

const LEAK: IssueId = IssueId::new(Uuid::from_u128(20));
const SAID: CommentId = CommentId::new(Uuid::from_u128(21));
const BOB: UserId = UserId::new(Uuid::from_u128(22));

fn made() -> Event {
    Event::IssueCreated {
        space: DATA,
        title: "It LEAKS".into(),
        description: Some("Über the valve".into()),
        priority: Priority::High,
        assignee: Some(BOB),
        product: Some(ORDERS),
        created_by: OWNER,
    }
}

fn becomes(from: IssueStatus, to: IssueStatus) -> Event {
    Event::IssueStatusChanged { space: DATA, from, to }
}

fn said() -> Event {
    Event::IssueCommented { space: DATA, id: SAID, author: BOB, body: "Seen".into() }
}

/// The tables of a space with an issue to which this happened.
fn issue_after(events: impl IntoIterator<Item = Event>) -> Tables {
    after([made()].into_iter().chain(events).map(|event| (LEAK.uuid(), event.into())))
}

fn row(tables: &Tables) -> IssueRow {
    tables.row(&(LEAK,)).expect("an issue")
}

#[test]
fn an_issue_is_what_was_said_of_it() {
    let expected = IssueRow {
        id: LEAK,
        space_id: DATA,
        title: "It LEAKS".into(),
        description: Some("Über the valve".into()),
        status: IssueStatus::Open,
        priority: Priority::High,
        assignee_id: Some(BOB),
        product_id: Some(ORDERS),
        search_text: "it leaks über the valve".into(),
        comment_count: 0,
        version: 1,
        created_at: at(2),
        updated_at: at(2),
        created_by: OWNER,
    };
    assert_eq!(row(&issue_after([])), expected);
    let changes = IssueChanges {
        title: Some(Change { from: "It LEAKS".into(), to: "It drips".into() }),
        description: Some(Change { from: expected.description.clone(), to: None }),
        priority: Some(Change { from: Priority::High, to: Priority::Low }),
        product: Some(Change { from: Some(ORDERS), to: None }),
    };
    let changed = IssueRow {
        title: "It drips".into(),
        description: None,
        priority: Priority::Low,
        product_id: None,
        search_text: "it drips".into(),
        version: 2,
        updated_at: at(3),
        ..expected.clone()
    };
    assert_eq!(row(&issue_after([Event::IssueUpdated { space: DATA, changes }])), changed);
    let given = IssueRow { assignee_id: None, version: 2, updated_at: at(3), ..expected };
    assert_eq!(row(&issue_after([Event::IssueAssigned { space: DATA, from: Some(BOB), to: None }])), given);
}

#[test]
fn what_is_said_leaves_the_issue_as_it_is() {
    let (before, tables) = (row(&issue_after([])), issue_after([said()]));
    assert_eq!(row(&tables), IssueRow { comment_count: 1, ..before });
    let comment = IssueCommentRow {
        id: SAID,
        issue_id: LEAK,
        space_id: DATA,
        author_id: BOB,
        body: "Seen".into(),
        created_at: at(3),
    };
    assert_eq!(tables.row(&(SAID,)), Some(comment));
}

#[test]
fn what_is_left_to_do_is_counted() {
    use IssueStatus::{InProgress, Open, Resolved, WontFix};
    let count = |way: &[IssueStatus]| {
        let tables = issue_after(way.windows(2).map(|step| becomes(step[0], step[1])));
        (row(&tables).status, counters(&tables).open_issues)
    };
    for (way, left) in [
        (vec![Open], 1),
        (vec![Open, InProgress], 1),
        (vec![Open, Resolved], 0),
        (vec![Open, InProgress, Resolved], 0),
        (vec![Open, Resolved, WontFix], 0),
        (vec![Open, InProgress, WontFix, Open], 1),
        (vec![Open, Resolved, Open, InProgress], 1),
    ] {
        assert_eq!(count(&way), (*way.last().expect("a state"), left), "{way:?}");
    }
}

#[test]
fn a_purge_of_the_space_takes_issues_along() {
    let attached = SpaceEvent::SpaceAttached { organization: ID, archived: true };
    let purged = SpaceEvent::SpacePurged { organization: ID, slug: slug("data") };
    let first =
        [(ID.uuid(), super::super::created().into()), (LEAK.uuid(), made().into()), (LEAK.uuid(), said().into())];
    let tables = after(first.into_iter().chain([attached, purged].map(|event| (DATA.uuid(), event.into()))));
    assert_eq!((tables.row::<IssueRow>(&(LEAK,)), tables.row::<IssueCommentRow>(&(SAID,))), (None, None));
}
