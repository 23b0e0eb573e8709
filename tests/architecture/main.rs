//! The arrows of the house, held by reading the sources: who may name whom, who may speak SQL, and what the pure crates
//! depend on.

#![expect(clippy::expect_used, reason = "a test that cannot read the sources has failed")]

mod circles;
mod dependencies;
mod readers;
mod source;

use std::{collections::BTreeSet, fs, path::Path};

use source::Source;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The rooms of `src/`, and what of other rooms each may name: a whole room, or one thing in it.
const ROOMS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("database", &[]),
    ("readmodel", &["database"]),
    ("ledger", &["database", "database::store", "text"]),
    ("billing", &["readmodel"]),
    ("replay", &["database", "ledger", "readmodel", "text"]),
    ("identity", &["database::Error", "database::chain", "ledger", "readmodel", "text"]),
    ("commands", &["database::Error", "ledger", "readmodel", "text"]),
    ("schedule", &["commands", "database::chain", "ledger::StoredReply", "readmodel"]),
    (
        "web",
        &[
            "billing",
            "commands",
            "readmodel",
            "identity",
            "text",
            // Errors become problems, and a reply is what the ledger stores under an idempotency key.
            "database::Error",
            "database::chain",
            "ledger::Appended",
            "ledger::Counter",
            "ledger::Error",
            "ledger::Idempotency",
            "ledger::StoredReply",
            // Cursors are authenticated under a key of their own.
            "ledger::secret",
        ],
    ),
    (
        "rest",
        &[
            "billing",
            "commands",
            "readmodel",
            "identity",
            "text",
            "database::Error",
            "database::chain",
            "ledger::Appended",
            "ledger::Error",
            "ledger::Idempotency",
            "ledger::StoredReply",
            "web",
        ],
    ),
    (
        "graphql",
        &["billing", "commands", "readmodel", "identity", "text", "database::Error", "database::chain", "rest", "web"],
    ),
    ("documents", &["web"]),
    ("health", &["web"]),
    ("router", &["documents", "graphql", "health", "rest", "web"]),
    ("server", &["web"]),
    ("config", &["commands::organizations::Creation"]),
    (
        "cli",
        &[
            "billing",
            "commands",
            "config",
            "graphql",
            "identity",
            "readmodel",
            "replay",
            "router",
            "schedule",
            "server",
            "web",
            // Opening: from settings to a ledger that is ready.
            "database::Error",
            "database::Location",
            "database::chain",
            "database::migrate",
            "ledger::Error",
            "ledger::Ledger",
            "ledger::OpenError",
            "ledger::Opened",
            "ledger::Options",
            "ledger::StoredReply",
            "ledger::inspect",
            "ledger::open",
        ],
    ),
];

/// Rooms that may contain SQL.
const SQL: &[&str] = &["database", "ledger", "readmodel", "replay"];

/// Libraries that only some rooms may name.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("sqlx", &["database"]),
    ("postgres_es", &["ledger"]),
    ("sqlite_es", &["ledger"]),
    // The origins among the settings are values of a header.
    ("axum", &["web", "rest", "graphql", "documents", "health", "router", "server", "cli"]),
    ("hyper", &["server"]),
    ("utoipa", &["web", "rest", "graphql", "documents", "health", "router"]),
    ("async_graphql", &["graphql"]),
    ("argon2", &["identity"]),
    ("chacha20poly1305", &["ledger"]),
];

/// Who may tell the two databases apart.
const DIALECTS: &[&str] = &[
    "src/database/",
    // The stock repositories of cqrs-es are two types.
    "src/ledger/read.rs",
];

/// What the pure crates may depend on. None of it does input or output.
const PURE: &[&str] = &["chrono", "cqrs-es", "imbl", "ipnet", "serde", "serde_json", "thiserror", "uuid"];

/// Everything that is wrong with one file.
fn violations(path: &str, text: &str) -> Vec<String> {
    let source = Source::read(path, text);
    let Some(room) = source.room() else { return vec![] };
    let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{path}: the room {room} has no row in the table of rooms")];
    };
    let mut wrong = Vec::new();
    for named in source.named_items() {
        let other = named.split("::").next().unwrap_or_default();
        let allowed =
            |may: &&&str| named == **may || named.strip_prefix(**may).is_some_and(|rest| rest.starts_with("::"));
        if other != room && !may.iter().any(|prefix| allowed(&prefix)) {
            wrong.push(format!("{path}: {room} may not name {named}"));
        }
    }
    for (library, rooms) in LIBRARIES {
        if source.names_library(library) && !rooms.contains(&room) {
            wrong.push(format!("{path}: {room} may not name {library}"));
        }
    }
    if !SQL.contains(&room) {
        wrong.extend(source.sql().map(|sql| format!("{path}: {room} may not contain SQL: {sql}")));
    }
    if source.tells_databases_apart() && !DIALECTS.iter().any(|allowed| path.starts_with(allowed)) {
        wrong.push(format!("{path}: only src/database tells the two databases apart"));
    }
    wrong
}

fn files(folder: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = format!("{folder}/{}", entry.file_name().into_string().expect("a name"));
        if entry.file_type().expect("a type").is_dir() {
            paths.extend(files(&path));
        } else if path.ends_with(".rs") {
            paths.push(path);
        }
    }
    paths
}

#[test]
fn every_arrow_points_the_right_way() {
    let mut wrong = Vec::new();
    for path in files("src") {
        wrong.extend(violations(&path, &fs::read_to_string(Path::new(ROOT).join(&path)).expect("a file")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_crates_depend_on_nothing_that_has_an_effect() {
    for (name, more) in [("aggregates", None), ("projections", Some("aggregates"))] {
        let manifest = fs::read_to_string(Path::new(ROOT).join(name).join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = manifest.parse().expect("TOML");
        let dependencies: BTreeSet<_> =
            manifest["dependencies"].as_table().expect("a table").keys().map(String::as_str).collect();
        let allowed: BTreeSet<_> = PURE.iter().copied().chain(more).collect();
        let wrong: Vec<_> = dependencies.difference(&allowed).collect();
        assert!(wrong.is_empty(), "{name} may not depend on {wrong:?}");
    }
}

#[test]
fn broken_arrows_are_found() {
    for (path, text) in [
        ("src/rest/teams.rs", "use crate::ledger::Ledger;"),
        ("src/rest/teams.rs", "use crate::{\n    commands::Commands,\n    ledger::{self, Append},\n};"),
        ("src/rest/teams.rs", "use crate::ledger;\nfn open() { ledger::open(); }"),
        ("src/rest/teams.rs", "use crate::ledger as book;"),
        ("src/rest/teams.rs", "use super::super::database::Database;"),
        ("src/rest/mod.rs", "use super::database::Database;"),
        ("src/graphql/teams.rs", "fn f(x: crate::ledger::Append) {}"),
        ("src/commands/teams.rs", "use crate::rest::Problem;"),
        ("src/ledger/teams.rs", "use crate::commands::Commands;"),
        ("src/cli/teams.rs", "use sqlx::PgPool;"),
        ("src/cli/teams.rs", "use crate::{database::Database};"),
        ("src/commands/teams.rs", "const SQL: &str = \"SELECT id \\\n   FROM teams\";"),
        ("src/rest/teams.rs", "fn f() { run(r#\"delete from teams\"#) }"),
        ("src/readmodel/teams.rs", "match database { Database::Sqlite(_) => {} }"),
        ("src/helpers/mod.rs", ""),
    ] {
        assert!(!violations(path, text).is_empty(), "{path} may not say\n{text}");
    }
}

#[test]
fn what_is_allowed_is_not_complained_about() {
    for (path, text) in [
        (
            "src/web/teams.rs",
            "use crate::{\n    commands::{self, Commands},\n    ledger::{self, Counter},\n};\nfn f(e: ledger::Error) {}",
        ),
        ("src/rest/teams.rs", "// use crate::ledger::Ledger;\nuse super::App;\nuse super::super::commands::Commands;"),
        ("src/rest/teams.rs", "/// Select one from the list.\nfn f() { say(\"pick 'one' from \\\"two\\\"\", '\"') }"),
        ("src/rest/teams.rs", "#[cfg(test)]\nmod tests { use crate::ledger::Ledger; }"),
        ("src/readmodel/teams.rs", "const SQL: &str = \"SELECT id FROM teams\";"),
        ("src/main.rs", "use tenantry::cli;"),
    ] {
        assert_eq!(violations(path, text), Vec::<String>::new(), "{path} may say\n{text}");
    }
}
