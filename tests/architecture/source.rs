//! As much of Rust as it takes to see which items a file names and which texts it contains.

/// One file without its comments and tests.
pub struct Source {
    /// The module, `["rest", "organizations"]`.
    module: Vec<String>,
    /// Every text is empty here.
    code: String,
    texts: Vec<String>,
}

impl Source {
    pub fn read(path: &str, text: &str) -> Self {
        // Unit tests stand at the end of their file, or in files of their own.
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        let text = if is_test { "" } else { text };
        Self::with_tests(path, text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default())
    }

    pub fn with_tests(path: &str, text: &str) -> Self {
        let inside = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs")).unwrap_or(path);
        let mut module: Vec<_> = inside.split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "main" | "lib" | "tests")) {
            module.pop();
        }
        let (code, texts) = separate(text);
        Self { module, code, texts }
    }

    /// None for the roots of the crates.
    pub fn room(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// What is named of this crate, from its root: `ledger::Error`. A room that is imported as a whole counts by what
    /// is then named through it.
    pub fn named_items(&self) -> Vec<String> {
        let mut items = self.after("crate::");
        items.extend(self.through_super());
        let (rooms, mut items): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| !item.contains("::"));
        for room in rooms {
            let through = self.after(&format!("{room}::")).into_iter().filter(|item| item != "self");
            items.extend(through.map(|item| format!("{room}::{item}")));
            // Under another name it could not be followed.
            if self.code.contains(&format!("{room} as ")) {
                items.push(room);
            }
        }
        items
    }

    /// `super::super::x` leaves the room when there are as many as the module is deep.
    fn through_super(&self) -> Vec<String> {
        let up = "super::".repeat(self.module.len());
        self.after(&up).into_iter().filter(|item| !item.starts_with("super")).collect()
    }

    /// The paths from the root of the crate to what is named of it, however it is named: `web::list::List`.
    pub fn named_paths(&self) -> Vec<Vec<String>> {
        let mut paths: Vec<Vec<String>> = Vec::new();
        let split = |leaf: &str| leaf.split("::").map(str::to_owned).collect::<Vec<_>>();
        paths.extend(self.after("crate::").iter().map(|leaf| split(leaf)));
        paths.extend(self.after("self::").iter().map(|leaf| [self.module.clone(), split(leaf)].concat()));
        for up in 1..=self.module.len() {
            let leaves = self.after(&"super::".repeat(up)).into_iter().filter(|leaf| !leaf.starts_with("super"));
            let above = &self.module[..self.module.len() - up];
            paths.extend(leaves.map(|leaf| [above.to_vec(), split(&leaf)].concat()));
        }
        paths
    }

    pub fn module(&self) -> &[String] {
        &self.module
    }

    pub fn names_library(&self, library: &str) -> bool {
        self.starts(&format!("{library}::")).next().is_some()
    }

    pub fn sql(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str).filter(|text| is_sql(text))
    }

    pub fn tells_databases_apart(&self) -> bool {
        ["Database", "Connection", "Location"]
            .iter()
            .any(|kind| ["Postgres", "Sqlite"].iter().any(|which| self.code.contains(&format!("{kind}::{which}"))))
    }

    /// Where a path begins with this.
    fn starts<'a>(&'a self, path: &'a str) -> impl Iterator<Item = usize> {
        self.code.match_indices(path).map(|(at, _)| at).filter(|at| {
            let before = self.code[..*at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
        })
    }

    /// What follows this path: each leaf of the tree that `use` allows there.
    fn after(&self, path: &str) -> Vec<String> {
        let mut leaves = Vec::new();
        for at in self.starts(path) {
            tree(&mut self.code[at + path.len()..].trim_start(), "", &mut leaves);
        }
        leaves
    }
}

/// Reads `a::b`, `a::{b, c::d}` or `a::{self}` and collects the leaves.
fn tree(rest: &mut &str, prefix: &str, leaves: &mut Vec<String>) {
    if let Some(inside) = rest.strip_prefix('{') {
        *rest = inside.trim_start();
        while !rest.is_empty() && !rest.starts_with('}') {
            tree(rest, prefix, leaves);
            // Another name, and the comma.
            *rest = rest.trim_start_matches(|c: char| c != ',' && c != '}').trim_start_matches(',').trim_start();
        }
        *rest = rest.strip_prefix('}').unwrap_or(rest);
        return;
    }
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*')).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let path = match (prefix, name) {
        ("", name) => name.to_owned(),
        (prefix, "self") => prefix.to_owned(),
        (prefix, name) => format!("{prefix}::{name}"),
    };
    *rest = after;
    match after.strip_prefix("::") {
        Some(inside) => {
            *rest = inside.trim_start();
            tree(rest, &path, leaves);
        }
        None => leaves.push(path),
    }
}

/// The code with empty texts and without comments, and the texts.
fn separate(text: &str) -> (String, Vec<String>) {
    let (mut code, mut texts) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some((text, after)) = if after_word { None } else { raw_text(rest) } {
            texts.push(text.to_owned());
            rest = after;
        } else if let Some(inside) = rest.strip_prefix('"') {
            let end = end_of_text(inside);
            texts.push(inside[..end].to_owned());
            code.push_str("\"\"");
            rest = inside.get(end + 1..).unwrap_or_default();
        } else if let Some(character) = ["'\"'", "'\\\"'", "'\\''", "'\\\\'"].iter().find(|c| rest.starts_with(**c)) {
            rest = &rest[character.len()..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (code, texts)
}

/// `r#"…"#` with any number of marks.
fn raw_text(rest: &str) -> Option<(&str, &str)> {
    let marked = rest.strip_prefix('r')?;
    let inside = marked.trim_start_matches('#');
    let marks = marked.len() - inside.len();
    inside.strip_prefix('"')?.split_once(&format!("\"{}", "#".repeat(marks)))
}

fn end_of_text(inside: &str) -> usize {
    let mut escaped = false;
    let end = inside.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(inside.len(), |(at, _)| at)
}

/// Whether a text is, or begins, a statement.
fn is_sql(text: &str) -> bool {
    let words: Vec<_> = text.split(|c: char| c.is_whitespace() || c == '\\').filter(|word| !word.is_empty()).collect();
    let text = format!(" {} ", words.join(" ").to_lowercase());
    let has = |words: &str| text.contains(&format!(" {words} "));
    has("select") && has("from")
        || has("update") && has("set")
        || ["insert into", "delete from", "create table", "alter table", "drop table", "begin immediate"]
            .iter()
            .any(|words| has(words))
        || ["begin", "commit", "rollback"].contains(&text.trim())
}
