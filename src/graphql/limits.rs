//! What a query may ask for. Checked on the parsed document, before anything walks through it.
//!
//! The library counts depth and complexity by following every fragment wherever it is spread, before it compares. Twenty
//! fragments that each spread the next one twice are a million fields then, so that each fragment is counted once here.

use std::{collections::HashMap, io};

use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet},
};
use serde_json::{Map, Value};

use crate::web::{Code, Problem};

/// Fields in fields.
const DEPTH: usize = 10;
/// Fields, times the rows of the list that they are in.
pub const COMPLEXITY: usize = 1000;
const ALIASES: usize = 15;
const ROOT_FIELDS: usize = 10;
/// Directives on one field.
pub const DIRECTIVES: usize = 5;
/// Bytes of the values of variables, as JSON without white space.
const VARIABLE_KIBIBYTES: usize = 256;
/// Variables of one operation. The library looks for each use of one from the first to the last.
const VARIABLES: usize = 100;
/// Selections in selections, fragments included; the same as the library's.
const NESTING: usize = 32;

/// What a query asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asks {
    /// The schema itself, `__schema` or `__type`.
    pub schema: bool,
}

/// What a part of a query asks for, with its fragments where they are spread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Size {
    fields: usize,
    aliases: usize,
    /// Fields of the part's own level.
    level: usize,
    depth: usize,
    nesting: usize,
    schema: bool,
}

impl Size {
    fn add(&mut self, part: Self) {
        self.fields = self.fields.saturating_add(part.fields);
        self.aliases = self.aliases.saturating_add(part.aliases);
        self.level = self.level.saturating_add(part.level);
        self.depth = self.depth.max(part.depth);
        self.nesting = self.nesting.max(part.nesting + 1);
        self.schema |= part.schema;
    }
}

/// Refuses a query that asks for too much.
pub fn check(document: &ExecutableDocument) -> Result<Asks, Problem> {
    let mut sizes = Sizes { fragments: &document.fragments, known: HashMap::new() };
    let mut whole = Size::default();
    for (_, operation) in document.operations.iter() {
        if operation.node.variable_definitions.len() > VARIABLES {
            return Err(beyond("variables", VARIABLES));
        }
        let size = sizes.of(&operation.node.selection_set.node, 0)?;
        at_most("root fields", size.level, ROOT_FIELDS)?;
        whole.add(size);
    }
    // Those that no operation spreads are validated as well.
    for name in document.fragments.keys() {
        whole.fields = whole.fields.max(sizes.of_fragment(name, 0)?.fields);
    }
    at_most("levels of fields", whole.depth, DEPTH)?;
    at_most("aliases", whole.aliases, ALIASES)?;
    at_most("fields", whole.fields, COMPLEXITY)?;
    Ok(Asks { schema: whole.schema })
}

/// Refuses values of variables that are too long together.
pub fn check_variables(variables: &Map<String, Value>) -> Result<(), Problem> {
    let mut length = Length(0);
    if serde_json::to_writer(&mut length, variables).is_ok() && length.0 <= VARIABLE_KIBIBYTES * 1024 {
        return Ok(());
    }
    Err(beyond("KiB of variables", VARIABLE_KIBIBYTES))
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0 += text.len();
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn at_most(what: &str, count: usize, most: usize) -> Result<(), Problem> {
    if count <= most { Ok(()) } else { Err(beyond(what, most)) }
}

pub(super) fn beyond(what: &str, most: usize) -> Problem {
    Problem::with_detail(Code::QueryTooComplex, format!("A query may have at most {most} {what}"))
}

struct Sizes<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// None while a fragment is being measured: met again it would contain itself.
    known: HashMap<&'a str, Option<Size>>,
}

impl<'a> Sizes<'a> {
    /// `nesting`: how many selections this one is inside of.
    fn of(&mut self, selections: &'a SelectionSet, nesting: usize) -> Result<Size, Problem> {
        at_most("selections within selections", nesting, NESTING)?;
        let mut size = Size::default();
        for selection in &selections.items {
            let part = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let below = self.of(&field.selection_set.node, nesting + 1)?;
                    let schema = matches!(field.name.node.as_str(), "__schema" | "__type");
                    // The levels of introspection are its own matter.
                    let levels = if schema { 0 } else { below.depth };
                    Size {
                        fields: below.fields.saturating_add(1),
                        aliases: below.aliases.saturating_add(usize::from(field.alias.is_some())),
                        level: 1,
                        depth: levels + 1,
                        nesting: below.nesting,
                        schema: schema || below.schema,
                    }
                }
                Selection::InlineFragment(fragment) => self.of(&fragment.node.selection_set.node, nesting + 1)?,
                Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node, nesting + 1)?,
            };
            size.add(part);
        }
        Ok(size)
    }

    fn of_fragment(&mut self, name: &str, nesting: usize) -> Result<Size, Problem> {
        // An unknown one is the library's to refuse.
        let Some((name, fragment)) = self.fragments.get_key_value(name) else { return Ok(Size::default()) };
        match self.known.get(name.as_str()) {
            Some(Some(size)) => {
                at_most("selections within selections", nesting + size.nesting, NESTING)?;
                return Ok(*size);
            }
            Some(None) => {
                let detail = format!("The fragment {name} contains itself");
                return Err(Problem::with_detail(Code::InvalidQuery, detail));
            }
            None => {}
        }
        self.known.insert(name, None);
        let size = self.of(&fragment.node.selection_set.node, nesting)?;
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use async_graphql::parser::parse_query;

    use super::*;

    fn refusal(query: &str) -> Option<String> {
        check(&parse_query(query).expect("a query")).err().map(|problem| problem.detail)
    }

    fn nested(levels: usize) -> String {
        format!("{}a{}", "{a".repeat(levels - 1) + "{", "}".repeat(levels))
    }

    #[test]
    fn each_limit_is_where_it_says() {
        let aliases = |n: usize| (0..n).fold(String::new(), |text, i| text + &format!("a{i}: b "));
        let in_one = |content: String| format!("{{ a {{ {content} }} }}");
        assert_eq!(refusal(&nested(DEPTH)), None);
        assert_eq!(refusal(&nested(DEPTH + 1)).as_deref(), Some("A query may have at most 10 levels of fields"));
        assert_eq!(refusal(&in_one(aliases(ALIASES))), None);
        assert_eq!(refusal(&in_one(aliases(ALIASES + 1))).as_deref(), Some("A query may have at most 15 aliases"));
        assert_eq!(refusal(&format!("{{ {} }}", "a ".repeat(ROOT_FIELDS))), None);
        let eleven = format!("{{ {} }}", "a ".repeat(ROOT_FIELDS + 1));
        assert_eq!(refusal(&eleven).as_deref(), Some("A query may have at most 10 root fields"));
        assert_eq!(refusal(&in_one("b ".repeat(COMPLEXITY - 1))), None);
        let fields = refusal(&in_one("b ".repeat(COMPLEXITY)));
        assert_eq!(fields.as_deref(), Some("A query may have at most 1000 fields"));
    }

    #[test]
    fn fragments_count_where_they_are_spread() {
        let aliased = "fragment f on Query { a { x: b } }";
        assert_eq!(refusal(&format!("{{ {} }} {aliased}", "...f ".repeat(ROOT_FIELDS))), None);
        assert!(refusal(&format!("{{ {} }} {aliased}", "...f ".repeat(ROOT_FIELDS + 1))).is_some());
        let twice = format!("{{ a {{ {} }} }} {aliased}", "...f ".repeat(ALIASES + 1));
        assert_eq!(refusal(&twice).as_deref(), Some("A query may have at most 15 aliases"));
        let deep = "{ a { ...f } } fragment f on T { a { a { a { a { a { a { a { a { a } } } } } } } } }";
        assert_eq!(refusal(deep), None);
        assert!(refusal(&deep.replace("...f", "a { ...f }")).is_some());
    }

    #[test]
    fn fragments_that_double_are_refused_at_once() {
        let mut query = "{ a { ...f0 } }".to_owned();
        for n in 0..30 {
            let _ = write!(query, " fragment f{n} on T {{ ...f{} ...f{} }}", n + 1, n + 1);
        }
        query += " fragment f30 on T { b }";
        assert!(refusal(&query).is_some());
        assert!(refusal(&query.replace("{ a { ...f0 } }", "{ a { b } }")).is_some(), "unused fragments count too");
    }

    #[test]
    fn fragments_must_end() {
        let itself = refusal("{ ...f } fragment f on Query { a { ...f } }");
        assert_eq!(itself.as_deref(), Some("The fragment f contains itself"));
        assert!(refusal("{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }").is_some());
        assert!(refusal("{ a } fragment f on Query { ...f }").is_some(), "also where nothing spreads it");
        let mut chain = "{ ...f0 }".to_owned();
        for n in 0..5000 {
            let _ = write!(chain, " fragment f{n} on Query {{ ...f{} }}", n + 1);
        }
        chain += " fragment f5000 on Query { a }";
        assert_eq!(refusal(&chain).as_deref(), Some("A query may have at most 32 selections within selections"));
    }

    #[test]
    fn introspection_has_levels_of_its_own() {
        let check = |query: &str| check(&parse_query(query).expect("a query")).expect("within the limits");
        assert!(check(&format!("{{ __schema {} }}", nested(15))).schema);
        assert!(check("{ ...f } fragment f on Query { a { ... { __type(name: \"A\") { name } } } }").schema);
        assert!(!check("{ __typename a { __typename } }").schema);
    }
}
