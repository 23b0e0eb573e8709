//! Projects: what REST shows, as fields of their organization and by themselves.

use serde_json::{Value, json};

use super::graph::{camel, data, nodes, queries, query};
use crate::support::Server;

both!(
    both_lists_are_those_of_rest,
    the_cursors_are_those_of_rest,
    a_node_is_a_project_that_the_caller_may_read,
    many_organizations_cost_as_many_queries_as_two,
);

const FIELDS: &str = "id organization { id name slug } workspaceId name slug description status createdAt updatedAt";

fn path(org: &str) -> String {
    format!("/api/v1/organizations/{org}/projects")
}

async fn project(server: &Server, org: &str, slug: &str, workspace: Option<&str>) -> Value {
    let body = json!({ "name": slug, "slug": slug, "workspace": workspace });
    server.post(&path(org)).json(body).send().await.expect(201).json
}

/// Rows of REST in the names of GraphQL.
fn translated(rows: &Value) -> Vec<Value> {
    let mut rows = camel(rows);
    for row in rows.as_array_mut().expect("rows") {
        row["status"] = row["status"].as_str().map(str::to_uppercase).into();
    }
    rows.as_array().expect("rows").clone()
}

async fn both_lists_are_those_of_rest(server: Server) {
    for org in ["acme", "beta"] {
        server.organization(org).await;
        project(&server, org, "site", Some("default")).await;
        project(&server, org, "shop", None).await;
        project(&server, org, "news", Some("default")).await;
        server.post(&format!("{}/news/archive", path(org))).send().await.expect(200);
    }
    let vera = server.member("acme", "vera@example.com", "viewer").await;
    for (of_it, rest, count) in [
        ("", "", 2),
        ("(status: ACTIVE)", "?status=active", 2),
        ("(status: ARCHIVED)", "?status=archived", 1),
        (r#"(workspace: "default")"#, "?workspace=default", 1),
        (r#"(workspace: "default", status: ARCHIVED)"#, "?workspace=default&status=archived", 1),
        (r#"(workspace: "nowhere")"#, "?workspace=nowhere", 0),
    ] {
        let text =
            format!(r#"{{ organization(slug: "acme") {{ projects{of_it} {{ edges {{ node {{ {FIELDS} }} }} }} }} }}"#);
        let shown = data(query(&server, &text).by(&vera)).await["organization"]["projects"].take();
        let listed = server.get(&format!("{}{rest}", path("acme"))).by(&vera).send().await.expect(200);
        assert_eq!((nodes(&shown), nodes(&shown).len()), (translated(&listed.json), count), "{of_it}");
        // Many organizations at once.
        let of_it = if of_it.is_empty() { "(first: 5)".to_owned() } else { of_it.replace('(', "(first: 5, ") };
        let text = format!(
            "{{ organizations(first: 5) {{ edges {{ node {{ slug projects{of_it} {{ edges {{ node {{ {FIELDS} }} }} }} }} }} }} }}"
        );
        let found = data(query(&server, &text)).await["organizations"].take();
        for organization in nodes(&found) {
            let org = organization["slug"].as_str().expect("a slug");
            let listed = server.get(&format!("{}{rest}", path(org))).send().await.expect(200);
            assert_eq!(nodes(&organization["projects"]), translated(&listed.json), "{of_it} of {org}");
        }
    }
    for (by_field, rest, hers, all) in [
        ("", "", 2, 4),
        ("(status: ARCHIVED)", "?status=archived", 1, 2),
        (r#"(organization: "acme", status: ACTIVE)"#, "?organization=acme&status=active", 2, 2),
        (r#"(organization: "beta")"#, "?organization=beta", 0, 2),
    ] {
        let text = format!("{{ projects{by_field} {{ edges {{ node {{ {FIELDS} }} }} }} }}");
        let listed = server.get(&format!("/api/v1/projects{rest}"));
        for (asked, listed, count) in
            [(query(&server, &text).by(&vera), listed.clone().by(&vera), hers), (query(&server, &text), listed, all)]
        {
            let shown = data(asked).await["projects"].take();
            assert_eq!(
                (nodes(&shown), nodes(&shown).len()),
                (translated(&listed.send().await.expect(200).json), count)
            );
        }
    }
}

async fn the_cursors_are_those_of_rest(server: Server) {
    let acme = server.organization("acme").await;
    for n in 0..4 {
        project(&server, "acme", &format!("p-{n}"), None).await;
    }
    let lists = [
        (format!(r#"organization(id: "{}") {{ projects"#, acme.id()), path(acme.id()), " }"),
        ("projects".to_owned(), "/api/v1/projects".to_owned(), ""),
    ];
    for (field, path, end) in lists {
        let page = async |after: &str| {
            let text = format!(
                "{{ {field}(first: 2, status: ACTIVE{after}) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ slug }} }} }} {end} }}"
            );
            let mut found = data(query(&server, &text)).await;
            let parent = if end.is_empty() { &mut found } else { &mut found["organization"] };
            parent["projects"].take()
        };
        let first = page("").await;
        assert_eq!(nodes(&first), [json!({ "slug": "p-3" }), json!({ "slug": "p-2" })]);
        let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
        let second = page(&format!(r#", after: "{cursor}""#)).await;
        assert_eq!(nodes(&second), [json!({ "slug": "p-1" }), json!({ "slug": "p-0" })]);
        assert_eq!(
            (&first["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasNextPage"]),
            (&json!(true), &json!(false))
        );
        let rest = server.get(&format!("{path}?limit=2&status=active&cursor={cursor}")).send().await.expect(200);
        assert_eq!(rest.each("slug"), ["p-1", "p-0"]);
    }
}

async fn a_node_is_a_project_that_the_caller_may_read(server: Server) {
    server.organization("acme").await;
    let site = project(&server, "acme", "site", None).await;
    let vera = server.member("acme", "vera@example.com", "viewer").await;
    let outsider = server.person("out@example.com").await;
    let role = json!({ "key": "clerk", "name": "Clerk", "permissions": ["organization:read"] });
    server.post("/api/v1/organizations/acme/roles").json(role).send().await.expect(201);
    let clerk = server.member("acme", "clerk@example.com", "clerk").await;
    let text = format!(r#"{{ node(id: {}) {{ __typename id ... on Project {{ slug status }} }} }}"#, site["id"]);
    let shown = json!({ "__typename": "Project", "id": site["id"], "slug": "site", "status": "ACTIVE" });
    for asked in [query(&server, &text), query(&server, &text).by(&vera)] {
        assert_eq!(data(asked).await["node"], shown);
    }
    for person in [&outsider, &clerk] {
        assert_eq!(data(query(&server, &text).by(person)).await["node"], Value::Null, "{}", person.email);
    }
    server.post(&format!("{}/site/archive", path("acme"))).send().await.expect(200);
    assert_eq!(data(query(&server, &text).by(&vera)).await["node"]["status"], "ARCHIVED");
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    assert_eq!(data(query(&server, &text).by(&vera)).await["node"], Value::Null);
}

async fn many_organizations_cost_as_many_queries_as_two(server: Server) {
    for n in 0..30 {
        server.organization(&format!("org-{n}")).await;
        project(&server, &format!("org-{n}"), "site", Some("default")).await;
    }
    let cost = async |first: i64| {
        let text = format!(
            "{{ organizations(first: {first}) {{ edges {{ node {{
                projects(first: 2) {{ edges {{ node {{ slug }} }} }}
                archived: projects(first: 2, status: ARCHIVED) {{ edges {{ node {{ slug }} }} }}
                inside: projects(first: 2, workspace: \"default\") {{ edges {{ node {{ slug }} }} }}
                workspaces(first: 2, status: ARCHIVED) {{ edges {{ node {{ slug }} }} }} }} }} }} }}"
        );
        let before = queries(&server).await;
        let found = data(query(&server, &text)).await;
        let rows = nodes(&found["organizations"]);
        assert_eq!(i64::try_from(rows.len()), Ok(first));
        for row in &rows {
            let found = ["projects", "archived", "inside", "workspaces"].map(|list| nodes(&row[list]).len());
            assert_eq!(found, [1, 0, 1, 0], "{row}");
        }
        queries(&server).await - before
    };
    let two = cost(2).await;
    assert_eq!(cost(30).await, two);
    assert!(two <= 8, "{two} queries");
}
