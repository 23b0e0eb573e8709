//! The rows that a fold works on: those that are needed, in memory, with what was changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use crate::{
    FoldError,
    api_keys::ApiKeyRow,
    catalog::{
        contracts::ContractRow,
        issues::{IssueCommentRow, IssueRow},
        products::ProductRow,
        quality::{QualityCheckRow, QualityResultRow},
    },
    invitations::InvitationRow,
    memberships::MembershipRow,
    organizations::{OrganizationCountersRow, OrganizationRow},
    projects::ProjectRow,
    roles::RoleRow,
    row::{Columns, Row, RowKey, Table, Value, ValueError},
    sessions::SessionRow,
    spaces::{SpaceCountersRow, SpaceMemberRow, SpaceRow},
    teams::{TeamMemberRow, TeamRow},
    usage::{UsageHourRow, UsageRecordRow},
    users::UserRow,
    workspaces::WorkspaceRow,
};

/// How many rows of one table stay in memory between batches, in each of two generations.
pub const GENERATION: usize = 20_000;

macro_rules! tables {
    ($($name:ident: $row:ty,)*) => {
        /// Which rows are needed.
        #[derive(Debug, Default, Clone)]
        pub struct RowKeys { $(pub $name: BTreeSet<<$row as Row>::Key>,)* }

        impl RowKeys {
            pub fn extend(&mut self, other: &Self) {
                $(self.$name.extend(other.$name.iter().cloned());)*
            }
        }

        /// The rows in memory, a table each.
        #[derive(Debug, Default)]
        pub struct Rows { $(pub $name: RowSet<$row>,)* }

        impl Rows {
            /// None yet, and at most so many of each table in each of two generations once they are stored.
            pub fn keeping(generation: usize) -> Self {
                Self { $($name: RowSet::keeping(generation),)* }
            }

            /// Forgets everything.
            pub fn clear(&mut self) {
                $(self.$name = RowSet::keeping(self.$name.generation);)*
            }

            /// Every table, to be loaded and stored without knowing its type.
            pub fn tables(&mut self) -> Vec<&mut dyn StoredTable> {
                vec![$(&mut self.$name,)*]
            }

            /// The wanted keys that are not in memory, table by table in the order of [`Rows::tables`].
            pub fn missing(&mut self, keys: &RowKeys) -> Vec<Vec<Vec<Value>>> {
                vec![$(self.$name.missing(&keys.$name),)*]
            }

            /// Forgets that these keys have no row, where that was supposed and not looked up.
            pub fn forget_absent(&mut self, keys: &RowKeys) {
                $(self.$name.forget_absent(&keys.$name);)*
            }
        }

        $(impl Kept for $row {
            fn keys(keys: &mut RowKeys) -> &mut BTreeSet<Self::Key> {
                &mut keys.$name
            }

            fn set(rows: &Rows) -> &RowSet<Self> {
                &rows.$name
            }
        })*

        /// The definitions of all tables.
        pub const TABLES: &[&Table] = &[$(<$row as Row>::TABLE,)*];
    };
}

tables! {
    organizations: OrganizationRow,
    organization_counters: OrganizationCountersRow,
    users: UserRow,
    sessions: SessionRow,
    memberships: MembershipRow,
    invitations: InvitationRow,
    roles: RoleRow,
    teams: TeamRow,
    team_members: TeamMemberRow,
    workspaces: WorkspaceRow,
    projects: ProjectRow,
    spaces: SpaceRow,
    space_members: SpaceMemberRow,
    space_counters: SpaceCountersRow,
    products: ProductRow,
    contracts: ContractRow,
    issues: IssueRow,
    issue_comments: IssueCommentRow,
    quality_checks: QualityCheckRow,
    quality_results: QualityResultRow,
    api_keys: ApiKeyRow,
    usage_hours: UsageHourRow,
    usage_records: UsageRecordRow,
}

/// A row of one of these tables.
pub trait Kept: Row {
    fn keys(keys: &mut RowKeys) -> &mut BTreeSet<Self::Key>;
    fn set(rows: &Rows) -> &RowSet<Self>;
}

impl RowKeys {
    /// These rows of one table.
    pub fn of<R: Kept>(wanted: impl IntoIterator<Item = R::Key>) -> Self {
        Self::default().and::<R>(wanted)
    }

    /// And these of another.
    pub fn and<R: Kept>(mut self, wanted: impl IntoIterator<Item = R::Key>) -> Self {
        R::keys(&mut self).extend(wanted);
        self
    }
}

impl Rows {
    /// A row that is in memory.
    pub fn get<R: Kept>(&self, key: &R::Key) -> Option<&R> {
        R::set(self).get(key)
    }

    /// Removes every row that goes with an organization, in all tables.
    pub fn remove_group(&mut self, group: Uuid) {
        self.tables().into_iter().for_each(|table| table.remove_group(group));
    }

    /// From here on changes can be taken back.
    pub fn begin(&mut self) {
        self.tables().into_iter().for_each(StoredTable::begin);
    }

    /// Takes back everything since [`Rows::begin`].
    pub fn rollback(&mut self) {
        self.tables().into_iter().for_each(StoredTable::rollback);
    }

    /// What was changed is stored: it counts as unchanged, and old rows may leave memory.
    pub fn settle(&mut self) {
        self.tables().into_iter().for_each(StoredTable::settle);
    }
}

/// What has to be stored of one table. Removed groups go first.
#[derive(Debug, Default)]
pub struct Changes {
    pub removed_groups: Vec<Uuid>,
    /// Keys of rows that are stored.
    pub removed: Vec<Vec<Value>>,
    /// Whole rows that are stored in an older state.
    pub updated: Vec<Vec<Value>>,
    /// Whole rows that are not stored yet.
    pub inserted: Vec<Vec<Value>>,
}

/// A [`RowSet`], for moving rows between memory and a database.
pub trait StoredTable: Send {
    fn definition(&self) -> &'static Table;
    /// Takes in what the database has for these keys; keys without a row become known to be absent.
    fn load(&mut self, keys: Vec<Vec<Value>>, rows: Vec<Vec<Value>>) -> Result<(), ValueError>;
    /// Removes every row of an organization, in memory or not, where rows go with one.
    fn remove_group(&mut self, group: Uuid);
    fn changes(&self) -> Changes;
    fn changed(&self) -> usize;
    fn begin(&mut self);
    fn rollback(&mut self);
    fn settle(&mut self);
}

#[derive(Debug)]
struct Undo<R: Row> {
    key: R::Key,
    before: Option<R>,
    stored_before: Option<bool>,
}

/// Rows of one table. A key is either not loaded, known to be absent, or there.
#[derive(Debug)]
pub struct RowSet<R: Row> {
    /// How many stored rows are kept in each generation.
    generation: usize,
    young: HashMap<R::Key, Option<R>>,
    old: HashMap<R::Key, Option<R>>,
    /// The keys of changed rows, and whether a row is stored under them.
    changed: HashMap<R::Key, bool>,
    removed_groups: Vec<Uuid>,
    undo: Vec<Undo<R>>,
    groups_before: usize,
}

impl<R: Row> Default for RowSet<R> {
    fn default() -> Self {
        Self::keeping(GENERATION)
    }
}

impl<R: Row> RowSet<R> {
    fn keeping(generation: usize) -> Self {
        Self {
            generation,
            young: HashMap::new(),
            old: HashMap::new(),
            changed: HashMap::new(),
            removed_groups: Vec::new(),
            undo: Vec::new(),
            groups_before: 0,
        }
    }

    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.young.get(key).or_else(|| self.old.get(key)).and_then(Option::as_ref)
    }

    /// Adds a row; there must be none with its key.
    pub fn insert(&mut self, row: R) -> Result<(), FoldError> {
        let key = row.key();
        match self.loaded(&key)? {
            Some(_) => Err(FoldError::Present { table: R::TABLE.name, key: format!("{key:?}") }),
            None => {
                self.put(key, None, Some(row));
                Ok(())
            }
        }
    }

    /// Changes a row that must be there.
    pub fn update(&mut self, key: &R::Key, change: impl FnOnce(&mut R)) -> Result<(), FoldError> {
        self.loaded(key)?;
        match self.young.get_mut(key) {
            Some(Some(row)) => {
                let before = row.clone();
                change(row);
                self.note(key.clone(), Some(before));
                Ok(())
            }
            _ => Err(FoldError::Missing { table: R::TABLE.name, key: format!("{key:?}") }),
        }
    }

    /// Removes a row that must be there.
    pub fn remove(&mut self, key: &R::Key) -> Result<(), FoldError> {
        match self.loaded(key)? {
            Some(before) => {
                let before = before.clone();
                self.put(key.clone(), Some(before), None);
                Ok(())
            }
            None => Err(FoldError::Missing { table: R::TABLE.name, key: format!("{key:?}") }),
        }
    }

    fn put(&mut self, key: R::Key, before: Option<R>, after: Option<R>) {
        self.young.insert(key.clone(), after);
        self.note(key, before);
    }

    /// Remembers that a row was changed, what it was, and whether it is stored.
    fn note(&mut self, key: R::Key, before: Option<R>) {
        let stored_before = self.changed.get(&key).copied();
        self.changed.insert(key.clone(), stored_before.unwrap_or(before.is_some()));
        self.undo.push(Undo { key, before, stored_before });
    }

    /// The row of a key that was declared; a row of the old generation becomes young.
    fn loaded(&mut self, key: &R::Key) -> Result<Option<&R>, FoldError> {
        if let Some(row) = self.old.remove(key) {
            self.young.entry(key.clone()).or_insert(row);
        }
        match self.young.get(key) {
            Some(row) => Ok(row.as_ref()),
            None => Err(FoldError::Undeclared { table: R::TABLE.name, key: format!("{key:?}") }),
        }
    }

    fn missing(&mut self, keys: &BTreeSet<R::Key>) -> Vec<Vec<Value>> {
        keys.iter().filter(|key| self.loaded(key).is_err()).map(RowKey::values).collect()
    }

    fn forget_absent(&mut self, keys: &BTreeSet<R::Key>) {
        for key in keys {
            if self.get(key).is_none() {
                self.young.remove(key);
                self.old.remove(key);
            }
        }
    }
}

impl<R: Row> StoredTable for RowSet<R> {
    fn definition(&self) -> &'static Table {
        R::TABLE
    }

    fn load(&mut self, keys: Vec<Vec<Value>>, rows: Vec<Vec<Value>>) -> Result<(), ValueError> {
        for key in keys {
            self.young.insert(R::Key::read(key)?, None);
        }
        for values in rows {
            let row = <R as Columns>::read(&mut values.into_iter())?;
            self.young.insert(row.key(), Some(row));
        }
        Ok(())
    }

    fn remove_group(&mut self, group: Uuid) {
        if R::TABLE.group.is_none() {
            return;
        }
        let keys: Vec<_> = self
            .young
            .iter()
            .chain(&self.old)
            .filter(|(_, row)| row.as_ref().and_then(R::group) == Some(group))
            .map(|(key, _)| key.clone())
            .collect();
        for key in keys {
            let before = self.get(&key).cloned();
            self.put(key.clone(), before, None);
            self.changed.remove(&key);
        }
        self.removed_groups.push(group);
    }

    fn changes(&self) -> Changes {
        let mut changes = Changes { removed_groups: self.removed_groups.clone(), ..Changes::default() };
        // In the order of keys, so that transactions lock rows in one order and pages are filled in one order.
        let changed: BTreeMap<_, _> = self.changed.iter().collect();
        for (key, stored) in changed {
            match (self.get(key), stored) {
                (Some(row), true) => changes.updated.push(row.values()),
                (Some(row), false) => changes.inserted.push(row.values()),
                (None, true) => changes.removed.push(key.values()),
                (None, false) => {}
            }
        }
        changes
    }

    fn changed(&self) -> usize {
        self.changed.len()
    }

    fn begin(&mut self) {
        self.undo.clear();
        self.groups_before = self.removed_groups.len();
    }

    fn rollback(&mut self) {
        while let Some(Undo { key, before, stored_before }) = self.undo.pop() {
            match stored_before {
                Some(stored) => self.changed.insert(key.clone(), stored),
                None => self.changed.remove(&key),
            };
            self.young.insert(key, before);
        }
        self.removed_groups.truncate(self.groups_before);
    }

    fn settle(&mut self) {
        self.undo.clear();
        self.changed.clear();
        self.removed_groups.clear();
        if self.young.len() > self.generation {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

#[cfg(test)]
mod tests;
