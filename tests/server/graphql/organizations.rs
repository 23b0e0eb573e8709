//! Organizations: GraphQL shows what REST shows.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::support::{Server, server::ADMIN};

const FIELDS: &str = "id name slug description domain billingEmail status plan isPersonal owner { id email name } isOwner \
    role userCount workspaceCount projectCount spaceCount \
    limits { maxConcurrentAgents maxRuntimeHours maxWorkspaces maxMembers maxSpaces } usage { runningAgents runtimeHours } \
    jwtExpirySecs settings { timezone locale logoUrl } metadata purgeAfter createdAt updatedAt";

both!(every_field_is_that_of_rest, a_walk_finds_what_rest_lists, one_organization, its_life, nodes,);

/// The representation of REST in the names of GraphQL.
fn translated(rest: &Value) -> Value {
    let Value::Object(fields) = rest else { return rest.clone() };
    let translate = |(name, value): (&String, &Value)| match (name.as_str(), value) {
        ("spaces", _) => None,
        ("metadata", pairs) => Some((name.clone(), pairs.clone())),
        ("status" | "plan", value) => Some((name.clone(), value.as_str().expect("text").to_uppercase().into())),
        (name, value) => Some((camel_case(name), translated(value))),
    };
    Value::Object(fields.iter().filter_map(translate).collect::<Map<_, _>>())
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + &word[..1].to_uppercase() + &word[1..])
}

/// A request to REST that succeeds.
async fn rest(server: &Server, method: &str, path: &str, body: Value) -> Value {
    let request = server.request(method, &format!("/api/v1{path}"));
    let reply = if body.is_null() { request } else { request.json(body) }.send().await;
    assert!((200..300).contains(&reply.status), "{reply}");
    reply.json
}

async fn create(server: &Server, body: Value) -> Value {
    rest(server, "POST", "/organizations", body).await
}

fn id(organization: &Value) -> &str {
    organization["id"].as_str().expect("an id")
}

async fn every_field_is_that_of_rest(server: Server) {
    let plain = create(&server, json!({ "name": "Plain" })).await;
    let body = json!({ "name": "Acme", "description": "Lines\nand lines", "domain": "acme.com", "plan": "enterprise", "owner_email": "owner@acme.com" });
    let full = create(&server, body).await;
    let path = format!("/organizations/{}", id(&full));
    let changes = json!({
        "billing_email": "money@acme.com", "jwt_expiry_secs": 600, "metadata": { "tier_1": "gold", "Tier-2": "" },
        "settings": { "timezone": "Europe/Berlin", "locale": "de-DE", "logo_url": "https://acme.com/logo.svg" },
    });
    rest(&server, "PATCH", &path, changes).await;
    let limits = json!({ "max_runtime_hours": 45.25, "max_members": 7 });
    let full = rest(&server, "PATCH", &format!("{path}/limits"), limits).await;

    for rest in [&plain, &full] {
        let expected = translated(rest);
        let query = format!("query ($id: ID!) {{ organization(id: $id) {{ {FIELDS} }} }}");
        let data = server.data(&query, json!({ "id": id(rest) })).await;
        assert_eq!(data["organization"], expected);
        let query = format!(
            "query ($name: String!) {{ organizations(first: 5, search: $name) {{ edges {{ node {{ {FIELDS} }} }} }} }}"
        );
        let data = server.data(&query, json!({ "name": rest["name"] })).await;
        assert_eq!(data["organizations"]["edges"], json!([{ "node": expected }]));
    }
    let me = server.data("{ me { id email name isSuperadmin } }", Value::Null).await;
    assert_eq!(me["me"], json!({ "id": plain["owner"]["id"], "email": ADMIN.0, "name": null, "isSuperadmin": true }));
}

/// All pages of a list in REST: the rows, and the cursor that leads to each next page.
async fn rest_walk(server: &Server, query: &str, limit: usize) -> (Vec<String>, Vec<String>, i64) {
    let (mut ids, mut cursors, mut total) = (Vec::new(), Vec::new(), 0);
    let mut path = format!("/api/v1/organizations?limit={limit}&include=total{query}");
    loop {
        let page = server.get(&path).send().await.expect(200);
        total = page.header("x-total-count").and_then(|count| count.parse().ok()).unwrap_or(total);
        ids.extend(page.each("id"));
        let Some(link) = page.next() else { return (ids, cursors, total) };
        cursors.push(link.rsplit_once("cursor=").expect("a cursor").1.to_owned());
        path = link.strip_prefix(&server.url).expect("a link to this server").to_owned();
    }
}

const PAGE: &str = "query ($first: Int!, $after: String, $search: String, $status: OrganizationStatus) {
    organizations(first: $first, after: $after, search: $search, status: $status) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } }
    }
}";

async fn walk(server: &Server, filter: &Value, first: usize) -> (Vec<String>, Vec<String>, i64) {
    let (mut ids, mut cursors) = (Vec::new(), Vec::new());
    let mut after = Value::Null;
    loop {
        let mut variables = filter.clone();
        variables["first"] = first.into();
        variables["after"] = after.clone();
        let mut data = server.data(PAGE, variables).await;
        let page = data["organizations"].take();
        let edges = page["edges"].as_array().expect("edges");
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        assert_eq!(page["pageInfo"]["startCursor"], edges.first().map_or(Value::Null, |edge| edge["cursor"].clone()));
        assert_eq!(page["pageInfo"]["endCursor"], edges.last().map_or(Value::Null, |edge| edge["cursor"].clone()));
        ids.extend(edges.iter().map(|edge| id(&edge["node"]).to_owned()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return (ids, cursors, page["totalCount"].as_i64().expect("a total"));
        }
        assert_eq!(edges.len(), first);
        cursors.push(after.as_str().expect("a cursor").to_owned());
    }
}

async fn a_walk_finds_what_rest_lists(server: Server) {
    for n in 0..11 {
        let body = json!({ "name": format!("{} {n}", if n % 2 == 0 { "Even" } else { "Odd_%" }) });
        let made = create(&server, body).await;
        if n % 3 == 0 {
            rest(&server, "POST", &format!("/organizations/{}/suspend", id(&made)), json!({})).await;
        } else if n % 5 == 0 {
            rest(&server, "DELETE", &format!("/organizations/{}", id(&made)), Value::Null).await;
        }
    }
    for (query, filter, rows) in [
        ("", json!({}), 9),
        ("&search=eVeN", json!({ "search": "eVeN" }), 5),
        ("&search=%25", json!({ "search": "%" }), 4),
        ("&status=suspended", json!({ "status": "SUSPENDED" }), 4),
        ("&status=deleted", json!({ "status": "DELETED" }), 2),
        ("&status=active&search=odd", json!({ "status": "ACTIVE", "search": "odd" }), 2),
        ("&search=nothing", json!({ "search": "nothing" }), 0),
    ] {
        for size in [2, 3, 50] {
            let found = walk(&server, &filter, size).await;
            assert_eq!(found, rest_walk(&server, query, size).await, "{query} by {size}");
            assert_eq!(found.0.len(), rows, "{query}");
            assert_eq!(found.0.iter().collect::<BTreeSet<_>>().len(), rows, "{query}");
        }
    }

    let (_, cursors, _) = walk(&server, &json!({}), 2).await;
    let altered = format!("{}{}", if cursors[0].starts_with('A') { "B" } else { "A" }, &cursors[0][1..]);
    for (cursor, filter) in
        [(&altered, json!({})), (&"x".to_owned(), json!({})), (&cursors[0], json!({ "search": "even" }))]
    {
        let mut variables = filter;
        variables["first"] = 2.into();
        variables["after"] = cursor.as_str().into();
        assert_eq!(server.code(PAGE, variables).await, "invalid_cursor");
    }
    for first in [-1, 0, 101] {
        assert_eq!(
            server.code("query ($n: Int!) { organizations(first: $n) { totalCount } }", json!({ "n": first })).await,
            "invalid"
        );
    }
    let default = server.data("{ organizations { edges { node { id } } } }", Value::Null).await;
    assert_eq!(default["organizations"]["edges"].as_array().map(Vec::len), Some(9));
}

async fn one_organization(server: Server) {
    let made = create(&server, json!({ "name": "Acme" })).await;
    rest(&server, "POST", &format!("/organizations/{}/slug", id(&made)), json!({ "slug": "apex" })).await;
    let by_slug = "query ($slug: String) { organization(slug: $slug) { id slug } }";
    let by_id = "query ($id: ID) { organization(id: $id) { id slug } }";
    let expected = json!({ "organization": { "id": made["id"], "slug": "apex" } });
    assert_eq!(server.data(by_slug, json!({ "slug": "apex" })).await, expected);
    assert_eq!(server.data(by_slug, json!({ "slug": "acme" })).await, expected, "the old slug");
    assert_eq!(server.data(by_id, json!({ "id": made["id"] })).await, expected);

    for (query, variables) in [
        (by_slug, json!({ "slug": "nobody" })),
        (by_slug, json!({ "slug": made["id"] })),
        (by_id, json!({ "id": "apex" })),
        (by_id, json!({ "id": "01234567-89ab-7def-8123-456789abcdef" })),
    ] {
        assert_eq!(server.code(query, variables.clone()).await, "organization_not_found", "{variables}");
    }
    for query in [
        "{ organization { id } }",
        "{ organization(id: \"a\", slug: \"a\") { id } }",
        "{ organization(id: null) { id } }",
    ] {
        assert_eq!(server.code(query, Value::Null).await, "invalid", "{query}");
    }
    // One that is missing takes nothing from the others.
    let answer = server
        .answer("{ organization(slug: \"apex\") { slug } b: organization(slug: \"nobody\") { slug } }", Value::Null)
        .await;
    assert_eq!(answer["data"], json!({ "organization": { "slug": "apex" }, "b": null }));
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1));
}

async fn its_life(server: Server) {
    let made = create(&server, json!({ "name": "Acme" })).await;
    let path = format!("/organizations/{}", id(&made));
    let query = format!("query ($id: ID!) {{ organization(id: $id) {{ {FIELDS} }} }}");
    let shown = || server.data(&query, json!({ "id": made["id"] }));
    let listed = async |status: &str| {
        let query = format!("{{ organizations{status} {{ totalCount edges {{ node {{ id }} }} }} }}");
        let data = server.data(&query, Value::Null).await;
        let count = data["organizations"]["edges"].as_array().map(Vec::len).expect("edges");
        assert_eq!(data["organizations"]["totalCount"], count);
        count
    };

    let suspended = rest(&server, "POST", &format!("{path}/suspend"), json!({})).await;
    assert_eq!(suspended["status"], "suspended");
    assert_eq!(shown().await["organization"], translated(&suspended));
    assert_eq!((listed("").await, listed("(status: SUSPENDED)").await, listed("(status: ACTIVE)").await), (1, 1, 0));

    rest(&server, "DELETE", &path, Value::Null).await;
    let deleted = rest(&server, "GET", &path, Value::Null).await;
    assert_eq!(deleted["status"], "deleted");
    assert!(deleted["purge_after"].is_string());
    assert_eq!(shown().await["organization"], translated(&deleted));
    assert_eq!((listed("").await, listed("(status: DELETED)").await), (0, 1));

    rest(&server, "POST", &format!("{path}/purge"), Value::Null).await;
    assert_eq!(server.code(&query, json!({ "id": made["id"] })).await, "organization_not_found");
    assert_eq!((listed("").await, listed("(status: DELETED)").await), (0, 0));
}

async fn nodes(server: Server) {
    let made = create(&server, json!({ "name": "Acme" })).await;
    let query =
        "query ($id: ID!) { node(id: $id) { __typename id ... on Organization { slug } ... on User { email } } }";
    let node = async |id: &Value| server.data(query, json!({ "id": id })).await["node"].take();
    assert_eq!(node(&made["id"]).await, json!({ "__typename": "Organization", "id": made["id"], "slug": "acme" }));
    let me = &made["owner"]["id"];
    assert_eq!(node(me).await, json!({ "__typename": "User", "id": me, "email": ADMIN.0 }));
    assert_eq!(node(&json!("acme")).await, Value::Null);
    assert_eq!(node(&json!("01234567-89ab-7def-8123-456789abcdef")).await, Value::Null);
}
