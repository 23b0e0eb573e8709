//! The fold over a ledger: rows stay in memory and are written to a copy when many have changed.

use std::collections::HashSet;

use aggregates::event::Event;
use projections::{
    RecordedEvent, RowKeys, Rows,
    row::Value,
    rows::{Changes, GENERATION, StoredTable},
};
use uuid::Uuid;

use super::{
    Error, Progress, Step, Watch,
    claims::Claims,
    hand::{Hand, Write},
    pages::Pages,
};
use crate::{
    database::Connection,
    database::store::{self, Copy, key_columns},
    ledger::{EventReader, secret::ClaimKey},
};

/// How much of a ledger is in memory while it is folded. More makes a rebuild faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Events that are read together.
    pub page: u32,
    /// Changed rows that wait to be written: they go in order of their keys and many at a time, and what changes often is
    /// written seldom. Rows on their way and those of the generation before are in memory too.
    pub changed: usize,
    /// Rows of one table that stay once they are written, in each of two generations.
    pub kept: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { page: 2000, changed: 64_000, kept: GENERATION }
    }
}

pub(super) struct Fold {
    memory: Memory,
    copy: Copy,
    rows: Rows,
    claims: Claims,
    /// Streams that began since rows were last written: nothing of theirs is in the copy.
    begun: HashSet<Uuid>,
    position: i64,
}

impl Fold {
    pub(super) fn new(prefix: &'static str, claims: ClaimKey, memory: Memory) -> Self {
        Self {
            memory,
            copy: Copy::Beside(prefix),
            rows: Rows::keeping(memory.kept),
            claims: Claims::new(claims),
            begun: HashSet::new(),
            position: 0,
        }
    }

    /// The last position that is folded.
    pub(super) fn position(&self) -> i64 {
        self.position
    }

    pub(super) fn page_size(&self) -> u32 {
        self.memory.page
    }

    pub(super) fn copy(&self) -> Copy {
        self.copy
    }

    /// Folds up to this position, writing when memory fills.
    pub(super) async fn advance(
        &mut self,
        events: &EventReader,
        hand: &mut Hand,
        to: i64,
        watch: Watch<'_>,
    ) -> Result<(), Error> {
        let mut pages = Pages::read(events, self.position, to, self.memory.page);
        while let Some(page) = pages.next().await {
            self.page(hand.reading(), &page?).await?;
            if self.changed() >= self.memory.changed {
                self.begin_to_write(hand).await?;
            }
            watch(Progress { step: Step::Folding, position: self.position, head: to });
        }
        Ok(())
    }

    /// Folds a page of events.
    pub(super) async fn page(&mut self, reading: &mut Connection, events: &[RecordedEvent]) -> Result<(), Error> {
        let mut keys = RowKeys::default();
        for recorded in events {
            // What has a shared id has rows when the stream begins.
            let own_id = Event::shares_ids_with(recorded.event.aggregate_type()).is_none();
            if recorded.sequence == 1 && own_id {
                self.begun.insert(recorded.aggregate_id);
            }
            projections::keys(recorded, &mut keys);
        }
        let Self { copy, rows, begun, .. } = self;
        store::load(reading, *copy, rows, &keys, |key| is_new(begun, key)).await?;
        for recorded in events {
            // Forgets how to undo the one before.
            self.rows.begin();
            let position = recorded.position;
            projections::fold(recorded, &mut self.rows).map_err(|source| Error::Unprojectable { position, source })?;
            self.claims.fold(recorded);
            self.position = position;
        }
        Ok(())
    }

    fn changed(&mut self) -> usize {
        self.rows.tables().iter().map(|table| table.changed()).sum::<usize>() + self.claims.changed()
    }

    /// Begins to write everything that changed. What was written before has arrived then; so rows that leave memory when
    /// this settles are in the copy, and those that are on their way are still in memory.
    async fn begin_to_write(&mut self, hand: &mut Hand) -> Result<(), Error> {
        let writes = self.take();
        hand.write(self.copy, writes).await?;
        self.settle();
        Ok(())
    }

    /// Writes everything that changed.
    pub(super) async fn write(&mut self, hand: &mut Hand) -> Result<(), Error> {
        self.begin_to_write(hand).await?;
        hand.finish().await.map(drop)
    }

    /// Writes everything that changed, inside a transaction.
    pub(super) async fn write_on(&mut self, connection: &mut Connection) -> Result<(), Error> {
        for write in self.take() {
            write.run(connection, self.copy).await?;
        }
        self.settle();
        Ok(())
    }

    fn settle(&mut self) {
        self.rows.settle();
        self.begun.clear();
    }

    fn take(&mut self) -> Vec<Write> {
        let mut writes: Vec<_> = self.rows.tables().into_iter().flat_map(|table| writes(table)).collect();
        writes.extend(self.claims.take());
        writes
    }
}

/// Removed groups go first, then every row that is there already, then all rows that changed are added.
fn writes(table: &dyn StoredTable) -> Vec<Write> {
    let definition = table.definition();
    let Changes { removed_groups, removed: mut gone, updated, inserted } = table.changes();
    let places: Vec<_> =
        definition.key.iter().filter_map(|key| definition.columns.iter().position(|c| c.name == *key)).collect();
    gone.extend(updated.iter().map(|row| places.iter().filter_map(|&place| row.get(place).cloned()).collect()));
    let mut writes = Vec::with_capacity(3);
    if let Some(group) = definition.columns.iter().find(|column| Some(column.name) == definition.group) {
        let rows = removed_groups.into_iter().map(|group| vec![Value::Uuid(group)]).collect();
        writes.push(Write::Delete { table: definition, columns: vec![*group], rows });
    }
    writes.push(Write::Delete { table: definition, columns: key_columns(definition), rows: gone });
    writes.push(Write::Insert { table: definition, rows: updated.into_iter().chain(inserted).collect() });
    writes
}

/// Rows are keyed by the stream that makes them, or by one that began before it.
fn is_new(begun: &HashSet<Uuid>, key: &[Value]) -> bool {
    matches!(key.first(), Some(Value::Uuid(id)) if begun.contains(id))
}

#[cfg(test)]
mod tests;
