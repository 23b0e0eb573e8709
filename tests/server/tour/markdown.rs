//! As much of Markdown as the README and the recipes use.

use std::{fs, path::Path};

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A file of the repository.
pub struct Document {
    pub path: String,
    text: String,
}

/// A fenced block.
pub struct Block {
    pub language: String,
    pub text: String,
}

impl Document {
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    /// The README and everything in `docs/`.
    pub fn all() -> Vec<Self> {
        let docs = fs::read_dir(Path::new(ROOT).join("docs")).expect("docs");
        let names = docs.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
        let mut paths: Vec<_> = names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
        paths.push("README.md".to_owned());
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// The lines of the section under a heading of the second level.
    fn section(&self, heading: &str) -> impl Iterator<Item = &str> {
        let title = format!("## {heading}");
        let lines = self.text.lines().skip_while(move |line| *line != title).skip(1);
        lines.take_while(|line| !line.starts_with("## "))
    }

    /// The fenced blocks of a section, in order.
    pub fn blocks(&self, heading: &str) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for line in self.section(heading) {
            match (line.strip_prefix("```"), &mut open) {
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(language), None) => open = Some(Block { language: language.to_owned(), text: String::new() }),
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "a block of {heading:?} is not closed");
        blocks
    }

    /// The rows of a section's table whose first cell is code, without backticks there.
    pub fn table(&self, heading: &str) -> Vec<Vec<String>> {
        let rows = self.section(heading).filter_map(|line| line.strip_prefix("| `"));
        rows.map(|row| {
            let mut cells: Vec<_> = row.split(" | ").map(|cell| cell.trim_end_matches(" |").to_owned()).collect();
            cells[0] = cells[0].trim_end_matches('`').to_owned();
            cells
        })
        .collect()
    }

    /// Lines outside of fenced blocks.
    fn prose(&self) -> impl Iterator<Item = &str> {
        let mut fenced = false;
        self.text.lines().filter(move |line| {
            let fence = line.starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
    }

    /// What stands between backticks.
    pub fn code(&self) -> Vec<&str> {
        self.prose().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
    }

    /// The targets of links.
    pub fn links(&self) -> Vec<&str> {
        self.prose().flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next()).collect()
    }
}
