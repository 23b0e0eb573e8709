//! What is kept in spaces: what REST shows, as fields of the space and by itself.

use serde_json::{Value, json};

use super::graph::{camel, data, nodes, queries, query};
use crate::support::{Person, Server};

both!(
    lists_are_those_of_rest,
    the_cursors_are_those_of_rest,
    a_node_is_what_the_caller_may_read,
    many_spaces_cost_as_many_queries_as_two,
);

const PRODUCT: &str = "id space { id name slug } name slug description status createdAt updatedAt";
const CONTRACT: &str = "id space { id name slug } name description producer { id name slug } consumer { id name slug } \
    status expiresAt archivedAt createdAt updatedAt";

async fn space(server: &Server, slug: &str) {
    let body = json!({ "name": slug, "slug": slug, "organization": "acme" });
    server.post("/api/v1/spaces").json(body).send().await.expect(201);
}

async fn keep(server: &Server, space: &str, kind: &str, body: Value) -> Value {
    server.post(&format!("/api/v1/spaces/{space}/{kind}")).json(body).send().await.expect(201).json
}

/// A contract between two products of a space.
async fn contract(server: &Server, space: &str) -> [Value; 3] {
    let orders = keep(server, space, "products", json!({ "name": "Orders", "description": "Sold" })).await;
    let sales = keep(server, space, "products", json!({ "name": "Sales" })).await;
    let body = json!({
        "name": "Daily", "producer_id": orders["id"], "consumer_id": sales["id"], "expires_at": "2999-01-01T00:00:00Z",
    });
    let contract = keep(server, space, "contracts", body).await;
    [orders, sales, contract]
}

async fn viewer(server: &Server, space: &str) -> Person {
    let vera = server.member("acme", "vera@example.com", "viewer").await;
    let place = format!("/api/v1/spaces/{space}/members/{}", vera.id);
    server.put(&place).json(json!({ "role": "viewer" })).send().await.expect(200);
    vera
}

/// Rows of REST in the names of GraphQL.
fn translated(rows: &Value) -> Vec<Value> {
    let mut rows = camel(rows);
    for row in rows.as_array_mut().expect("rows") {
        row["status"] = row["status"].as_str().map(str::to_uppercase).into();
    }
    rows.as_array().expect("rows").clone()
}

async fn lists_are_those_of_rest(server: Server) {
    server.organization("acme").await;
    space(&server, "data").await;
    let [orders, _, first] = contract(&server, "data").await;
    let [_, _, second] = contract(&server, "data").await;
    let act = async |path: String| server.post(&path).send().await.expect(200);
    act(format!("/api/v1/products/{}/archive", orders["id"].as_str().expect("an id"))).await;
    let path = |contract: &Value| format!("/api/v1/contracts/{}", contract["id"].as_str().expect("an id"));
    act(format!("{}/activate", path(&first))).await;
    act(format!("{}/archive", path(&second))).await;
    let vera = viewer(&server, "data").await;
    for (field, fields, rest, count) in [
        ("products", PRODUCT, "products", 3),
        ("products(status: ARCHIVED)", PRODUCT, "products?status=archived", 1),
        (r#"products(status: ALL, search: "ORD")"#, PRODUCT, "products?status=all&search=ORD", 2),
        ("contracts", CONTRACT, "contracts", 1),
        ("contracts(status: ACTIVE)", CONTRACT, "contracts?status=active", 1),
        ("contracts(status: EXPIRED)", CONTRACT, "contracts?status=expired", 0),
        ("contracts(includeArchived: true)", CONTRACT, "contracts?include_archived=true", 2),
    ] {
        let text = format!(r#"{{ space(slug: "data") {{ {field} {{ edges {{ node {{ {fields} }} }} }} }} }}"#);
        let name = field.split('(').next().unwrap_or_default();
        let shown = data(query(&server, &text).by(&vera)).await["space"][name].take();
        let listed = server.get(&format!("/api/v1/spaces/data/{rest}")).by(&vera).send().await.expect(200);
        assert_eq!((nodes(&shown), nodes(&shown).len()), (translated(&listed.json), count), "{field}");
    }
}

async fn the_cursors_are_those_of_rest(server: Server) {
    server.organization("acme").await;
    space(&server, "data").await;
    let [orders, ..] = contract(&server, "data").await;
    contract(&server, "data").await;
    let id = orders["space"]["id"].as_str().expect("an id");
    for (field, rest) in [("products", "products"), ("contracts(status: DRAFT", "contracts?status=draft")] {
        let page = async |after: &str| {
            let begin = if field.contains('(') { format!("{field},") } else { format!("{field}(") };
            let text = format!(
                r#"{{ space(id: "{id}") {{ page: {begin} first: 1{after}) {{ pageInfo {{ endCursor }} edges {{ node {{ id }} }} }} }} }}"#
            );
            data(query(&server, &text)).await["space"]["page"].take()
        };
        let first = page("").await;
        let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
        let second = page(&format!(r#", after: "{cursor}""#)).await;
        let join = if rest.contains('?') { '&' } else { '?' };
        let rest = server.get(&format!("/api/v1/spaces/{id}/{rest}{join}limit=1&cursor={cursor}"));
        let rest = rest.send().await.expect(200);
        assert_eq!(rest.each("id"), [nodes(&second)[0]["id"].as_str().expect("an id")], "{field}");
        assert_ne!(nodes(&first), nodes(&second));
    }
}

async fn a_node_is_what_the_caller_may_read(server: Server) {
    server.organization("acme").await;
    space(&server, "data").await;
    let [orders, _, contract] = contract(&server, "data").await;
    let vera = viewer(&server, "data").await;
    let beside = server.member("acme", "beside@example.com", "developer").await;
    let outsider = server.person("out@example.com").await;
    for (row, kind, fields) in [(&orders, "Product", PRODUCT), (&contract, "Contract", CONTRACT)] {
        let text = format!(r#"{{ node(id: {}) {{ __typename ... on {kind} {{ {fields} }} }} }}"#, row["id"]);
        let mut shown = translated(&json!([row])).remove(0);
        shown["__typename"] = kind.into();
        for asked in [query(&server, &text), query(&server, &text).by(&vera)] {
            assert_eq!(data(asked).await["node"], shown);
        }
        for person in [&beside, &outsider] {
            assert_eq!(data(query(&server, &text).by(person)).await["node"], Value::Null, "{}", person.email);
        }
    }
}

async fn many_spaces_cost_as_many_queries_as_two(server: Server) {
    let body = json!({ "name": "acme", "slug": "acme", "plan": "pro" });
    server.post("/api/v1/organizations").json(body).send().await.expect(201);
    for n in 0..12 {
        space(&server, &format!("space-{n}")).await;
        contract(&server, &format!("space-{n}")).await;
    }
    let cost = async |first: i64| {
        let text = format!(
            r#"{{ spaces(first: {first}) {{ edges {{ node {{
                products(first: 3) {{ edges {{ node {{ slug }} }} }}
                found: products(first: 3, search: "sal") {{ edges {{ node {{ slug }} }} }}
                contracts(first: 3) {{ edges {{ node {{ name }} }} }}
                expired: contracts(first: 3, status: EXPIRED) {{ edges {{ node {{ name }} }} }} }} }} }} }}"#
        );
        let before = queries(&server).await;
        let found = data(query(&server, &text)).await;
        let rows = nodes(&found["spaces"]);
        assert_eq!(i64::try_from(rows.len()), Ok(first));
        for row in &rows {
            let found = ["products", "found", "contracts", "expired"].map(|list| nodes(&row[list]).len());
            assert_eq!(found, [2, 1, 1, 0], "{row}");
        }
        queries(&server).await - before
    };
    let two = cost(2).await;
    assert_eq!(cost(12).await, two);
}
