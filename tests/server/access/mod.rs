//! The access table: every route and every field of the graph, asked by everybody, on both databases.
//!
//! A route or a field without a row fails, and so does a row without one.

mod described;
mod fields;
mod routes;
mod world;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::world::{PRINCIPALS, World};
use crate::support::Server;

both!(every_route_answers_everybody_as_the_table_says, every_field_answers_everybody_as_the_table_says);

async fn every_route_answers_everybody_as_the_table_says(server: Server) {
    let world = World::new(&server).await;
    let head = server.head().await;
    let mut wrong = Vec::new();
    for (route, body, expected) in routes::TABLE {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        for (principal, status) in PRINCIPALS.into_iter().zip(expected) {
            let path = world.fill(path);
            // The decision is the same, and everything stays as it is for the next one.
            let dry = if method != "GET" && path.starts_with("/api/") { "?dry_run=true" } else { "" };
            let request = world.by(principal, server.request(method, &format!("{path}{dry}")));
            let request = if body.is_empty() { request } else { request.json(world.json(body)) };
            let reply = request.send().await;
            if reply.status != *status {
                wrong.push(format!(
                    "{route} by {principal:?}: {status} expected, but {} {}",
                    reply.status, reply["code"]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(server.head().await, head, "a dry run has written something");
}

async fn every_field_answers_everybody_as_the_table_says(server: Server) {
    let world = World::new(&server).await;
    let mut wrong = Vec::new();
    for (field, query, expected) in fields::TABLE {
        for (principal, code) in PRINCIPALS.into_iter().zip(expected) {
            let body = json!({ "query": world.fill(query) });
            let reply = world.by(principal, server.post("/graphql").json(body)).send().await;
            let found = reply["errors"][0]["extensions"]["code"].as_str().or(reply["code"].as_str()).unwrap_or("ok");
            if found != *code {
                wrong.push(format!("{field} by {principal:?}: {code} expected, but {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn checked_in(name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a checked-in document")
}

#[test]
fn every_route_has_a_row() {
    let openapi: Value = serde_json::from_str(&checked_in("openapi.json")).expect("JSON");
    let mut routes = BTreeSet::new();
    for (path, item) in openapi["paths"].as_object().expect("paths") {
        let methods = item.as_object().expect("methods").keys().filter(|key| *key != "parameters");
        routes.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let rows: Vec<_> = routes::TABLE.iter().map(|(route, ..)| (*route).to_owned()).collect();
    let known: BTreeSet<_> = rows.iter().cloned().collect();
    assert_eq!(known.len(), rows.len(), "a route has two rows");
    assert_eq!(known.difference(&routes).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a route");
    assert_eq!(routes.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "routes without a row");
}

#[test]
fn every_field_has_a_row() {
    let schema = checked_in("schema.graphql");
    let mut fields = BTreeSet::new();
    for kind in fields::TYPES {
        let body = schema.split(&format!("\ntype {kind} ")).nth(1).unwrap_or_else(|| panic!("no type {kind}"));
        let body = body.split_once('{').and_then(|(_, rest)| rest.split_once("\n}")).expect("fields").0;
        let (mut in_text, mut in_arguments) = (false, false);
        for line in body.lines().map(str::trim) {
            let begins_text = line.starts_with("\"\"\"");
            in_text ^= begins_text && (line.len() == 3 || !line.ends_with("\"\"\""));
            if in_text || begins_text || line.starts_with('"') {
                continue;
            }
            let name = line.split(['(', ':']).next().unwrap_or_default();
            if !in_arguments && !name.is_empty() {
                fields.insert(format!("{kind}.{name}"));
            }
            in_arguments = line.ends_with('(') || in_arguments && !line.starts_with(')');
        }
    }
    let rows = fields::TABLE.iter().flat_map(|(field, ..)| {
        let (kind, names) = field.split_once('.').expect("a type and a field");
        names.split(' ').map(move |name| format!("{kind}.{name}"))
    });
    let known: BTreeSet<_> = rows.collect();
    assert_eq!(known.difference(&fields).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a field");
    assert_eq!(fields.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "fields without a row");
}
