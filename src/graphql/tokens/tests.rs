use async_graphql::{
    Positioned, Value,
    parser::{
        parse_query,
        types::{Selection, SelectionSet},
    },
};
use proptest::prelude::*;

use super::*;

fn refusal(text: &str) -> Option<String> {
    check(text).err().map(|problem| problem.detail)
}

fn tokens(text: &str) -> usize {
    Tokens(text.as_bytes()).count()
}

#[test]
fn each_limit_is_where_it_says() {
    let padded = |bytes: usize| format!("{{a}}{}", " ".repeat(bytes - 3));
    for bytes in [32 * 1024 - 1, 32 * 1024] {
        assert_eq!(refusal(&padded(bytes)), None, "{bytes}");
    }
    assert_eq!(refusal(&padded(32 * 1024 + 1)).as_deref(), Some("A query may have at most 32 KiB of text"));
    let fields = |tokens: usize| format!("{{{}}}", "a ".repeat(tokens - 2));
    for tokens in [1999, 2000] {
        assert_eq!(refusal(&fields(tokens)), None, "{tokens}");
    }
    assert_eq!(refusal(&fields(2001)).as_deref(), Some("A query may have at most 2000 tokens"));
    for (begin, end) in [("fragment f on T {a}", "{a}"), ("fragmentf on T @b(c: {d: {}}) {a}", "query fragment {a}")] {
        let fragments = |fragments: usize| begin.repeat(fragments) + end;
        for count in [99, 100] {
            assert_eq!(refusal(&fragments(count)), None, "{count} {begin}");
        }
        assert_eq!(refusal(&fragments(101)).as_deref(), Some("A query may have at most 100 fragments"), "{begin}");
    }
}

#[test]
fn fragment_is_also_a_name() {
    let fields =
        format!("query fragment {{ {} }}", "fragment fragment: a(fragment: {fragment: fragment}) ".repeat(150));
    assert_eq!(refusal(&fields), None);
}

#[test]
fn each_token_counts_once() {
    for (text, count) in [
        ("", 0),
        (" \t\r\n,\u{feff}# a { b", 0),
        ("# a\rb", 1),
        ("{a:b}", 5),
        ("a_1 _", 2),
        ("...on...", 3),
        ("!$&():=@[]{|}", 13),
        ("1 -1 0 -0 1.5 1e5 -1.5E-5 1e+5", 8),
        ("[000]", 5),
        ("1.a 1.. 1e 1e+", 11),
        ("--1", 2),
        (r#""" "a" "a\"b" "\\" "{a b c}""#, 5),
        (r#""\u00e9" "é""#, 2),
        (r#""""""" """a "b" c""" """a\"""b""" """\\"""" """ """#, 5),
        ("\"\"\"a\n{b}\n\"\"\"", 1),
        ("é", 2),
    ] {
        assert_eq!(tokens(text), count, "{text}");
    }
}

/// The library reads on after the quotes, and would find any number of tokens there.
#[test]
fn a_string_has_to_end() {
    for text in ["\"", "\"a", "\"a\n\"", "\"a\\\"", "\"\"\"", "\"\"\"a\"\"", "\"\"\"a\\\"\"\"", "\"\"\"a\" {b} \"\""] {
        assert_eq!(refusal(text).as_deref(), Some("A string in the query has no end"), "{text}");
    }
    let strings = format!("{{a(b: [\"\"\"c\" {}])}}", "\"\" ".repeat(5000));
    assert_eq!(refusal(&strings).as_deref(), Some("A string in the query has no end"));
}

proptest! {
    /// Counted on the text, there are as many tokens as the parsed document was written with.
    #[test]
    fn the_parser_sees_as_many_tokens(
        fields in proptest::collection::vec(field(), 1..5),
        fragments in proptest::collection::vec(field(), 0..3),
    ) {
        let fragments = fragments.iter().enumerate().map(|(n, field)| format!("fragment f{n} on T {{{field}}}"));
        let text = format!("{{{}}} {}", fields.join(" "), fragments.collect::<Vec<_>>().join("#}\n"));
        let document = parse_query(&text).expect("a query");
        let operations = document.operations.iter().map(|(_, operation)| of_selections(&operation.node.selection_set));
        let fragments = document.fragments.values().map(|fragment| 4 + of_selections(&fragment.node.selection_set));
        prop_assert_eq!(tokens(&text), operations.chain(fragments).sum::<usize>(), "{}", text);
    }
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?(e[+-]?[0-9]{1,2})?",
        "\"[a-z {}#,\u{e9}]{0,9}\"",
        "\"\"\"[a-z {}#,\n]{0,9}\"\"\"",
        "\\$[a-z]{1,3}",
        Just("true".to_owned()),
        Just("null".to_owned()),
        "[A-Z]{1,9}",
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..3).prop_map(|values| format!("[{}]", values.join(",")));
        prop_oneof![list, inner.prop_map(|value| format!("{{a:{value}}}"))]
    })
}

/// A field, or a fragment where it is spread.
fn field() -> impl Strategy<Value = String> {
    let argument = proptest::option::of(value().prop_map(|value| format!("(x:{value})")));
    let leaf = ("([a-z]{1,9} ?: )?[a-z_][a-z0-9_]{0,9}", argument)
        .prop_map(|(name, argument)| name + argument.as_deref().unwrap_or_default());
    leaf.prop_recursive(4, 20, 4, |inner| {
        let inside = proptest::collection::vec(inner, 1..4).prop_map(|fields| format!("{{{}}}", fields.join("#,{\n")));
        prop_oneof![
            ("[a-z]{1,9}", inside.clone()).prop_map(|(name, inside)| name + &inside),
            inside.prop_map(|inside| format!("...on T{inside}")),
            "\\.\\.\\.f[0-9]",
        ]
    })
}

fn of_selections(selections: &Positioned<SelectionSet>) -> usize {
    let items = &selections.node.items;
    let inside = items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => {
            let field = &field.node;
            let arguments = field.arguments.iter().map(|(_, value)| {
                // A variable has two tokens, as an empty list has.
                let value = value.node.clone().into_const_with(|_| Ok::<_, ()>(Value::List(vec![])));
                2 + of_value(&value.expect("a value"))
            });
            let brackets = if field.arguments.is_empty() { 0 } else { 2 };
            1 + 2 * usize::from(field.alias.is_some())
                + brackets
                + arguments.sum::<usize>()
                + of_selections(&field.selection_set)
        }
        Selection::InlineFragment(fragment) => 3 + of_selections(&fragment.node.selection_set),
        Selection::FragmentSpread(_) => 2,
    });
    if items.is_empty() { 0 } else { 2 + inside.sum::<usize>() }
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::List(values) => 2 + values.iter().map(of_value).sum::<usize>(),
        Value::Object(fields) => 2 + fields.values().map(|value| 2 + of_value(value)).sum::<usize>(),
        _ => 1,
    }
}
