//! Golden events: one checked-in file for each (event type, version) that was ever written. What is in a ledger stays
//! there, so that a file never changes; a new form of an event is a new version, with an upcaster and a file of its own.
//!
//! `TENANTRY_GOLDEN=write cargo test --test ledger golden` writes the files of today's versions.

mod rows;
mod samples;
mod variants;

use std::{collections::BTreeSet, fs, path::PathBuf};

use aggregates::{
    api_key::ApiKeyEvent,
    catalog::{contract::ContractEvent, issue::IssueEvent, product::ProductEvent, quality_check::QualityCheckEvent},
    event::{Event, upcasters},
    organization::OrganizationEvent,
    personal::PERSONAL_MARK,
    project::ProjectEvent,
    session::SessionEvent,
    space::SpaceEvent,
    team::TeamEvent,
    usage::UsageEvent,
    user::UserEvent,
    workspace::WorkspaceEvent,
};
use cqrs_es::persist::SerializedEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::{
    samples::{samples, with_later_fields},
    variants::variants,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    aggregate_type: String,
    event_type: String,
    event_version: String,
    /// As stored, with personal fields open.
    payload: Value,
}

impl Golden {
    fn of(aggregate_type: &str, event: &Event) -> Self {
        Self {
            aggregate_type: aggregate_type.to_owned(),
            event_type: event.event_type(),
            event_version: event.event_version(),
            payload: event.encode().expect("a payload"),
        }
    }

    fn file(&self) -> String {
        format!("{}-{}-{}.json", self.aggregate_type, self.event_type, self.event_version)
    }

    fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("a text") + "\n"
    }

    /// The way every stored event goes.
    fn read(self) -> Result<Event, aggregates::event::DecodeError> {
        let Self { aggregate_type, event_type, event_version, payload } = self;
        let stored =
            SerializedEvent::new("id".into(), 1, aggregate_type, event_type, event_version, payload, Value::Null);
        let lifted = upcasters().iter().fold(stored, |event, upcaster| {
            if upcaster.can_upcast(&event.event_type, &event.event_version) { upcaster.upcast(event) } else { event }
        });
        Event::decode(&lifted.aggregate_type, lifted.payload)
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Every checked-in file: its name and content.
fn files() -> Vec<(String, Golden)> {
    let entries = fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("a file"));
    let golden = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().expect("a name");
        let text = fs::read_to_string(entry.path()).expect("a text");
        let golden = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, golden)
    };
    entries.map(golden).collect()
}

/// The names of all variants of an aggregate's events.
fn names(aggregate_type: &str) -> BTreeSet<&'static str> {
    let names = match aggregate_type {
        "organization" => variants::<OrganizationEvent>(),
        "user" => variants::<UserEvent>(),
        "session" => variants::<SessionEvent>(),
        "team" => variants::<TeamEvent>(),
        "workspace" => variants::<WorkspaceEvent>(),
        "project" => variants::<ProjectEvent>(),
        "space" => variants::<SpaceEvent>(),
        "product" => variants::<ProductEvent>(),
        "contract" => variants::<ContractEvent>(),
        "issue" => variants::<IssueEvent>(),
        "quality_check" => variants::<QualityCheckEvent>(),
        "api_key" => variants::<ApiKeyEvent>(),
        "usage" => variants::<UsageEvent>(),
        other => panic!("say here which events the aggregate {other} has"),
    };
    names.iter().copied().collect()
}

#[test]
fn every_variant_has_a_sample() {
    for aggregate_type in Event::AGGREGATE_TYPES {
        let sampled: BTreeSet<_> =
            samples().into_iter().filter(|(of, _)| of == aggregate_type).map(|(_, event)| event.event_type()).collect();
        assert_eq!(sampled, names(aggregate_type).into_iter().map(str::to_owned).collect(), "{aggregate_type}");
    }
}

#[test]
fn events_are_stored_as_they_always_were() {
    for (aggregate_type, event) in samples() {
        let golden = Golden::of(aggregate_type, &event);
        let path = folder().join(golden.file());
        if std::env::var_os("TENANTRY_GOLDEN").is_some_and(|value| value == "write") {
            fs::write(&path, golden.text()).expect("written");
        }
        let stored = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(golden.text(), stored, "{}: a changed event is a new version", path.display());
    }
}

#[test]
fn every_file_is_read_as_an_event_of_today() {
    for (name, golden) in files() {
        assert_eq!(name, golden.file(), "the name says what is inside");
        let (aggregate_type, event_type) = (golden.aggregate_type.clone(), golden.event_type.clone());
        let version = golden.event_version.clone();
        let event = golden.read().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(names(&aggregate_type).contains(event.event_type().as_str()), "{name}");
        let is_lifted = upcasters().iter().any(|upcaster| upcaster.can_upcast(&event_type, &version));
        let is_of_today = (event.event_type(), event.event_version()) == (event_type, version);
        assert!(is_of_today || is_lifted, "{name}: nothing writes it, and no upcaster knows it");
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    for (aggregate_type, event) in samples().into_iter().chain(with_later_fields()) {
        assert_eq!(Golden::of(aggregate_type, &event).read().expect("an event"), event);
    }
}

/// Every personal field can be erased, and the event still reads.
#[test]
fn every_file_reads_without_its_personal_data() {
    let mut erased = 0;
    for (name, mut golden) in files() {
        erased += erase(&mut golden.payload);
        golden.read().unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert!(erased > 0, "some events hold personal data");
}

fn erase(value: &mut Value) -> usize {
    match value {
        Value::Object(object) if object.contains_key(PERSONAL_MARK) => usize::from(object.remove("v").is_some()),
        Value::Object(object) => object.values_mut().map(erase).sum(),
        Value::Array(list) => list.iter_mut().map(erase).sum(),
        _ => 0,
    }
}

/// Both databases give back exactly this, in every language's reader: no floats, no NUL.
#[test]
fn payloads_hold_plain_values_only() {
    fn check(name: &str, value: &Value) {
        match value {
            Value::Number(number) => assert!(number.is_i64(), "{name}: {number}"),
            Value::String(text) => assert!(!text.contains('\0'), "{name}"),
            Value::Array(list) => list.iter().for_each(|value| check(name, value)),
            Value::Object(object) => object.values().for_each(|value| check(name, value)),
            Value::Null | Value::Bool(_) => {}
        }
    }
    for (name, golden) in files() {
        let tags: Vec<_> = golden.payload.as_object().expect("tagged").keys().collect();
        assert_eq!(tags, [&golden.event_type], "{name}");
        check(&name, &golden.payload);
    }
}
