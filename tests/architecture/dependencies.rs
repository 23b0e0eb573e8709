//! Every dependency is used by the crate that names it.

use std::{fs, path::Path};

use crate::{ROOT, files, source::Source};

/// The dependencies of a crate that nothing of it names. `folder` ends with a slash, unless it is that of the root.
fn unused(folder: &str) -> Vec<String> {
    let root = Path::new(ROOT);
    let manifest = fs::read_to_string(root.join(format!("{folder}Cargo.toml"))).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let sources = |folders: &[&str]| {
        let there = folders.iter().map(|name| format!("{folder}{name}")).filter(|name| root.join(name).is_dir());
        let paths: Vec<_> = there.flat_map(|name| files(&name)).collect();
        let read = |path: String| {
            let text = fs::read_to_string(root.join(&path)).expect("a file");
            (path, text)
        };
        paths.into_iter().map(read).collect::<Vec<_>>()
    };
    // What only tests name is a dependency of the tests.
    let shipped: Vec<_> = sources(&["src"]).iter().map(|(path, text)| Source::read(path, text)).collect();
    let tested: Vec<_> =
        sources(&["src", "tests", "benches"]).iter().map(|(path, text)| Source::with_tests(path, text)).collect();
    let mut unused = Vec::new();
    for (table, sources) in [("dependencies", &shipped), ("dev-dependencies", &tested)] {
        for name in manifest.get(table).and_then(toml::Value::as_table).into_iter().flat_map(|table| table.keys()) {
            let library = name.replace('-', "_");
            if !sources.iter().any(|source| source.names_library(&library)) {
                unused.push(format!("{folder}Cargo.toml: nothing names {name} of [{table}]"));
            }
        }
    }
    unused
}

#[test]
fn every_dependency_is_used() {
    let unused: Vec<_> = ["", "aggregates/", "projections/"].into_iter().flat_map(unused).collect();
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}
