//! Issues and quality checks: what REST shows, as fields of their space and by themselves.

use serde_json::{Value, json};

use super::graph::{camel, data, nodes, queries, query};
use crate::support::{Person, Server};

both!(
    lists_are_those_of_rest,
    what_they_have_is_that_of_rest,
    the_cursors_are_those_of_rest,
    a_filter_is_refused_as_by_rest,
    a_node_is_what_the_caller_may_read,
    many_spaces_cost_as_many_queries_as_two,
);

const ISSUE: &str = "id space { id name slug } title description status priority assigneeId productId commentCount \
    createdBy createdAt updatedAt";
const CHECK: &str = "id space { id name slug } productId name description severity status outcome value resultCount \
    lastResultAt createdAt updatedAt";
const COMMENT: &str = "id author { id email name } body createdAt";
const RESULT: &str = "number outcome value ignored recordedBy recordedAt";

async fn keep(server: &Server, path: &str, body: Value) -> Value {
    server.post(&format!("/api/v1/{path}")).json(body).send().await.expect(201).json
}

async fn space(server: &Server, slug: &str) -> Value {
    keep(server, "spaces", json!({ "name": slug, "slug": slug, "organization": "acme" })).await
}

fn id(row: &Value) -> &str {
    row["id"].as_str().expect("an id")
}

/// An issue with two comments and a check with two results, in a space.
async fn fill(server: &Server, space: &str) -> (Value, Value) {
    let product = keep(server, &format!("spaces/{space}/products"), json!({ "name": "Orders" })).await;
    let body = json!({ "title": "It stops", "description": "Half-way", "product_id": product["id"] });
    let issue = keep(server, &format!("spaces/{space}/issues"), body).await;
    for body in ["Seen", "Twice"] {
        keep(server, &format!("issues/{}/comments", id(&issue)), json!({ "body": body })).await;
    }
    let body = json!({ "name": "Dates", "severity": "critical", "product_id": product["id"] });
    let check = keep(server, &format!("spaces/{space}/quality"), body).await;
    for (outcome, value) in [("passed", json!("12 ms")), ("failed", json!(i64::MAX))] {
        let body = json!({ "outcome": outcome, "value": value });
        keep(server, &format!("quality/{}/results", id(&check)), body).await;
    }
    (issue, check)
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
        for name in ["status", "priority", "severity", "outcome"] {
            if let Some(word) = row.get(name).and_then(Value::as_str).map(str::to_uppercase) {
                row[name] = word.into();
            }
        }
    }
    rows.as_array().expect("rows").clone()
}

async fn lists_are_those_of_rest(server: Server) {
    server.organization("acme").await;
    space(&server, "data").await;
    let (first, old) = fill(&server, "data").await;
    let (second, check) = fill(&server, "data").await;
    let act = async |path: String| server.post(&format!("/api/v1/{path}")).send().await.expect(200);
    act(format!("issues/{}/start", id(&first))).await;
    act(format!("issues/{}/wont-fix", id(&second))).await;
    act(format!("quality/{}/archive", id(&old))).await;
    let vera = viewer(&server, "data").await;
    let body = json!({ "priority": "critical", "assignee_id": vera.id });
    server.patch(&format!("/api/v1/issues/{}", id(&first))).json(body).send().await.expect(200);
    let assigned = format!(r#"issues(assigneeId: "{}", priority: CRITICAL)"#, vera.id);
    let of_product = format!("qualityChecks(productId: {})", check["product_id"]);
    for (field, rest, count) in [
        ("issues", "issues".to_owned(), 2),
        ("issues(status: [IN_PROGRESS, OPEN])", "issues?status=in_progress,open".to_owned(), 1),
        ("issues(status: WONT_FIX)", "issues?status=wont_fix".to_owned(), 1),
        (r#"issues(search: "HALF")"#, "issues?search=HALF".to_owned(), 2),
        (&assigned, format!("issues?priority=critical&assignee_id={}", vera.id), 1),
        ("qualityChecks", "quality".to_owned(), 1),
        ("qualityChecks(status: ARCHIVED)", "quality?status=archived".to_owned(), 1),
        (&of_product, format!("quality?product_id={}", check["product_id"].as_str().expect("an id")), 1),
    ] {
        let name = field.split('(').next().unwrap_or_default();
        let fields = if name == "issues" { ISSUE } else { CHECK };
        let text = format!(r#"{{ space(slug: "data") {{ {field} {{ edges {{ node {{ {fields} }} }} }} }} }}"#);
        let shown = data(query(&server, &text).by(&vera)).await["space"][name].take();
        let listed = server.get(&format!("/api/v1/spaces/data/{rest}")).by(&vera).send().await.expect(200);
        assert_eq!((nodes(&shown), nodes(&shown).len()), (translated(&listed.json), count), "{field}");
    }
}

async fn what_they_have_is_that_of_rest(server: Server) {
    server.organization("acme").await;
    space(&server, "data").await;
    let (issue, check) = fill(&server, "data").await;
    for (list, field, fields, rest) in [
        ("issues", "comments", COMMENT, format!("issues/{}/comments", id(&issue))),
        ("qualityChecks", "results", RESULT, format!("quality/{}/results", id(&check))),
    ] {
        let page = async |after: &str| {
            let text = format!(
                r#"{{ space(slug: "data") {{ {list}(first: 5) {{ edges {{ node {{ {field}(first: 1{after}) {{
                    pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {fields} }} }} }} }} }} }} }} }}"#
            );
            nodes(&data(query(&server, &text)).await["space"][list])[0][field].clone()
        };
        let listed = server.get(&format!("/api/v1/{rest}")).send().await.expect(200);
        let first = page("").await;
        let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
        let second = page(&format!(r#", after: "{cursor}""#)).await;
        assert_eq!([nodes(&first), nodes(&second)].concat(), translated(&listed.json), "{field}");
        assert_eq!(
            (&first["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasNextPage"]),
            (&json!(true), &json!(false))
        );
        let rest = server.get(&format!("/api/v1/{rest}?limit=1&cursor={cursor}")).send().await.expect(200);
        assert_eq!(translated(&rest.json), nodes(&second), "{field}");
    }
}

async fn the_cursors_are_those_of_rest(server: Server) {
    server.organization("acme").await;
    let made = space(&server, "data").await;
    fill(&server, "data").await;
    fill(&server, "data").await;
    let space = id(&made);
    for (field, rest) in [
        ("issues(status: [OPEN, RESOLVED],", "issues?status=open,resolved&"),
        ("qualityChecks(status: ALL,", "quality?status=all&"),
    ] {
        let page = async |after: &str| {
            let text = format!(
                r#"{{ space(id: "{space}") {{ page: {field} first: 1{after}) {{ pageInfo {{ endCursor }} edges {{ node {{ id }} }} }} }} }}"#
            );
            data(query(&server, &text)).await["space"]["page"].take()
        };
        let first = page("").await;
        let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
        let second = page(&format!(r#", after: "{cursor}""#)).await;
        let rest =
            server.get(&format!("/api/v1/spaces/{space}/{rest}limit=1&cursor={cursor}")).send().await.expect(200);
        assert_eq!(rest.each("id"), [id(&nodes(&second)[0])], "{field}");
        assert_ne!(nodes(&first), nodes(&second));
    }
}

async fn a_filter_is_refused_as_by_rest(server: Server) {
    server.organization("acme").await;
    space(&server, "data").await;
    for field in [r#"issues(assigneeId: "x")"#, "issues(status: [])", r#"qualityChecks(productId: "x")"#] {
        let text = format!(r#"{{ space(slug: "data") {{ {field} {{ edges {{ node {{ id }} }} }} }} }}"#);
        let answer = query(&server, &text).send().await.expect(200);
        assert_eq!(answer["errors"][0]["extensions"]["code"], "invalid", "{field}: {answer}");
    }
}

async fn a_node_is_what_the_caller_may_read(server: Server) {
    server.organization("acme").await;
    space(&server, "data").await;
    let (issue, check) = fill(&server, "data").await;
    let vera = viewer(&server, "data").await;
    let beside = server.member("acme", "beside@example.com", "developer").await;
    for (path, row, kind, fields, list) in
        [("issues", &issue, "Issue", ISSUE, "comments"), ("quality", &check, "QualityCheck", CHECK, "results")]
    {
        let shown = server.get(&format!("/api/v1/{path}/{}", id(row))).send().await.expect(200).json;
        let mut shown = translated(&json!([shown])).remove(0);
        shown[list] = json!({ "edges": [{ "__typename": "x" }, { "__typename": "x" }] });
        let text = format!(
            r#"{{ node(id: {}) {{ ... on {kind} {{ {fields} {list} {{ edges {{ __typename }} }} }} }} }}"#,
            row["id"]
        );
        for asked in [query(&server, &text), query(&server, &text).by(&vera)] {
            let mut node = data(asked).await["node"].take();
            for edge in node[list]["edges"].as_array_mut().expect("edges") {
                edge["__typename"] = "x".into();
            }
            assert_eq!(node, shown);
        }
        assert_eq!(data(query(&server, &text).by(&beside)).await["node"], Value::Null);
    }
}

async fn many_spaces_cost_as_many_queries_as_two(server: Server) {
    let body = json!({ "name": "acme", "slug": "acme", "plan": "pro" });
    server.post("/api/v1/organizations").json(body).send().await.expect(201);
    for n in 0..10 {
        space(&server, &format!("space-{n}")).await;
        fill(&server, &format!("space-{n}")).await;
    }
    let cost = async |first: i64| {
        let text = format!(
            r#"{{ spaces(first: {first}) {{ edges {{ node {{
                issues(first: 3) {{ edges {{ node {{ comments(first: 2) {{ edges {{ node {{ body }} }} }} }} }} }}
                done: issues(first: 3, status: [RESOLVED]) {{ edges {{ node {{ title }} }} }}
                qualityChecks(first: 3) {{ edges {{ node {{ results(first: 2) {{ edges {{ node {{ number }} }} }} }} }} }}
            }} }} }} }}"#
        );
        let before = queries(&server).await;
        let found = data(query(&server, &text)).await;
        let rows = nodes(&found["spaces"]);
        assert_eq!(i64::try_from(rows.len()), Ok(first));
        for row in &rows {
            assert_eq!(["issues", "done", "qualityChecks"].map(|list| nodes(&row[list]).len()), [1, 0, 1], "{row}");
            let inner = [("issues", "comments"), ("qualityChecks", "results")];
            assert_eq!(inner.map(|(list, inner)| nodes(&nodes(&row[list])[0][inner]).len()), [2, 2], "{row}");
        }
        queries(&server).await - before
    };
    let two = cost(2).await;
    assert_eq!(cost(10).await, two);
}
