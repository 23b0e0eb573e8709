//! Queries that ask for too much.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::{Engine, Server};

const TOO_COMPLEX: &str = "query_too_complex";

fn server() -> Server {
    Server::start(Engine::Sqlite)
}

fn aliases(count: usize) -> String {
    let emails = (0..count).fold(String::new(), |text, n| format!("{text} a{n}: email"));
    format!("{{ me {{ {emails} }} }}")
}

/// So many levels of fields, of which the schema knows none.
fn nested(levels: usize) -> String {
    format!("{}a{}", "{a".repeat(levels - 1) + "{", "}".repeat(levels))
}

/// What is measured before there is a document.
#[tokio::test]
async fn text_and_variables() {
    let server = server();
    let long = |bytes: usize| format!("{{ me {{ id }} }}{}", " ".repeat(bytes - 13));
    server.data(&long(32 * 1024), Value::Null).await;
    assert_eq!(server.code(&long(32 * 1024 + 1), Value::Null).await, TOO_COMPLEX);
    // Nothing has to be a query to be refused.
    for query in ["{a".repeat(1001), "]".repeat(2001), "fragment ".repeat(3000), "\u{e9}".repeat(1001)] {
        assert_eq!(server.code(&query, Value::Null).await, TOO_COMPLEX);
    }
    assert_eq!(server.code(&"[".repeat(2000), Value::Null).await, "invalid_query");
    let fragments = |count: usize| {
        let fragments = (0..count).fold(String::new(), |text, n| format!("{text} fragment f{n} on User {{ id }}"));
        let spreads = (0..count).fold(String::new(), |text, n| format!("{text} ...f{n}"));
        format!("{{ me {{ {spreads} }} }} {fragments}")
    };
    server.data(&fragments(100), Value::Null).await;
    assert_eq!(server.code(&fragments(101), Value::Null).await, TOO_COMPLEX);

    let query = format!(
        "query ($a: String) {{ me {{ id @skip(if: false) }} organization(slug: $a) {{ id }} }}{}",
        " ".repeat(32_000)
    );
    let variables = |bytes: usize| json!({ "a": "a".repeat(bytes - 8) });
    assert_eq!(server.code(&query, variables(256 * 1024)).await, "organization_not_found");
    assert_eq!(server.code(&query, variables(256 * 1024 + 1)).await, TOO_COMPLEX);
}

#[tokio::test]
async fn aliases_root_fields_and_levels() {
    let server = server();
    server.data(&aliases(15), Value::Null).await;
    assert_eq!(server.code(&aliases(16), Value::Null).await, TOO_COMPLEX);
    assert_eq!(server.code(&aliases(17), Value::Null).await, TOO_COMPLEX);

    let roots = |count: usize| format!("{{ {} }}", "me { id } ".repeat(count));
    server.data(&roots(10), Value::Null).await;
    assert_eq!(server.code(&roots(11), Value::Null).await, TOO_COMPLEX);

    assert_eq!(server.code(&nested(10), Value::Null).await, "invalid_query");
    assert_eq!(server.code(&nested(11), Value::Null).await, TOO_COMPLEX);
}

#[tokio::test]
async fn a_list_counts_its_fields_for_every_row() {
    let server = server();
    // edges and node count as well: 1 + 100 × (2 + 7) = 901.
    let list = |arguments: &str, fields: &str| {
        format!(
            "query ($n: Int! = 1) {{ l: organizations{arguments} {{ edges {{ node {{ {fields} }} }} }} x: organizations(first: $n) {{ totalCount }} }}"
        )
    };
    let seven = "id name slug plan status role domain";
    server.data(&list("(first: 100)", seven), Value::Null).await;
    let eight = format!("{seven} description");
    assert_eq!(server.code(&list("(first: 100)", &eight), Value::Null).await, TOO_COMPLEX);
    assert_eq!(server.code(&list("(first: $n)", &eight), json!({ "n": 100 })).await, TOO_COMPLEX);
    server.data(&list("(first: $n)", &eight), json!({ "n": 20 })).await;
    // Without `first` there are 20 rows.
    let many = |count: usize| "name ".repeat(count);
    server.data(&list("", &many(40)), Value::Null).await;
    assert_eq!(server.code(&list("", &many(50)), Value::Null).await, TOO_COMPLEX);
    // More rows than there can be do not overflow the count.
    let huge = server.code(&list("(first: 2147483647)", "id"), Value::Null).await;
    assert_eq!(huge, "invalid");
}

#[tokio::test]
async fn many_fields_without_a_list() {
    let server = server();
    let bomb = |fields: usize| format!("{{ me {{ {} }} }}", "id ".repeat(fields));
    server.data(&bomb(999), Value::Null).await;
    assert_eq!(server.code(&bomb(1000), Value::Null).await, TOO_COMPLEX);
    let directives = |count: usize| format!("{{ me {{ id {} }} }}", "@include(if: true) ".repeat(count));
    server.data(&directives(1), Value::Null).await;
    assert_eq!(server.code(&directives(6), Value::Null).await, "invalid_query");
    let variables = (0..101).fold(String::new(), |text, n| format!("{text} $v{n}: Int"));
    assert_eq!(server.code(&format!("query ({variables}) {{ me {{ id }} }}"), Value::Null).await, TOO_COMPLEX);
}

#[tokio::test]
async fn fragments_hide_nothing() {
    let server = server();
    let plain = "{ me { ...f } } fragment f on User { id a: email }";
    server.data(plain, Value::Null).await;
    let aliases = format!("{{ me {{ {} }} }} fragment f on User {{ a: email }}", "...f ".repeat(16));
    assert_eq!(server.code(&aliases, Value::Null).await, TOO_COMPLEX);
    let roots = format!("{{ {} }} fragment f on Query {{ me {{ id }} }}", "...f ".repeat(11));
    assert_eq!(server.code(&roots, Value::Null).await, TOO_COMPLEX);

    for cycle in [
        "{ me { ...f } } fragment f on User { id ...f }",
        "{ me { ...f } } fragment f on User { ...g } fragment g on User { ...f }",
        "{ me { id } } fragment f on User { ...g ...g } fragment g on User { ...f ...f }",
    ] {
        assert_eq!(server.code(cycle, Value::Null).await, "invalid_query", "{cycle}");
    }
    // A thousand million fields, were they counted one by one.
    let mut doubling = "{ me { ...f0 } }".to_owned();
    for n in 0..30 {
        let _ = write!(doubling, " fragment f{n} on User {{ ...f{} ...f{} }}", n + 1, n + 1);
    }
    doubling += " fragment f30 on User { id }";
    assert_eq!(server.code(&doubling, Value::Null).await, TOO_COMPLEX);
}

/// The parser descends once for each bracket, up to a limit of its own; the chain of fragments is ours to refuse.
#[tokio::test]
async fn brackets_do_not_exhaust_the_stack() {
    let server = server();
    let many = 1_900;
    for query in [
        "{a".repeat(many / 2),
        "{...".repeat(many / 2),
        format!("{{ organization(id: {}", "[".repeat(many)),
        format!("{{ organization(id: {}", "{a:".repeat(many / 3)),
        format!("{{ organization(id: [\"\"\"a\" {}", "[".repeat(many)),
        format!("{{ organization(id: [{}", "[\"\"".repeat(many / 2)),
        format!("query ($a: {}", "[".repeat(many)),
        format!("query ($a: Int = {}", "[".repeat(many)),
    ] {
        assert_eq!(server.code(&query, Value::Null).await, "invalid_query");
    }
    let mut chain = "{ me { ...f0 } }".to_owned();
    for n in 0..99 {
        let _ = write!(chain, " fragment f{n} on User {{ ...f{} }}", n + 1);
    }
    chain += " fragment f99 on User { id }";
    assert_eq!(server.code(&chain, Value::Null).await, TOO_COMPLEX);
    server.data("{ me { id } }", Value::Null).await;
}
