//! Use and its price: what REST shows, as fields of an organization.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Counted, Request, Server, eventually};

both!(
    use_and_its_price_are_those_of_rest,
    many_organizations_are_asked_at_once,
    one_key_is_asked_for_as_in_rest,
    a_query_costs_what_it_may_return,
    the_parameters_are_checked_as_in_rest,
);

const KEY: Uuid = Uuid::from_u128(0x0190_163d_8694_739b_aea5_0000_0000_0001);
const OTHER: Uuid = Uuid::from_u128(0x0190_163d_8694_739b_aea5_0000_0000_0002);

fn query(server: &Server, text: &str) -> Request {
    server.post("/graphql").json(json!({ "query": text }))
}

/// The data of a query without errors.
async fn data(request: Request) -> Value {
    let mut reply = request.send().await.expect(200);
    assert_eq!(reply["errors"], Value::Null, "{reply}");
    reply.json["data"].take()
}

/// One hour that is recorded and one that waits, for each.
async fn used(server: &mut Server, organizations: &[&str]) {
    let count = |(n, organization): (i64, &&str), hour: &str, is_due| Counted {
        organization: (*organization).to_owned(),
        hour: hour.parse().expect("a time"),
        key: KEY,
        requests: 1000 * n,
        verifications: n,
        is_due,
    };
    let recorded = (1..).zip(organizations).map(|which| count(which, "2026-03-02T10:00:00Z", true));
    let waiting = (1..).zip(organizations).map(|which| count(which, "2026-03-31T23:00:00Z", false));
    server.count(&recorded.chain(waiting).collect::<Vec<_>>()).await;
    let rows = i64::try_from(organizations.len()).expect("a count");
    eventually("the hours are recorded", || async { server.usage_rows().await == (rows, rows) }).await;
}

/// The names of REST for those of this form, and back from constants.
fn as_rest(value: &Value) -> Value {
    let name = |name: &str| {
        name.chars().fold(String::new(), |mut all, c| {
            if c.is_uppercase() {
                all.push('_');
            }
            all.extend(c.to_lowercase());
            all
        })
    };
    match value {
        Value::Object(object) => object.iter().map(|(key, value)| (name(key), as_rest(value))).collect(),
        Value::Array(list) => list.iter().map(as_rest).collect(),
        Value::String(word) if word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && word != "USD" => {
            word.to_lowercase().into()
        }
        other => other.clone(),
    }
}

const BILL: &str = "period { start end } plan currency total \
    lines { item quantity included billable unit unitPrice amount recorded pending events }";

async fn use_and_its_price_are_those_of_rest(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    used(&mut server, &[&acme]).await;
    for (granularity, from, count) in [("hour", "2026-03-31", 1), ("day", "2026-03-01", 2), ("month", "2026-03-01", 1)]
    {
        let text = format!(
            r#"{{ organization(slug: "acme") {{ usage {{ runningAgents
                periods(from: "{from}T00:00:00Z", to: "2026-04-01T00:00:00Z", granularity: {}) {{
                    start end requests verifications keys {{ id requests verifications }} }} }} }} }}"#,
            granularity.to_uppercase()
        );
        let found = data(query(&server, &text)).await;
        let path = format!(
            "/api/v1/organizations/acme/usage?granularity={granularity}&from={from}T00:00:00Z&to=2026-04-01T00:00:00Z"
        );
        let rest = server.get(&path).send().await.expect(200);
        assert_eq!(as_rest(&found["organization"]["usage"]["periods"]), rest.json, "{granularity}");
        assert_eq!(rest.json.as_array().map(Vec::len), Some(count));
    }
    let text = format!(r#"{{ organization(slug: "acme") {{ billing(period: "2026-03") {{ {BILL} }} }} }}"#);
    let found = data(query(&server, &text)).await;
    let rest = server.get("/api/v1/organizations/acme/billing?period=2026-03").send().await.expect(200);
    assert_eq!(as_rest(&found["organization"]["billing"]), rest.json);
    let now =
        data(query(&server, r#"{ organization(slug: "acme") { usage { periods { start } } billing { total } } }"#));
    let now = now.await;
    assert_eq!(now["organization"], json!({ "usage": { "periods": [] }, "billing": { "total": 0 } }));
}

async fn queries(server: &Server) -> u64 {
    let metrics = server.get("/metrics").send().await.expect(200).body;
    let line = metrics.lines().find(|line| line.starts_with("tenantry_readmodel_queries_total"));
    line.and_then(|line| line.rsplit(' ').next()).and_then(|number| number.parse().ok()).expect("a count of queries")
}

async fn many_organizations_are_asked_at_once(mut server: Server) {
    let mut made = Vec::new();
    for n in 1..=9 {
        made.push(server.organization(&format!("org-{n}")).await.id().to_owned());
    }
    let ids: Vec<_> = made.iter().map(String::as_str).collect();
    used(&mut server, &ids).await;
    let developer = server.member("org-3", "dora@example.com", "developer").await;
    let ask = |first: i64| {
        let text = format!(
            r#"{{ organizations(first: {first}) {{ edges {{ node {{ slug
                usage {{ periods(from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z", granularity: MONTH) {{ requests }} }}
                billing(period: "2026-03") {{ lines {{ recorded pending }} }} }} }} }} }}"#
        );
        query(&server, &text)
    };
    let cost = async |first: i64| {
        let before = queries(&server).await;
        let found = data(ask(first)).await;
        let rows = found["organizations"]["edges"].as_array().expect("rows").iter().map(|edge| &edge["node"]);
        for row in rows.filter(|row| row["slug"].as_str().is_some_and(|slug| slug.starts_with("org-"))) {
            let n: i64 = row["slug"].as_str().and_then(|slug| slug[4..].parse().ok()).expect("a number");
            assert_eq!(row["usage"]["periods"], json!([{ "requests": 2000 * n }]), "{row}");
            let lines = json!([{ "recorded": 1000 * n, "pending": 1000 * n }, { "recorded": n, "pending": n }]);
            assert_eq!(row["billing"]["lines"], lines, "{row}");
        }
        queries(&server).await - before
    };
    let two = cost(2).await;
    assert_eq!(cost(10).await, two);
    // Joe owns an organization of their own, and sees no price of the other.
    let reply = ask(5).by(&developer).send().await.expect(200);
    let of = |slug: &str| {
        let rows = reply["data"]["organizations"]["edges"].as_array().expect("rows");
        rows.iter().map(|edge| &edge["node"]).find(|node| node["slug"] == slug).cloned().unwrap_or_default()
    };
    assert_eq!(of("org-3")["usage"]["periods"], json!([{ "requests": 6000 }]), "{reply}");
    assert_eq!(of("org-3")["billing"], Value::Null);
    let errors = reply["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{reply}");
    assert_eq!(errors[0]["extensions"]["permission"], "organization:billing");
}

/// Two keys of two organizations with equal hours.
async fn used_by_two(server: &mut Server, organizations: [&str; 2]) {
    let mut counted = Vec::new();
    for (n, organization) in (1..).zip(organizations) {
        for (key, requests) in [(KEY, 10), (OTHER, 100)] {
            for (hour, is_due) in [("2026-03-02T10:00:00Z", true), ("2026-03-31T23:00:00Z", false)] {
                let (organization, hour) = (organization.to_owned(), hour.parse().expect("a time"));
                counted.push(Counted { organization, hour, key, requests: requests * n, verifications: n, is_due });
            }
        }
    }
    server.count(&counted).await;
    eventually("the hours are recorded", || async { server.usage_rows().await == (2, 4) }).await;
}

async fn one_key_is_asked_for_as_in_rest(mut server: Server) {
    let mut made = Vec::new();
    for slug in ["acme", "beta"] {
        made.push(server.organization(slug).await.id().to_owned());
    }
    used_by_two(&mut server, [&made[0], &made[1]]).await;
    let unknown = Uuid::from_u128(3);
    let fields = "start end requests verifications keys { id requests verifications }";
    for (key, requests) in
        [(Some(KEY), json!(10)), (Some(OTHER), json!(100)), (None, json!(110)), (Some(unknown), Value::Null)]
    {
        let arguments = key.map(|key| format!(r#", apiKey: "{key}""#)).unwrap_or_default();
        let filter = key.map(|key| format!("&api_key={key}")).unwrap_or_default();
        let periods = format!(
            r#"usage {{ periods(from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z"{arguments}) {{ {fields} }} }}"#
        );
        let rest = async |slug: &str| {
            let span = "from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z";
            server.get(&format!("/api/v1/organizations/{slug}/usage?{span}{filter}")).send().await.expect(200).json
        };
        let found = data(query(&server, &format!(r#"{{ organization(slug: "acme") {{ {periods} }} }}"#))).await;
        let found = &found["organization"]["usage"]["periods"];
        assert_eq!((as_rest(found), &found[0]["requests"]), (rest("acme").await, &requests), "{arguments}");
        // Several organizations at once, with and without the filter in one query.
        let months = "periods(from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\", granularity: MONTH";
        let text = format!(
            "{{ organizations(first: 5) {{ edges {{ node {{ slug usage {{ all: {months}) {{ requests }} \
             one: {months}{arguments}) {{ requests }} }} }} }} }} }}"
        );
        let found = data(query(&server, &text)).await;
        for (slug, n) in [("acme", 1), ("beta", 2)] {
            let edges = found["organizations"]["edges"].as_array().expect("edges").iter();
            let usage =
                edges.map(|edge| &edge["node"]).find(|node| node["slug"] == slug).expect("a row")["usage"].clone();
            let sum = |periods: &Value| periods[0]["requests"].as_i64().unwrap_or_default();
            assert_eq!(
                (sum(&usage["all"]), sum(&usage["one"])),
                (220 * n, requests.as_i64().unwrap_or_default() * 2 * n)
            );
        }
    }
}

async fn a_query_costs_what_it_may_return(mut server: Server) {
    let (acme, beta) = (server.organization("acme").await, server.organization("beta").await);
    used_by_two(&mut server, [acme.id(), beta.id()]).await;
    let ask = |arguments: &str, fields: &str| {
        query(
            &server,
            &format!(r#"{{ organization(slug: "acme") {{ usage {{ periods({arguments}) {{ {fields} }} }} }} }}"#),
        )
    };
    let span = |days: u32, granularity: &str| {
        format!(r#"from: "2026-03-01T00:00:00Z", to: "2026-03-{:02}T00:00:00Z", granularity: {granularity}"#, days + 1)
    };
    let keys = |first: i32| format!("start keys(first: {first}) {{ id requests verifications }}");
    for (arguments, fields, is_too_much) in [
        // 3 + 31 × (2 + 3 × first)
        (span(30, "DAY").replace("03-31T00", "04-01T00"), keys(10), false),
        (span(30, "DAY").replace("03-31T00", "04-01T00"), keys(11), true),
        (span(9, "DAY"), keys(11), false),
        (span(30, "MONTH"), keys(100), false),
        (span(1, "HOUR"), keys(10), false),
        (span(2, "HOUR"), keys(10), true),
        // 3 + 24 × days × 4
        (span(10, "HOUR"), "start end requests verifications".to_owned(), false),
        (span(11, "HOUR"), "start end requests verifications".to_owned(), true),
        (span(30, "HOUR"), "requests".to_owned(), false),
        (span(30, "HOUR"), "requests verifications".to_owned(), true),
    ] {
        let reply = ask(&arguments, &fields).send().await.expect(200);
        let code = reply["errors"][0]["extensions"]["code"].as_str();
        assert_eq!(code, is_too_much.then_some("query_too_complex"), "{arguments}: {fields}: {reply}");
    }
    let everything = "start end requests verifications keys { id requests verifications }";
    data(ask(&span(30, "DAY").replace("03-31T00", "04-01T00"), everything)).await;

    // What does not fit is walked through.
    let month = span(30, "MONTH");
    let keys = async |arguments: &str| {
        let found = data(ask(&month, &format!("keys({arguments}) {{ id }}"))).await;
        found["organization"]["usage"]["periods"][0]["keys"].clone()
    };
    assert_eq!(keys("first: 1").await, json!([{ "id": KEY }]));
    assert_eq!(keys(&format!(r#"first: 1, after: "{KEY}""#)).await, json!([{ "id": OTHER }]));
    assert_eq!(keys(&format!(r#"first: 1, after: "{OTHER}""#)).await, json!([]));
    for arguments in ["first: 0", "first: 101", r#"after: "me""#] {
        let reply = ask(&month, &format!("keys({arguments}) {{ id }}")).send().await.expect(200);
        assert_eq!(reply["errors"][0]["extensions"]["code"], "invalid", "{arguments}: {reply}");
    }
}

async fn the_parameters_are_checked_as_in_rest(server: Server) {
    server.organization("acme").await;
    for (field, pointer) in [
        (r#"usage { periods(from: "2026-03-02T00:00:00Z", to: "2026-03-01T00:00:00Z") { start } }"#, "?to"),
        (r#"usage { periods(from: "2020-03-02T00:00:00Z") { start } }"#, "?from"),
        (r#"usage { periods(apiKey: "me") { start } }"#, "?api_key"),
        (r#"billing(period: "March") { total }"#, "?period"),
    ] {
        let text = format!(r#"{{ organization(slug: "acme") {{ {field} }} }}"#);
        let reply = query(&server, &text).send().await.expect(200);
        let error = &reply["errors"][0];
        assert_eq!(error["extensions"]["code"], "invalid", "{reply}");
        let shown = error.to_string();
        assert!(shown.contains(pointer) || !shown.contains("pointer"), "{reply}");
    }
    let reply = query(&server, r#"{ organization(slug: "acme") { usage { periods(granularity: WEEK) { start } } } }"#);
    let reply = reply.send().await;
    assert_eq!(reply["errors"][0]["extensions"]["code"], "invalid_query", "{reply}");
}
