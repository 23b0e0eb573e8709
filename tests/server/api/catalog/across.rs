//! What all spaces of an organization have together: `/organizations/{org}/products`, `/contracts`, `/issues`, `/quality`
//! and `/stats`, and the same in the graph.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Person, Reply, Request, Server};

both!(
    only_spaces_that_the_caller_sees,
    statistics_are_those_of_what_is_seen,
    pages_have_numbers_or_cursors,
    a_search_finds_any_part,
    a_search_among_many_finds_the_same,
    filters_narrow_down,
    requests_are_checked,
);

const LISTS: [(&str, &str); 4] =
    [("products", "products"), ("contracts", "contracts"), ("issues", "issues"), ("quality", "qualityChecks")];

async fn send(server: &Server, path: &str, body: Value) -> Reply {
    server.post(&format!("/api/v1/{path}")).json(body).send().await.expect(201)
}

/// Three spaces of Acme, each with three products, two contracts, two issues and two checks with a result, and one space
/// that is nobody's. Jane is in two of the three.
async fn world(server: &Server) -> Person {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@acme.example", "viewer").await;
    for slug in ["alpha", "beta", "gamma", "own"] {
        let organization = Some("acme").filter(|_| slug != "own");
        send(server, "spaces", json!({ "name": slug, "slug": slug, "organization": organization })).await;
        let mut products = Vec::new();
        for name in ["Orders", "Sales", "Stock"] {
            products.push(
                send(server, &format!("spaces/{slug}/products"), json!({ "name": format!("{slug} {name}") })).await,
            );
        }
        for n in 0..2 {
            let body = json!({ "name": format!("c{n}"), "producer_id": products[n].id(), "consumer_id": products[n + 1].id() });
            let contract = send(server, &format!("spaces/{slug}/contracts"), body).await;
            if n == 0 {
                server.post(&format!("/api/v1/contracts/{}/activate", contract.id())).send().await.expect(200);
            }
            let issue = send(server, &format!("spaces/{slug}/issues"), json!({ "title": format!("i{n}") })).await;
            if n == 0 {
                server.post(&format!("/api/v1/issues/{}/resolve", issue.id())).send().await.expect(200);
            }
            let body = json!({ "name": format!("q{n}"), "product_id": products[n].id(), "severity": "error" });
            let check = send(server, &format!("spaces/{slug}/quality"), body).await;
            let outcome = if n == 0 { "passed" } else { "warning" };
            send(server, &format!("quality/{}/results", check.id()), json!({ "outcome": outcome })).await;
        }
    }
    for slug in ["alpha", "gamma"] {
        let member = server.put(&format!("/api/v1/spaces/{slug}/members/{}", jane.id));
        member.json(json!({ "role": "viewer" })).send().await.expect(200);
    }
    jane
}

fn across(server: &Server, list: &str) -> Request {
    server.get(&format!("/api/v1/organizations/acme/{list}"))
}

fn spaces(reply: &Reply) -> BTreeSet<String> {
    let rows = reply.json.as_array().into_iter().flatten();
    rows.filter_map(|row| row["space"]["slug"].as_str()).map(str::to_owned).collect()
}

/// What the graph shows of a list, as ids, whether the organization is asked for alone or with others.
async fn in_the_graph(server: &Server, field: &str, by: impl Fn(Request) -> Request) -> [Vec<String>; 2] {
    let ask = async |query: String| {
        let reply = by(server.post("/graphql")).json(json!({ "query": query })).send().await.expect(200);
        assert_eq!(reply["errors"], Value::Null, "{reply}");
        reply.json
    };
    let ids = |connection: &Value| -> Vec<String> {
        let edges = connection["edges"].as_array().expect("edges");
        edges.iter().map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect()
    };
    let fields = format!("{field}(first: 50) {{ edges {{ node {{ id }} }} }}");
    let alone = ask(format!(r#"{{ organization(slug: "acme") {{ {fields} }} }}"#)).await;
    let together = ask(format!("{{ organizations(first: 5) {{ edges {{ node {{ slug {fields} }} }} }} }}")).await;
    let nodes = together["data"]["organizations"]["edges"].as_array().expect("organizations");
    let acme = nodes.iter().map(|edge| &edge["node"]).find(|node| node["slug"] == "acme").expect("acme");
    [ids(&alone["data"]["organization"][field]), ids(&acme[field])]
}

async fn only_spaces_that_the_caller_sees(server: Server) {
    let jane = world(&server).await;
    let set = |slugs: &[&str]| slugs.iter().map(|slug| (*slug).to_owned()).collect::<BTreeSet<_>>();
    let admin = server.member("acme", "admin@acme.example", "admin").await;
    let nobody = server.member("acme", "nobody@acme.example", "developer").await;
    for (person, seen) in
        [(&jane, set(&["alpha", "gamma"])), (&admin, set(&["alpha", "beta", "gamma"])), (&nobody, set(&[]))]
    {
        for (list, field) in LISTS {
            let all = across(&server, list).parameter("include=total").by(person).send().await.expect(200);
            assert_eq!(spaces(&all), seen, "{list}");
            let count = all.each("id").len();
            assert_eq!(all.header("x-total-count"), Some(count.to_string().as_str()), "{list}");
            for ids in in_the_graph(&server, field, |request| request.by(person)).await {
                assert_eq!(ids, all.each("id"), "{list}");
            }
            // Page by page, the same rows in the same order.
            let (mut walked, mut next) = (Vec::new(), Some(across(&server, list).parameter("limit=2")));
            while let Some(request) = next {
                let page = request.by(person).send().await.expect(200);
                walked.extend(page.each("id"));
                next = page.next().map(|link| server.get(&link));
            }
            assert_eq!(walked, all.each("id"), "{list}");
        }
        let found = across(&server, "products").parameter("search=ORD").by(person).send().await.expect(200);
        assert_eq!((spaces(&found), found.each("id").len()), (seen.clone(), seen.len()));
    }
    let outsider = server.person("outsider@example.com").await;
    for list in ["products", "contracts", "issues", "quality", "stats"] {
        server.refuses(across(&server, list).by(&outsider), 403, "not_a_member").await;
        let unknown = server.get(&format!("/api/v1/organizations/nowhere/{list}")).by(&jane);
        let refused = server.refuses(unknown, 404, "organization_not_found").await;
        assert_eq!(refused["detail"], "Organization not found");
    }
    // What is archived counts for nothing, and what is taken away is not there.
    server.post("/api/v1/spaces/alpha/archive").send().await.expect(200);
    assert_eq!(spaces(&across(&server, "issues").by(&jane).send().await.expect(200)), set(&["gamma"]));
    let gamma = server.get("/api/v1/spaces/gamma").send().await.expect(200);
    server.delete(&format!("/api/v1/organizations/acme/spaces/{}", gamma.id())).send().await.expect(204);
    assert_eq!(spaces(&across(&server, "products").by(&jane).send().await.expect(200)), set(&[]));
    assert_eq!(spaces(&across(&server, "products").by(&admin).send().await.expect(200)), set(&["beta"]));
}

async fn statistics_are_those_of_what_is_seen(server: Server) {
    server.organization("empty").await;
    let empty = server.get("/api/v1/organizations/empty/stats").send().await.expect(200);
    let nothing = json!({
        "total_spaces": 0, "total_products": 0, "total_users": 1, "quality_score": null, "open_issues": 0,
        "active_contracts": 0,
    });
    assert_eq!(empty.json, nothing);
    let jane = world(&server).await;
    // Of each space: one product that is all right, and one that is half so.
    let of = |spaces: i64| {
        json!({
            "total_spaces": spaces, "total_products": 3 * spaces, "total_users": 2, "quality_score": 0.75,
            "open_issues": spaces, "active_contracts": spaces,
        })
    };
    assert_eq!(across(&server, "stats").send().await.expect(200).json, of(3));
    assert_eq!(across(&server, "stats").by(&jane).send().await.expect(200).json, of(2));
    let query = "{ organization(slug: \"acme\") { stats { totalSpaces totalProducts totalUsers qualityScore openIssues \
                 activeContracts } } }";
    let shown = server.post("/graphql").by(&jane).json(json!({ "query": query })).send().await.expect(200);
    let expected = json!({
        "totalSpaces": 2, "totalProducts": 6, "totalUsers": 2, "qualityScore": 0.75, "openIssues": 2,
        "activeContracts": 2,
    });
    assert_eq!(shown["data"]["organization"]["stats"], expected);
    // A product that is archived takes its score along.
    let good = across(&server, "products").parameter("search=alpha orders").send().await.expect(200);
    server.post(&format!("/api/v1/products/{}/archive", good.each("id")[0])).send().await.expect(200);
    let stats = across(&server, "stats").by(&jane).send().await.expect(200);
    assert_eq!((&stats["total_products"], &stats["quality_score"]), (&json!(5), &json!(0.67)));
    server.post("/api/v1/spaces/alpha/archive").send().await.expect(200);
    assert_eq!(across(&server, "stats").by(&jane).send().await.expect(200).json, of(1));
    server.deployment().assert_projections_verify();
}

async fn pages_have_numbers_or_cursors(server: Server) {
    world(&server).await;
    let all = across(&server, "products").send().await.expect(200).each("id");
    let (mut walked, mut next) =
        (Vec::new(), Some(across(&server, "products").parameter("page=1").parameter("size=4")));
    while let Some(request) = next {
        let page = request.send().await.expect(200);
        assert_eq!(page.header("x-total-count"), Some("9"));
        walked.extend(page.each("id"));
        next = page.next().map(|link| server.get(&link));
    }
    assert_eq!(walked, all);
    let third = across(&server, "products").parameter("page=3").parameter("size=4").send().await.expect(200);
    assert_eq!(third.each("id"), all[8..]);
    let behind = across(&server, "products").parameter("page=1000").send().await.expect(200);
    assert_eq!((behind.json.clone(), behind.next()), (json!([]), None));
    let page = server.get("/api/v1/organizations/acme/products?page=2&size=2&search=o").send().await.expect(200);
    assert_eq!(page.each("id").len(), 2);
}

async fn a_search_finds_any_part(server: Server) {
    server.organization("acme").await;
    send(&server, "spaces", json!({ "name": "a", "slug": "a", "organization": "acme" })).await;
    let names = ["100% cotton", "snake_case", r"back\slash", "it's \"quoted\"", "ЗАКАЗЫ", "plain"];
    for name in names {
        send(&server, "spaces/a/products", json!({ "name": name, "slug": null })).await;
    }
    for (search, found) in [
        ("%", vec!["100% cotton"]),
        ("0% C", vec!["100% cotton"]),
        ("_", vec!["snake_case"]),
        ("e_c", vec!["snake_case"]),
        ("\\", vec![r"back\slash"]),
        ("'s \"q", vec!["it's \"quoted\""]),
        ("заказ", vec!["ЗАКАЗЫ"]),
        ("АКАЗЫ", vec!["ЗАКАЗЫ"]),
        ("plain", vec!["plain"]),
        ("nothing like it", vec![]),
        ("%%%", vec![]),
    ] {
        let search = form(search);
        let listed = across(&server, "products").parameter(&format!("search={search}")).send().await.expect(200);
        assert_eq!(listed.each("name"), found, "{search}");
        let of_space = server.get(&format!("/api/v1/spaces/a/products?search={search}")).send().await.expect(200);
        assert_eq!(of_space.each("name"), found, "{search}");
    }
    let long = across(&server, "products").parameter(&format!("search={}", "x".repeat(10_000)));
    assert_eq!(server.refuses(long, 422, "invalid").await.pointers(), ["?search"]);
}

/// Where there is much to look at, an index finds rare parts, and others are looked for from the newest on.
async fn a_search_among_many_finds_the_same(server: Server) {
    let jane = world(&server).await;
    let rename = across(&server, "products").parameter("search=alpha orders").send().await.expect(200).each("id");
    let renamed = server.patch(&format!("/api/v1/products/{}", rename[0])).json(json!({ "name": "100% \"ЗАКАЗЫ\"" }));
    renamed.send().await.expect(200);
    let gone = across(&server, "products").parameter("search=gamma stock").send().await.expect(200).each("id");
    server.post(&format!("/api/v1/products/{}/archive", gone[0])).send().await.expect(200);
    let searches =
        ["orders", "ord", "or", "alpha", "0% ", "\"заказы\"", "заказ", "%", "sales", "s", "nothing like it", "zz"];
    let ask = async |by: &dyn Fn(Request) -> Request| {
        let mut found = Vec::new();
        for search in searches {
            let search = format!("search={}", form(search));
            for more in ["limit=2", "page=1", "page=2&size=2", "status=all&include=total"] {
                let mut request = across(&server, "products").parameter(&search);
                for parameter in more.split('&') {
                    request = request.parameter(parameter);
                }
                let reply = by(request).send().await.expect(200);
                found.push((search.clone(), more, reply.each("id"), reply.header("x-total-count").map(str::to_owned)));
            }
        }
        found
    };
    let few = (ask(&|request| request).await, ask(&|request| request.by(&jane)).await);
    assert!(few.0.iter().any(|(.., rows, _)| !rows.is_empty()));
    server.deployment().let_spaces_be_large(1_000_000).await;
    assert_eq!((ask(&|request| request).await, ask(&|request| request.by(&jane)).await), few);
}

/// As it stands in a query.
fn form(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

async fn filters_narrow_down(server: Server) {
    let jane = world(&server).await;
    let count = async |list: &str| across(&server, list).send().await.expect(200).each("id").len();
    for (list, expected) in [
        ("issues?status=open", 3),
        ("issues?status=resolved", 3),
        ("issues?status=open,resolved", 6),
        ("issues?status=open,open", 3),
        ("issues?status=wont_fix", 0),
        ("issues?priority=medium", 6),
        ("issues?priority=high", 0),
        ("issues?priority=medium&status=open", 3),
        ("contracts?status=active", 3),
        ("contracts?status=draft", 3),
        ("contracts?status=expired", 0),
        ("quality", 6),
    ] {
        assert_eq!(count(list).await, expected, "{list}");
    }
    let issue = across(&server, "issues").parameter("status=open").send().await.expect(200).each("id")[0].clone();
    let assign = server.patch(&format!("/api/v1/issues/{issue}")).json(json!({ "assignee_id": jane.id }));
    assign.send().await.expect(200);
    assert_eq!(count(&format!("issues?assignee_id={}", jane.id)).await, 1);
    assert_eq!(count(&format!("issues?assignee_id={}&status=resolved", jane.id)).await, 0);
    let check = across(&server, "quality").send().await.expect(200).each("id")[0].clone();
    server.post(&format!("/api/v1/quality/{check}/archive")).send().await.expect(200);
    assert_eq!((count("quality").await, count("quality?include_archived=true").await), (5, 6));
    assert_eq!(across(&server, "issues").parameter("limit=4").send().await.expect(200).each("id").len(), 4);
}

async fn requests_are_checked(server: Server) {
    server.organization("acme").await;
    let long = format!("issues?search={}", "_".repeat(10_000));
    for (asked, pointers) in [
        ("products?size=500", vec!["?size"]),
        ("products?page=0", vec!["?page"]),
        ("products?page=x&size=0", vec!["?page", "?size"]),
        ("products?page=1&limit=5", vec!["?page"]),
        ("issues?page=1", vec!["?page"]),
        ("issues?status=open,closed", vec!["?status"]),
        ("issues?priority=urgent", vec!["?priority"]),
        ("issues?assignee_id=jane", vec!["?assignee_id"]),
        ("issues?limit=101", vec!["?limit"]),
        (long.as_str(), vec!["?search"]),
        ("contracts?status=open", vec!["?status"]),
        ("quality?include_archived=yes", vec!["?include_archived"]),
        ("stats?x=1", vec!["?x"]),
    ] {
        let refused = server.refuses(across(&server, asked), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers, "{asked}");
    }
    let refused = server.refuses(across(&server, "issues?status=closed"), 422, "invalid").await;
    let detail = refused["errors"][0]["detail"].as_str().expect("a detail");
    assert!(["open", "in_progress", "resolved", "wont_fix"].iter().all(|word| detail.contains(word)), "{detail}");
}
