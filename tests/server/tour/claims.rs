//! Whether what the documents name is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::markdown::{Document, ROOT};
use crate::support::Program;

/// Files that an operator makes, not the repository.
const NOT_OURS: &[&str] = &["tenantry.toml"];
const FOLDERS: &[&str] = &["aggregates/", "projections/", "migrations/", "src/", "tests/", "benches/", "docs/", ".ci/"];
/// What stands before the name of a metric.
const RECORDED_BY: &[&str] = &["counter!(", "gauge!(", "histogram!(", "gauge("];
const ENDINGS: &[&str] = &[".rs", ".sql", ".md", ".toml", ".graphql", "openapi.json"];

fn exists(path: &Path) -> bool {
    path.try_exists().expect("the file system answers")
}

#[test]
fn every_link_leads_to_a_file() {
    for document in Document::all() {
        let folder = Path::new(ROOT).join(&document.path);
        let folder = folder.parent().expect("a folder");
        for link in document.links().into_iter().filter(|link| !link.contains("://")) {
            let file = link.split('#').next().unwrap_or_default();
            assert!(exists(&folder.join(file)), "{}: {link} leads nowhere", document.path);
        }
    }
}

/// A path of the repository stands whole, from its root. What has a placeholder in it is not a path.
#[test]
fn every_file_that_is_named_exists() {
    let (mut checked, mut missing) = (0, Vec::new());
    for document in Document::all() {
        for code in document.code() {
            let plain = code.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
            let names = FOLDERS.iter().any(|folder| code.starts_with(folder))
                || !code.starts_with(['/', '.']) && ENDINGS.iter().any(|ending| code.ends_with(ending));
            if plain && names && !NOT_OURS.contains(&code) {
                checked += 1;
                if !exists(&Path::new(ROOT).join(code)) {
                    missing.push(format!("{}: there is no {code}", document.path));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(checked > 50, "only {checked} paths were found");
}

/// The settings of the binary, by variable, with the value that is printed for the default.
fn settings() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let finished = Program::new(folder.path()).arg("config").run();
    assert!(finished.status.success());
    finished
        .stdout
        .lines()
        .map(|line| {
            let (name, rest) = line.split_once(" = ").expect("a setting");
            let value = rest.strip_suffix(" (default)").expect("a default");
            (format!("TENANTRY_{}", name.to_uppercase()), value.to_owned())
        })
        .collect()
}

#[test]
fn the_table_of_settings_is_the_binarys() {
    let readme = Document::read("README.md");
    let rows = readme.table("Configuration");
    let listed: BTreeSet<_> = rows.iter().map(|row| row[0].clone()).collect();
    let settings = settings();
    assert_eq!(listed, settings.keys().cloned().collect::<BTreeSet<_>>());
    for row in rows {
        let (name, shown) = (&row[0], &row[1]);
        let default = match settings[name].as_str() {
            "(unset)" => "unset: ".to_owned(),
            value => format!("`{value}`"),
        };
        assert!(shown.starts_with(&default), "{name}: the default is {default}, not {shown}");
    }
}

/// Every `.rs` file under `src/`, as one text.
fn sources() -> String {
    fn collect(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&fs::read_to_string(&path).expect("a file"));
            }
        }
    }
    let mut text = String::new();
    collect(&Path::new(ROOT).join("src"), &mut text);
    text
}

#[test]
fn the_table_of_metrics_is_the_servers() {
    let sources = sources();
    let recorded: BTreeSet<_> = sources
        .match_indices("\"tenantry_")
        .filter(|(at, _)| RECORDED_BY.iter().any(|call| sources[..*at].trim_end().ends_with(call)))
        .filter_map(|(at, _)| sources[at + 1..].split('"').next())
        .collect();
    let rows = Document::read("docs/operating.md").table("Metrics");
    let listed: BTreeSet<_> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(listed, recorded);
}

#[test]
fn the_table_of_unavailability_is_the_servers() {
    let sources = sources();
    let problems = sources.split("problems! {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the problems");
    let codes: BTreeSet<_> = problems
        .lines()
        .filter(|line| line.contains("\", SERVICE_UNAVAILABLE,"))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert!(codes.contains("busy"), "{codes:?}");
    let rows = Document::read("docs/operating.md").table("What each 503 means");
    let listed: BTreeSet<_> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(listed, codes);
}
