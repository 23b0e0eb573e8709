//! What a month's use costs, and where its numbers come from.

use serde_json::{Value, json};

use super::{KEY, OTHER, billing, due, until_recorded, waiting};
use crate::support::{Reply, Server, schema::OpenApi};

both!(
    a_bill_is_what_the_plan_says,
    a_line_is_the_sum_of_its_events,
    a_month_has_its_own_use,
    the_answer_has_a_tag,
    a_purge_leaves_nothing,
);

const MARCH: &str = "?period=2026-03";

/// The line of an item.
fn line<'a>(bill: &'a Reply, item: &str) -> &'a Value {
    let lines = bill["lines"].as_array().expect("lines");
    lines.iter().find(|line| line["item"] == item).unwrap_or_else(|| panic!("no {item}: {bill}"))
}

async fn a_bill_is_what_the_plan_says(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    server
        .count(&[
            due(&acme, "2026-03-02T10:00:00Z", KEY, 1_000_000, 7),
            waiting(&acme, "2026-03-31T23:00:00Z", OTHER, 10_001, 3),
        ])
        .await;
    until_recorded(&server, 1, 1).await;
    let free = server.get(&billing("acme", MARCH)).send().await.expect(200);
    let openapi = OpenApi(server.get("/openapi.json").send().await.expect(200).json);
    openapi.check("get", "/api/v1/organizations/{org}/billing", &free);
    assert_eq!((&free["plan"], &free["total"]), (&json!("free"), &json!(0)));
    let requests = line(&free, "api_requests");
    assert_eq!((&requests["included"], &requests["billable"]), (&json!(10_000), &json!(1_000_001)), "{free}");

    server.patch("/api/v1/organizations/acme").json(json!({ "plan": "pro" })).send().await.expect(200);
    let mut bill = server.get(&billing("acme", MARCH)).send().await.expect(200);
    let events = line(&bill, "api_requests")["events"].clone();
    let expected = json!({
        "period": { "start": "2026-03-01T00:00:00.000Z", "end": "2026-04-01T00:00:00.000Z" },
        "plan": "pro",
        "currency": "USD",
        "lines": [
            {
                "item": "api_requests", "quantity": 1_010_001, "included": 1_000_000, "billable": 10_001, "unit": 10_000,
                "unit_price": 50, "amount": 100, "recorded": 1_000_000, "pending": 10_001, "events": events,
            },
            {
                "item": "key_verifications", "quantity": 10, "included": 1_000_000, "billable": 0, "unit": 10_000,
                "unit_price": 25, "amount": 0, "recorded": 7, "pending": 3, "events": events,
            },
        ],
        "total": 100,
    });
    assert_eq!(bill.json.take(), expected);
}

/// Every number can be found in the ledger.
async fn a_line_is_the_sum_of_its_events(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    let other = server.organization("other").await.id().to_owned();
    let hours: Vec<_> = (0..24).map(|hour| format!("2026-03-02T{hour:02}:00:00Z")).collect();
    let mut counted = Vec::new();
    for (hour, n) in hours.iter().zip(1..) {
        // Some hours have one kind of use only.
        counted.push(due(&acme, hour, KEY, n, if n % 3 == 0 { 0 } else { 100 + n }));
        counted.push(due(&acme, hour, OTHER, 1000 * n, 0));
        counted.push(due(&other, hour, KEY, 1_000_000, 1_000_000));
    }
    counted.push(due(&acme, "2026-03-03T00:00:00Z", KEY, 0, 55));
    server.count(&counted).await;
    until_recorded(&server, 24 * 2 + 1, 0).await;
    // One hour more is counted on, and recorded by an event of its own.
    server.count(&[due(&acme, &hours[0], KEY, 5, 5), waiting(&acme, &hours[1], KEY, 7, 9)]).await;
    until_recorded(&server, 24 * 2 + 2, 1).await;

    let bill = server.get(&billing("acme", MARCH)).send().await.expect(200);
    let ledger = server.deployment().ledger().await;
    for (item, field, pending) in [("api_requests", "requests", 7), ("key_verifications", "verifications", 9)] {
        let line = line(&bill, item);
        let events: Vec<i64> = serde_json::from_value(line["events"].clone()).expect("positions");
        assert!(events.windows(2).all(|pair| pair[0] < pair[1]), "{item}: {events:?}");
        let mut sum = 0;
        for position in &events {
            let sql = format!("SELECT CAST(payload AS text), position FROM events WHERE position = {position}");
            let [(payload, _)] = &ledger.rows(&sql).await[..] else { panic!("no event at {position}") };
            let payload: Value = serde_json::from_str(payload).expect("a payload");
            let recorded = &payload["UsageRecorded"];
            assert_eq!(recorded["organization"], acme, "{payload}");
            let of_keys = recorded["keys"].as_array().expect("keys").iter();
            let of_keys: i64 = of_keys.map(|used| used[field].as_i64().expect("a number")).sum();
            assert_eq!(recorded[field], of_keys, "{payload}");
            sum += of_keys;
        }
        assert_eq!((&line["recorded"], &line["pending"]), (&json!(sum), &json!(pending)), "{item}: {bill}");
        assert_eq!(line["quantity"], sum + pending);
    }
    let expected: i64 = counted.iter().filter(|used| used.organization == acme).map(|used| used.requests).sum();
    assert_eq!(line(&bill, "api_requests")["recorded"], expected + 5);
    ledger.close().await;
}

async fn a_month_has_its_own_use(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    server
        .count(&[
            due(&acme, "2026-02-28T23:00:00Z", KEY, 1, 0),
            due(&acme, "2026-03-01T00:00:00Z", KEY, 2, 0),
            due(&acme, "2026-03-31T23:00:00Z", KEY, 4, 0),
            due(&acme, "2026-04-01T00:00:00Z", KEY, 8, 0),
        ])
        .await;
    until_recorded(&server, 4, 0).await;
    for (period, recorded) in [("2026-01", 0), ("2026-02", 1), ("2026-03", 6), ("2026-04", 8), ("9999-12", 0)] {
        let bill = server.get(&billing("acme", &format!("?period={period}"))).send().await.expect(200);
        assert_eq!(line(&bill, "api_requests")["quantity"], recorded, "{period}: {bill}");
    }
    let now = server.get(&billing("acme", "")).send().await.expect(200);
    let start = chrono::Utc::now().format("%Y-%m-01T00:00:00.000Z").to_string();
    assert_eq!((&now["period"]["start"], &now["total"]), (&json!(start), &json!(0)));
    for period in ["", "2026", "2026-3", "2026-13", "2026-03-01", "march", "0000-01", "%00"] {
        let refused = server.get(&billing("acme", &format!("?period={period}"))).send().await.expect(422);
        refused.assert_problem(&server.url);
        assert_eq!(refused.pointers(), ["?period"], "{period}");
    }
}

async fn the_answer_has_a_tag(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    let first = server.get(&billing("acme", MARCH)).send().await.expect(200);
    assert_eq!(first.version(), 0, "nothing is recorded");
    server.get(&billing("acme", MARCH)).header("if-none-match", first.etag()).send().await.expect(304);
    server.count(&[due(&acme, "2026-03-02T10:00:00Z", KEY, 1, 0)]).await;
    until_recorded(&server, 1, 0).await;
    let next = server.get(&billing("acme", MARCH)).header("if-none-match", first.etag()).send().await.expect(200);
    assert_eq!(json!([next.version()]), line(&next, "api_requests")["events"]);
}

async fn a_purge_leaves_nothing(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    let other = server.organization("other").await.id().to_owned();
    let hour = "2026-03-02T10:00:00Z";
    let all =
        [due(&acme, hour, KEY, 1, 1), waiting(&acme, "2026-03-02T11:00:00Z", KEY, 1, 1), due(&other, hour, KEY, 2, 2)];
    server.count(&all).await;
    until_recorded(&server, 2, 1).await;
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    server.post("/api/v1/organizations/acme/purge").json(json!({})).send().await;
    assert_eq!(server.usage_rows().await, (2, 0), "what was not recorded is gone");
    let ledger = server.deployment().ledger().await;
    for table in ["usage_hours", "usage_records"] {
        let left = ledger.rows(&format!("SELECT CAST(organization_id AS text), requests FROM {table}")).await;
        assert_eq!(left, [(other.clone(), 2)], "{table}");
    }
    ledger.close().await;
    server.deployment().assert_projections_verify();
}
