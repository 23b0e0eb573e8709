//! What the folds make of the samples, and the tables it goes into, as a file of their projection set. Whatever changes
//! it wants another projection set, and so another file.

use std::{fs, path::PathBuf};

use aggregates::{
    authorization::{BuiltInRole, RoleKey},
    event::Event,
    ids::UserId,
    metadata::Metadata,
    organization::OrganizationEvent,
};
use projections::{
    PROJECTION_SET, RecordedEvent, Rows,
    row::{Table, Value as Cell},
    rows::{Changes, TABLES},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::samples::{id, samples, time, with_later_fields};
use crate::support::fold_into;

/// Events after which every other sample can be folded.
const FIRST: [&str; 15] = [
    "UserRegistered",
    "OrganizationCreated",
    "RoleCreated",
    "MemberInvited",
    "SessionStarted",
    "TeamCreated",
    "TeamMemberAdded",
    "WorkspaceCreated",
    "ProjectCreated",
    "SpaceCreated",
    "ProductCreated",
    "ContractCreated",
    "IssueCreated",
    "QualityCheckCreated",
    "ApiKeyCreated",
];

/// Samples that only change something after another one.
const AFTER: [(&str, &str); 14] = [
    ("OrganizationSlugReleased", "OrganizationSlugChanged"),
    ("OrganizationReactivated", "OrganizationSuspended"),
    ("OrganizationRestored", "OrganizationDeleted"),
    ("MemberAdded", "MemberRemoved"),
    ("MemberReinstated", "MemberSuspended"),
    ("UserEnabled", "UserDisabled"),
    ("SuperadminRevoked", "SuperadminGranted"),
    ("ApiKeyEnabled", "ApiKeyDisabled"),
    ("SpaceMemberRoleChanged", "SpaceMemberAdded"),
    ("SpaceMemberRemoved", "SpaceMemberAdded"),
    ("ContractDeprecated", "ContractActivated"),
    ("ContractExpired", "ContractActivated"),
    ("ContractArchived", "ContractActivated"),
    ("QualityResultIgnored", "QualityResultRecorded"),
];

#[test]
fn rows_are_those_of_their_projection_set() {
    let text =
        serde_json::to_string_pretty(&json!({ "tables": definitions(), "folds": folds() })).expect("a text") + "\n";
    let name = format!("tests/rows/projection-set-{PROJECTION_SET}.json");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(&name);
    let writes = std::env::var_os("TENANTRY_GOLDEN").is_some_and(|value| value == "write");
    // What belongs to a set that nodes may run already is never written anew.
    if writes && !path.exists() {
        fs::write(&path, &text).expect("written");
    }
    let stored = fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{name}: {error}. A new PROJECTION_SET has a file of its own: TENANTRY_GOLDEN=write writes it.")
    });
    let place = stored.lines().zip(text.lines()).position(|(stored, now)| stored != now);
    assert!(
        stored == text,
        "{name}, line {}: what folds or rows make is not what projection set {PROJECTION_SET} means any more. Raise \
         PROJECTION_SET in projections/src/lib.rs, so that nodes with the older folds stop writing and the read models \
         are rebuilt, and run this with TENANTRY_GOLDEN=write.",
        place.unwrap_or_default() + 1,
    );
}

fn definitions() -> Value {
    let definition = |table: &&Table| {
        let column = |column: &projections::row::Column| {
            format!("{} {:?}{}", column.name, column.kind, if column.nullable { ", nullable" } else { "" })
        };
        let columns: Vec<_> = table.columns.iter().map(column).collect();
        (table.name.to_owned(), json!({ "columns": columns, "key": table.key, "group": table.group }))
    };
    TABLES.iter().map(definition).collect::<Map<_, _>>().into()
}

/// What each sample changes.
fn folds() -> Vec<Value> {
    let (_, mut folds) = first();
    let rest = samples().into_iter().filter(|(_, event)| !FIRST.contains(&event.event_type().as_str()));
    folds.extend(rest.map(|(of, event)| fold(&mut prepared_for(&event.event_type()), id_of(of), of, event)));
    let later = (40..).zip(with_later_fields());
    folds.extend(later.map(|(n, (of, event))| fold(&mut prepared_for(&event.event_type()), id(n), of, event)));
    folds
}

/// The rows after the first events, and what those changed.
fn first() -> (Rows, Vec<Value>) {
    let mut rows = Rows::default();
    let folds = FIRST.into_iter().map(|wanted| fold_sample(&mut rows, wanted)).collect();
    (rows, folds)
}

fn fold_sample(rows: &mut Rows, event_type: &str) -> Value {
    let sample = samples().into_iter().find(|(_, event)| event.event_type() == event_type);
    let (of, event) = sample.expect("a sample");
    fold(rows, id_of(of), of, event)
}

/// The same rows with a second member, and with what has to come right before an event.
fn prepared_for(event_type: &str) -> Rows {
    let (mut rows, _) = first();
    let (user, role) = (UserId::new(id(3)), RoleKey::BuiltIn(BuiltInRole::Member));
    let second = OrganizationEvent::MemberAdded { user, role };
    fold(&mut rows, id(1), "organization", second.into());
    if let Some((_, before)) = AFTER.iter().find(|(after, _)| *after == event_type) {
        fold_sample(&mut rows, before);
    }
    rows
}

/// The streams that the samples speak of.
fn id_of(aggregate_type: &str) -> Uuid {
    id(match aggregate_type {
        "organization" | "usage" => 1,
        "user" => 2,
        "session" => 4,
        "workspace" => 6,
        "api_key" => 7,
        "team" => 8,
        "project" => 9,
        "space" => 10,
        "product" => 11,
        "contract" => 13,
        "issue" => 14,
        "quality_check" => 15,
        other => panic!("say here which stream the samples of {other} belong to"),
    })
}

fn fold(rows: &mut Rows, stream: Uuid, aggregate_type: &str, event: Event) -> Value {
    let event_type = event.event_type();
    let recorded = RecordedEvent {
        position: 1,
        event_id: Uuid::nil(),
        aggregate_id: stream,
        sequence: 1,
        organization_id: None,
        recorded_at: time(),
        event,
        metadata: Metadata::system(),
    };
    fold_into(rows, &recorded).unwrap_or_else(|error| panic!("{aggregate_type} {event_type}: {error}"));
    let mut changed = Map::new();
    for table in rows.tables() {
        let definition = table.definition();
        let Changes { removed_groups, removed, updated, inserted } = table.changes();
        let mut changes = Map::new();
        let mut put = |what: &str, list: Vec<Value>| {
            if !list.is_empty() {
                changes.insert(what.to_owned(), list.into());
            }
        };
        put("inserted", inserted.into_iter().map(|row| named(definition, row)).collect());
        put("updated", updated.into_iter().map(|row| named(definition, row)).collect());
        put("removed", removed.into_iter().map(|key| key.into_iter().map(plain).collect()).collect());
        put("removed with", removed_groups.into_iter().map(|group| json!(group)).collect());
        if !changes.is_empty() {
            changed.insert(definition.name.to_owned(), changes.into());
        }
    }
    rows.settle();
    json!({ "event": format!("{aggregate_type} {event_type}"), "changes": changed })
}

fn named(table: &Table, row: Vec<Cell>) -> Value {
    let names = table.columns.iter().map(|column| column.name.to_owned());
    names.zip(row.into_iter().map(plain)).collect::<Map<_, _>>().into()
}

fn plain(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Uuid(id) => json!(id),
        Cell::Text(text) => text.into(),
        Cell::Int(number) => number.into(),
        Cell::Bool(flag) => flag.into(),
        Cell::Time(time) => json!(time),
        Cell::Json(json) => json,
    }
}
