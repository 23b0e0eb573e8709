//! Claims as the ledger's events make them.

use std::collections::BTreeMap;

use aggregates::claim::{Claim, ClaimChange, ClaimKind, claim_changes};
use projections::{
    RecordedEvent,
    row::{Column, Kind, Table, Value},
};
use uuid::Uuid;

use super::hand::Write;
use crate::ledger::secret::ClaimKey;

const COLUMNS: &[Column] = &[
    Column { name: "kind", kind: Kind::Text, nullable: false },
    Column { name: "value", kind: Kind::Text, nullable: false },
    Column { name: "holder", kind: Kind::Uuid, nullable: false },
];

pub(super) const TABLE: Table = Table { name: "claims", columns: COLUMNS, key: &["kind", "value"], group: None };

#[derive(Clone, Copy)]
enum Change {
    Held(Uuid),
    Released(Uuid),
}

/// Claims that changed since they were last written.
pub(super) struct Claims {
    key: ClaimKey,
    changed: BTreeMap<(ClaimKind, String), Change>,
    /// Whether the copy has any claim, which then may have to give way.
    written: bool,
}

impl Claims {
    pub(super) fn new(key: ClaimKey) -> Self {
        Self { key, changed: BTreeMap::new(), written: false }
    }

    pub(super) fn changed(&self) -> usize {
        self.changed.len()
    }

    /// A stream releases only what it holds itself. In an append releases come first, whatever the order of its events;
    /// so when a claim changes hands in one append, its release may stand behind its new acquisition.
    pub(super) fn fold(&mut self, recorded: &RecordedEvent) {
        let stream = recorded.aggregate_id;
        for change in claim_changes(stream, &recorded.event) {
            match change {
                ClaimChange::Acquire(claim) => drop(self.changed.insert(self.stored(&claim), Change::Held(stream))),
                ClaimChange::Release(claim) => {
                    let change = self.changed.entry(self.stored(&claim)).or_insert(Change::Released(stream));
                    if matches!(change, Change::Held(holder) if *holder == stream) {
                        *change = Change::Released(stream);
                    }
                }
            }
        }
    }

    fn stored(&self, claim: &Claim) -> (ClaimKind, String) {
        (claim.kind, self.key.stored_value(claim))
    }

    /// What has to be written; it counts as written from here on.
    pub(super) fn take(&mut self) -> Vec<Write> {
        let (mut released, mut gone, mut held) = (Vec::new(), Vec::new(), Vec::new());
        for ((kind, value), change) in std::mem::take(&mut self.changed) {
            let key = [Value::Text(kind.as_str().to_owned()), Value::Text(value)];
            match change {
                Change::Released(holder) => released.push(row(key, holder)),
                Change::Held(holder) => {
                    if self.written {
                        gone.push(key.to_vec());
                    }
                    held.push(row(key, holder));
                }
            }
        }
        self.written |= !held.is_empty();
        vec![
            Write::Delete { table: &TABLE, columns: COLUMNS.to_vec(), rows: released },
            Write::Delete { table: &TABLE, columns: COLUMNS[..2].to_vec(), rows: gone },
            Write::Insert { table: &TABLE, rows: held },
        ]
    }
}

fn row([kind, value]: [Value; 2], holder: Uuid) -> Vec<Value> {
    vec![kind, value, Value::Uuid(holder)]
}
