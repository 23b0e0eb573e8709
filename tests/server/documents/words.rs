//! The words of what is published: people are "they", and turns of phrase that are not English stay out.

use std::fs;

use super::checked_in;

const PEOPLE: &[&str] = &["he", "him", "his", "himself"];
const PHRASES: &[&str] = &[
    "be it that",
    "is no member",
    "are no members",
    "good no longer",
    "good for nothing",
    "tell of",
    "tells of",
    "told of",
    "there is none that",
];

/// The published texts, by name.
fn published() -> Vec<(String, String)> {
    let docs = fs::read_dir(format!("{}/docs", env!("CARGO_MANIFEST_DIR"))).expect("the folder of documents");
    let docs = docs.map(|entry| entry.expect("a file").file_name().into_string().expect("text"));
    let docs = docs.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}"));
    let names = ["openapi.json", "schema.graphql", "README.md"].map(str::to_owned).into_iter().chain(docs);
    names.map(|name| (name.clone(), checked_in(&name))).collect()
}

/// The words of a text in lower case, each with its line. A phrase may go on in the next line.
fn words(text: &str) -> Vec<(usize, String)> {
    let of_line = |(n, line): (usize, &str)| {
        // Line breaks within the texts of a JSON document.
        let line = line.replace("\\n", " ").to_lowercase();
        let words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned);
        words.map(|word| (n, word)).collect::<Vec<_>>()
    };
    (1..).zip(text.lines()).flat_map(of_line).collect()
}

#[test]
fn the_published_texts_are_plain_english() {
    let published = published();
    assert!(published.len() > 8, "{}", published.len());
    let mut found = Vec::new();
    for (name, text) in &published {
        let words = words(text);
        for phrase in PEOPLE.iter().chain(PHRASES) {
            let wanted: Vec<_> = phrase.split(' ').collect();
            let hits = words.windows(wanted.len()).filter(|hit| hit.iter().map(|(_, word)| word).eq(&wanted));
            found.extend(hits.filter_map(|hit| hit.first()).map(|(line, _)| format!("{name}:{line}: {phrase}")));
        }
    }
    assert!(found.is_empty(), "say it otherwise:\n{}", found.join("\n"));
}
