use aggregates::ids::{OrganizationId, WorkspaceId};
use chrono::DateTime;

use super::*;

fn row(n: u128, organization: u128) -> WorkspaceRow {
    WorkspaceRow {
        id: WorkspaceId::new(Uuid::from_u128(n)),
        organization_id: OrganizationId::new(Uuid::from_u128(organization)),
        name: format!("workspace {n}"),
        slug: format!("w-{n}"),
        description: None,
        is_default: false,
        archived_at: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn loaded(rows: &[WorkspaceRow], absent: &[u128]) -> RowSet<WorkspaceRow> {
    let mut set = RowSet::default();
    let keys = absent.iter().map(|n| vec![Value::Uuid(Uuid::from_u128(*n))]).collect();
    set.load(keys, rows.iter().map(Row::values).collect()).expect("rows");
    set.begin();
    set
}

#[test]
fn a_row_reads_back_from_its_values() {
    let row = row(1, 9);
    assert_eq!(WorkspaceRow::read(&mut row.values().into_iter()), Ok(row));
}

#[test]
fn a_key_that_was_not_declared_is_an_error() {
    let mut set = loaded(&[], &[]);
    assert!(matches!(set.insert(row(1, 9)), Err(FoldError::Undeclared { .. })));
    assert!(matches!(set.update(&row(1, 9).key(), |_| {}), Err(FoldError::Undeclared { .. })));
}

#[test]
fn insert_and_update_insist_on_what_is_there() {
    let mut set = loaded(&[row(1, 9)], &[2]);
    assert!(matches!(set.insert(row(1, 9)), Err(FoldError::Present { .. })));
    assert!(matches!(set.update(&row(2, 9).key(), |_| {}), Err(FoldError::Missing { .. })));
    assert!(matches!(set.remove(&row(2, 9).key()), Err(FoldError::Missing { .. })));
    assert_eq!(set.changed(), 0);
}

#[test]
fn rollback_restores_rows_and_forgets_the_change() {
    let mut set = loaded(&[row(1, 9)], &[2]);
    set.update(&row(1, 9).key(), |row| row.version = 2).expect("updated");
    set.begin();
    set.update(&row(1, 9).key(), |row| row.version = 3).expect("updated");
    set.insert(row(2, 9)).expect("inserted");
    set.remove_group(Uuid::from_u128(9));
    set.rollback();
    assert_eq!(set.get(&row(1, 9).key()).map(|row| row.version), Some(2));
    assert_eq!(set.get(&row(2, 9).key()), None);
    let changes = set.changes();
    assert_eq!((changes.updated.len(), changes.inserted.len()), (1, 0));
    assert_eq!((changes.removed.len(), changes.removed_groups.len()), (0, 0));
}

#[test]
fn changes_tell_what_is_stored_from_what_is_not() {
    let mut set = loaded(&[row(1, 9), row(2, 9)], &[3, 4]);
    set.update(&row(1, 9).key(), |row| row.version = 2).expect("updated");
    set.remove(&row(2, 9).key()).expect("removed");
    set.insert(row(3, 9)).expect("inserted");
    set.update(&row(3, 9).key(), |row| row.version = 2).expect("updated");
    set.insert(row(4, 9)).expect("inserted");
    set.remove(&row(4, 9).key()).expect("removed");
    let changes = set.changes();
    assert_eq!(changes.updated.len(), 1);
    assert_eq!(changes.removed, [row(2, 9).key().values()]);
    assert_eq!(changes.inserted.len(), 1, "row 4 came and went");
    set.settle();
    set.begin();
    set.update(&row(3, 9).key(), |row| row.version = 3).expect("updated");
    assert_eq!((set.changes().updated.len(), set.changes().inserted.len()), (1, 0));
}

#[test]
fn a_removed_group_takes_its_rows_and_no_others() {
    let mut set = loaded(&[row(1, 9), row(2, 8)], &[3]);
    set.insert(row(3, 9)).expect("inserted");
    set.remove_group(Uuid::from_u128(9));
    assert_eq!(set.get(&row(1, 9).key()), None);
    assert_eq!(set.get(&row(3, 9).key()), None);
    assert!(set.get(&row(2, 8).key()).is_some());
    let changes = set.changes();
    assert!(changes.updated.is_empty() && changes.inserted.is_empty() && changes.removed.is_empty());
    assert_eq!(changes.removed_groups, [Uuid::from_u128(9)]);
}

#[test]
fn memory_stays_bounded_and_recent_rows_stay() {
    let mut set = loaded(&[], &[]);
    for n in 0..u128::try_from(3 * GENERATION).expect("a number") {
        set.load(vec![], vec![row(n, 9).values()]).expect("loaded");
        assert!(set.loaded(&row(0, 9).key()).is_ok_and(|row| row.is_some()), "row 0 is used all the time");
        set.settle();
    }
    assert!(set.young.len() + set.old.len() <= 2 * GENERATION + 2);
}

#[test]
fn absence_can_be_forgotten_and_rows_cannot() {
    let mut set = loaded(&[row(1, 9)], &[2]);
    set.forget_absent(&[row(1, 9).key(), row(2, 9).key()].into());
    assert!(set.get(&row(1, 9).key()).is_some());
    assert!(matches!(set.insert(row(2, 9)), Err(FoldError::Undeclared { .. })), "it has to be looked up again");
}
