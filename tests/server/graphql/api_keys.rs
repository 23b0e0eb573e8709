//! API keys: what REST shows, as fields of their owners and by themselves.

use serde_json::{Value, json};

use super::graph::{camel, data, nodes, queries, query};
use crate::support::Server;

both!(
    all_lists_are_those_of_rest,
    a_key_is_shown_to_whoever_may_read_it,
    a_key_asks_the_graph_like_its_owner,
    many_organizations_cost_as_many_queries_as_two,
);

const KEYS: &str = "/api/v1/api-keys";
const FIELDS: &str = "id maskedKey name description owner { type id } scopes ipAllowlist \
    rateLimit { requests windowSeconds } onCreatorLeave status lastUsedAt expiresAt graceUntil revokedAt \
    revocationReason createdBy { id name } createdAt updatedAt";

async fn key(server: &Server, org: &str, name: &str) -> Value {
    let body = json!({
        "name": name,
        "organization": org,
        "scopes": [format!("org:{org}:projects:read")],
        "ip_allowlist": ["127.0.0.0/8"],
        "rate_limit": { "requests": 1000, "window_seconds": 60 },
    });
    server.post(KEYS).json(body).send().await.expect(201).json
}

/// Rows of REST in the names of GraphQL.
fn translated(rows: &Value) -> Vec<Value> {
    let mut rows = camel(rows);
    for row in rows.as_array_mut().expect("rows") {
        row["status"] = row["status"].as_str().map(str::to_uppercase).into();
    }
    rows.as_array().expect("rows").clone()
}

async fn all_lists_are_those_of_rest(server: Server) {
    for org in ["acme", "beta"] {
        server.organization(org).await;
        key(&server, org, "ci").await;
        let gone = key(&server, org, "gone").await;
        let revoke = format!("{KEYS}/{}/revoke", gone["id"].as_str().expect("an id"));
        server.post(&revoke).json(json!({ "reason": "superseded" })).send().await.expect(200);
    }
    for (arguments, rest, count) in
        [("", "", 2), ("(status: ACTIVE)", "&status=active", 1), ("(status: EXPIRED)", "&status=expired", 0)]
    {
        let listed = server.get(&format!("{KEYS}?organization=acme{rest}")).send().await.expect(200);
        let text = format!(
            r#"{{ organization(slug: "acme") {{ apiKeys{arguments} {{ edges {{ node {{ {FIELDS} }} }} }} }} }}"#
        );
        let shown = data(query(&server, &text)).await["organization"]["apiKeys"].take();
        assert_eq!((nodes(&shown), nodes(&shown).len()), (translated(&listed.json), count), "{arguments}");
        // Several organizations at once.
        let of_it = if arguments.is_empty() { "(first: 5)".to_owned() } else { arguments.replace('(', "(first: 5, ") };
        let text = format!(
            "{{ organizations(first: 5) {{ edges {{ node {{ slug apiKeys{of_it} {{ edges {{ node {{ {FIELDS} }} }} }} }} }} }} }}"
        );
        for organization in nodes(&data(query(&server, &text)).await["organizations"]) {
            let slug = organization["slug"].as_str().expect("a slug");
            let listed = server.get(&format!("{KEYS}?organization={slug}{rest}")).send().await.expect(200);
            assert_eq!(nodes(&organization["apiKeys"]), translated(&listed.json), "{arguments} of {slug}");
        }
    }
    let jane = server.person("jane@example.com").await;
    for name in ["one", "two", "three"] {
        let body = json!({ "name": name, "scopes": ["*:*"], "expires_in": "30d" });
        server.post(KEYS).by(&jane).json(body).send().await.expect(201);
    }
    let text =
        format!("{{ me {{ apiKeys(first: 2) {{ pageInfo {{ endCursor }} edges {{ node {{ {FIELDS} }} }} }} }} }}");
    let page = data(query(&server, &text).by(&jane)).await["me"]["apiKeys"].take();
    let listed = server.get(KEYS).by(&jane).send().await.expect(200);
    assert_eq!(nodes(&page), translated(&listed.json)[..2]);
    let after = page["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let text = format!(r#"{{ me {{ apiKeys(after: "{after}") {{ edges {{ node {{ name }} }} }} }} }}"#);
    let rest = data(query(&server, &text).by(&jane)).await["me"]["apiKeys"].take();
    assert_eq!(nodes(&rest), [json!({ "name": "one" })]);
}

async fn a_key_is_shown_to_whoever_may_read_it(server: Server) {
    server.organization("acme").await;
    let of_acme = key(&server, "acme", "ci").await["id"].as_str().expect("an id").to_owned();
    let developer = server.member("acme", "dev@example.com", "developer").await;
    let viewer = server.member("acme", "vera@example.com", "viewer").await;
    let outsider = server.person("out@example.com").await;
    let by_id = format!(r#"{{ apiKey(id: "{of_acme}") {{ name status }} }}"#);
    let by_node = format!(r#"{{ node(id: "{of_acme}") {{ __typename id ... on ApiKey {{ name }} }} }}"#);
    assert_eq!(
        data(query(&server, &by_id).by(&developer)).await["apiKey"],
        json!({ "name": "ci", "status": "ACTIVE" })
    );
    let node = json!({ "__typename": "ApiKey", "id": of_acme, "name": "ci" });
    assert_eq!(data(query(&server, &by_node).by(&developer)).await["node"], node);
    for person in [&viewer, &outsider] {
        let refused = query(&server, &by_id).by(person).send().await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "api_key_not_found", "{}", person.email);
        assert_eq!(data(query(&server, &by_node).by(person)).await["node"], Value::Null, "{}", person.email);
    }
}

async fn a_key_asks_the_graph_like_its_owner(server: Server) {
    server.organization("acme").await;
    server.organization("beta").await;
    let jane = server.member("acme", "jane@example.com", "owner").await;
    let body = json!({ "user_email": "jane@example.com", "role": "owner" });
    server.post("/api/v1/organizations/beta/users").json(body).send().await.expect(201);
    let body = json!({ "name": "reader", "scopes": ["org:acme:organization:read", "org:acme:teams:read"] });
    let made = server.post(KEYS).by(&jane).json(body).send().await.expect(201);
    let bearer = made["key"].as_str().expect("a key");
    let text = "{ organizations { edges { node { slug teams(first: 1) { edges { node { name } } } } } } }";
    let seen = data(query(&server, text).bearer(bearer)).await["organizations"].take();
    assert_eq!(nodes(&seen), [json!({ "slug": "acme", "teams": { "edges": [] } })]);
    let refused = query(&server, r#"{ organization(slug: "acme") { members { edges { node { status } } } } }"#);
    let refused = refused.bearer(bearer).send().await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "missing_permission");
    let me = data(query(&server, "{ me { memberships { permissions organization { slug } } } }").bearer(bearer)).await;
    let expected = json!([{ "permissions": ["organization:read", "teams:read"], "organization": { "slug": "acme" } }]);
    assert_eq!(me["me"]["memberships"], expected);
}

async fn many_organizations_cost_as_many_queries_as_two(server: Server) {
    for n in 0..30 {
        server.organization(&format!("org-{n}")).await;
        key(&server, &format!("org-{n}"), "ci").await;
    }
    let cost = async |first: i64| {
        let text = format!(
            "{{ organizations(first: {first}) {{ edges {{ node {{ apiKeys(first: 2) {{ edges {{ node {{ scopes }} }} }} }} }} }} }}"
        );
        let before = queries(&server).await;
        let found = data(query(&server, &text)).await;
        assert_eq!(i64::try_from(nodes(&found["organizations"]).len()), Ok(first));
        queries(&server).await - before
    };
    let two = cost(2).await;
    assert_eq!(cost(30).await, two);
}
