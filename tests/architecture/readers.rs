//! Nothing is shown without an asker: who reads the read model says for whom.

use std::{collections::BTreeSet, fs, path::Path};

use super::{ROOT, files};

/// What needs no asker, because it shows nothing: it is asked by commands, schedules and whoever checks credentials.
const DECIDE: &[(&str, &str)] = &[
    ("api_key_row", "checks a credential"),
    ("api_key_with", "checks a credential"),
    ("api_keys_to_expire", "by the clock"),
    ("are_together", "a command's rule"),
    ("buffered_usage", "by the clock"),
    ("contracts_to_expire", "by the clock"),
    ("invitation", "a command's stream"),
    ("invitations_to_expire", "by the clock"),
    ("keys_held", "a command's streams"),
    ("last_use", "a command's answer"),
    ("live_keys", "a command's limit"),
    ("node", "tells what an id is of, and nothing of it"),
    ("offer", "whoever has the token"),
    ("oldest_superadmins", "before the server serves"),
    ("organization_id", "a command's stream"),
    ("organizations_to_purge", "by the clock"),
    ("ping", "whether the database answers"),
    ("place", "checks a credential"),
    ("session", "whoever has the refresh token"),
    ("session_state", "checks a credential"),
    ("sessions_to_end", "by the clock"),
    ("space_id", "a command's stream"),
    ("space_ids", "a command's streams"),
    ("uptime", "the deployment's, and nobody's in it"),
    ("usage_due", "by the clock"),
    ("user_row", "whoever has the link"),
    ("user_state", "checks a credential"),
];

/// The functions of one file that can be called from other rooms, each with its parameters.
fn functions(text: &str) -> Vec<(&str, &str)> {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let signature = |after: &'_ str| -> Option<(usize, usize)> {
        let open = after.find('(')?;
        Some((open, open + after[open..].find(") ->")?))
    };
    let functions = text.split("    pub async fn ").skip(1);
    functions.filter_map(|after| signature(after).map(|(open, end)| (&after[..open], &after[open..end]))).collect()
}

/// Those that have no asker.
fn without_asker(text: &str) -> impl Iterator<Item = &str> {
    let functions = functions(text).into_iter().filter(|(_, parameters)| !parameters.contains("asker: Asker"));
    functions.map(|(name, _)| name.split('<').next().unwrap_or(name))
}

#[test]
fn nothing_is_shown_without_an_asker() {
    // `Within` takes an asker itself, and statements that are sent have been written by then.
    let inner = ["src/readmodel/queries.rs"];
    let read = |path: &String| fs::read_to_string(Path::new(ROOT).join(path)).expect("a file");
    let texts: Vec<_> =
        files("src/readmodel").iter().filter(|path| !inner.contains(&path.as_str())).map(read).collect();
    let found: BTreeSet<_> = texts.iter().flat_map(|text| without_asker(text)).collect();
    let known: BTreeSet<_> = DECIDE.iter().map(|(name, _)| *name).collect();
    assert!(found.len() > 10, "the functions are not found any more");
    assert_eq!(found, known, "these show something without an asker, or are listed here and do not");
}

#[test]
fn a_function_without_an_asker_is_found() {
    let text = "impl ReadModel {\n    pub async fn count(\n        &self,\n        of: OrganizationId,\n    ) -> Result<i64, Error> {\n    }\n\n    \
                pub async fn list(&self, asker: Asker) -> Vec<Row> {}\n\n    pub async fn one<I: Field>(&self, id: &I) -> Row {}\n}";
    assert_eq!(without_asker(text).collect::<Vec<_>>(), ["count", "one"]);
}
