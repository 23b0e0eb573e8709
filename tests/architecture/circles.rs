//! Modules beside each other name each other in one direction only.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{ROOT, files, source::Source};

/// Where modules stand beside each other: the folder, and its module path in its crate.
const LEVELS: &[(&str, &[&str])] = &[("aggregates/src", &[]), ("src", &[]), ("src/web", &["web"])];

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Which module of a level names which other.
fn arrows(sources: &[Source], level: &[&str]) -> Arrows {
    let inside = |path: &[String]| {
        let below = path.get(level.len()..)?;
        level.iter().zip(path).all(|(name, part)| name == part).then(|| below.to_vec())
    };
    // What the level's own file takes from its modules counts as theirs.
    let root = sources.iter().filter(|source| source.module().iter().eq(level));
    let exports: BTreeMap<String, String> = root
        .flat_map(Source::named_paths)
        .filter_map(|path| Some((path.last()?.clone(), inside(&path)?.first()?.clone())))
        .collect();
    let mut arrows = Arrows::new();
    for source in sources {
        let Some(module) = inside(source.module()).and_then(|below| below.first().cloned()) else { continue };
        let named = source.named_paths().iter().filter_map(|path| inside(path)?.first().cloned()).collect::<Vec<_>>();
        for other in named {
            let other = exports.get(&other).cloned().unwrap_or(other);
            if other != module {
                arrows.entry(module.clone()).or_default().insert(other);
            }
        }
    }
    arrows
}

/// A walk along the arrows that comes back to where it began, if there is one.
fn circle(arrows: &Arrows) -> Option<Vec<String>> {
    fn walk(arrows: &Arrows, path: &mut Vec<String>, done: &mut BTreeSet<String>) -> bool {
        let Some(last) = path.last().cloned() else { return false };
        for next in arrows.get(&last).into_iter().flatten().filter(|next| arrows.contains_key(*next)) {
            if let Some(begin) = path.iter().position(|module| module == next) {
                path.drain(..begin);
                path.push(next.clone());
                return true;
            }
            if !done.contains(next) {
                path.push(next.clone());
                if walk(arrows, path, done) {
                    return true;
                }
                path.pop();
            }
        }
        done.insert(last);
        false
    }
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|begin| {
        let mut path = vec![begin.clone()];
        walk(arrows, &mut path, &mut done).then_some(path)
    })
}

fn sources(folder: &str) -> Vec<Source> {
    let read = |path: String| {
        let text = fs::read_to_string(Path::new(ROOT).join(&path)).expect("a file");
        let inside = path.split_once("src/").map_or(path.as_str(), |(_, inside)| inside);
        Source::read(&format!("src/{inside}"), &text)
    };
    files(folder).into_iter().filter(|path| !path.contains("/tests/")).map(read).collect()
}

#[test]
fn there_are_no_circles() {
    let circles = LEVELS.iter().filter_map(|(folder, level)| {
        let circle = circle(&arrows(&sources(folder), level))?;
        Some(format!("{folder}: {}", circle.join(" -> ")))
    });
    let circles: Vec<_> = circles.collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn circles_are_found() {
    let sources =
        |files: &[(&str, &str)]| files.iter().map(|(path, text)| Source::read(path, text)).collect::<Vec<_>>();
    let straight = sources(&[
        ("src/web/mod.rs", "pub use self::app::App;"),
        ("src/web/list.rs", "use super::App;\nuse crate::web::problem::Problem;"),
        ("src/web/app.rs", "use super::problem::Problem;"),
        ("src/web/problem/mod.rs", "mod mapping;\nuse self::mapping::map;"),
    ]);
    assert_eq!(circle(&arrows(&straight, &["web"])), None);
    for (path, back) in [
        ("src/web/problem/mod.rs", "use super::list::List;"),
        ("src/web/problem/mapping.rs", "use super::super::App;"),
        ("src/web/problem/mapping.rs", "use crate::web::{app::{App, Parts}};"),
    ] {
        let mut with = sources(&[(path, back)]);
        with.extend(sources(&[
            ("src/web/mod.rs", "pub use self::app::App;"),
            ("src/web/list.rs", "use super::App;\nuse crate::web::problem::Problem;"),
            ("src/web/app.rs", "use super::problem::Problem;"),
        ]));
        assert!(circle(&arrows(&with, &["web"])).is_some(), "{path}: {back}");
    }
}
