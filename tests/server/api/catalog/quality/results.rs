//! `/api/v1/quality/{id}/results`.

use serde_json::{Value, json};

use super::{
    super::{product, space},
    check, one, record,
};
use crate::support::{Server, at_once};

both!(
    a_result_is_kept_and_counts,
    a_value_is_a_text_or_an_integer,
    results_come_in_pages,
    results_at_once_get_different_numbers,
    a_result_can_be_repeated_and_tried,
);

/// The path of a new check in a space `data` of the organization `acme`.
async fn new_check(server: &Server) -> String {
    server.organization("acme").await;
    space(server, "acme", "data").await;
    let orders = product(server, "data", "orders").await;
    one(&check(server, "data", orders.id()).await)
}

async fn a_result_is_kept_and_counts(server: Server) {
    let check = new_check(&server).await;
    let before = server.get(&check).send().await.expect(200);
    let dora = server.member("acme", "dora@example.com", "developer").await;
    let results = format!("{check}/results");
    let body = json!({ "outcome": "warning", "value": "12 ms" });
    server.refuses(server.post(&results).by(&dora).json(body.clone()), 404, "quality_check_not_found").await;
    let role = json!({ "role": "editor" });
    server.put(&format!("/api/v1/spaces/data/members/{}", dora.id)).json(role).send().await.expect(200);
    let result = server.post(&results).by(&dora).json(body).send().await.expect(201);
    let expected = json!({
        "number": 1, "outcome": "warning", "value": "12 ms", "ignored": false, "recorded_by": dora.id,
        "recorded_at": result["recorded_at"],
    });
    assert_eq!(result.json, expected);
    assert_eq!((result.header("etag"), result.header("location")), (None, Some(results.as_str())));
    let after = server.get(&check).send().await.expect(200);
    let mut shown = before.json.clone();
    for (field, value) in [
        ("outcome", json!("warning")),
        ("value", json!("12 ms")),
        ("result_count", json!(1)),
        ("last_result_at", result["recorded_at"].clone()),
    ] {
        shown[field] = value;
    }
    assert_eq!((&after.json, after.version()), (&shown, 1));
    assert_ne!(after.etag(), before.etag());
    // What was read before the result can still be changed.
    let etag = before.etag().to_owned();
    server.patch(&check).header("if-match", &etag).json(json!({ "name": "x" })).send().await.expect(200);
    assert_eq!(record(&server, &check, "passed").await["number"], 2);
    let last = server.get(&check).send().await.expect(200);
    assert_eq!((&last["outcome"], &last["value"], &last["result_count"]), (&json!("passed"), &Value::Null, &json!(2)));
    server.deployment().assert_projections_verify();
}

async fn a_value_is_a_text_or_an_integer(server: Server) {
    let check = new_check(&server).await;
    let results = format!("{check}/results");
    for value in [json!(0), json!(i64::MIN), json!(i64::MAX), json!(""), json!("ü".repeat(255)), Value::Null] {
        let body = json!({ "outcome": "passed", "value": value });
        let result = server.post(&results).json(body).send().await.expect(201);
        assert_eq!(result["value"], value);
        assert_eq!(server.get(&check).send().await.expect(200)["value"], value);
    }
    let head = server.head().await;
    let long = format!("{:?}", "x".repeat(256));
    for value in ["1e400", "-1e400", "1.5", "1.0", "9223372036854775808", "true", "[]", "{}", "\"a\\u0000b\"", &long] {
        let body = format!(r#"{{"outcome": "passed", "value": {value}}}"#);
        let refused = server.refuses(server.post(&results).body("application/json", body), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/value"], "{value}");
    }
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "outcome": "skipped" }), "/outcome"),
        (json!({ "outcome": null }), "/outcome"),
        (json!({ "outcome": "passed", "number": 7 }), "/number"),
    ] {
        let refused = server.refuses(server.post(&results).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer]);
    }
    assert_eq!(server.head().await, head);
}

async fn results_come_in_pages(server: Server) {
    let check = new_check(&server).await;
    for _ in 0..5 {
        record(&server, &check, "passed").await;
    }
    let numbers = |page: &crate::support::Reply| -> Vec<_> {
        page.json.as_array().expect("rows").iter().map(|row| row["number"].as_i64()).collect()
    };
    let first = server.get(&format!("{check}/results?limit=2&include=total")).send().await.expect(200);
    assert_eq!((numbers(&first), first.header("x-total-count")), (vec![Some(5), Some(4)], Some("5")));
    record(&server, &check, "failed").await;
    let second = server.get(&first.next().expect("a next page")).send().await.expect(200);
    assert_eq!(numbers(&second), [Some(3), Some(2)]);
    let third = server.get(&second.next().expect("a next page")).send().await.expect(200);
    assert_eq!((numbers(&third), third.next()), (vec![Some(1)], None));
    let unknown = "/api/v1/quality/0190163d-8694-739b-aea5-966c26f8ad91/results";
    server.refuses(server.get(unknown), 404, "quality_check_not_found").await;
}

async fn results_at_once_get_different_numbers(server: Server) {
    let check = new_check(&server).await;
    let request = server.post(&format!("{check}/results")).json(json!({ "outcome": "passed" }));
    let made = at_once((0..20).map(|_| request.clone().send())).await;
    let mut numbers: Vec<_> = made.into_iter().map(|reply| reply.expect(201)["number"].as_i64()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).map(Some).collect::<Vec<_>>());
}

async fn a_result_can_be_repeated_and_tried(server: Server) {
    let check = new_check(&server).await;
    let request = server.post(&format!("{check}/results")).json(json!({ "outcome": "passed", "value": 7 }));
    let tried = request.clone().parameter("dry_run=true").send().await.expect(200);
    assert_eq!((&tried["events"][0]["type"], &tried["result"]["number"]), (&json!("QualityResultRecorded"), &json!(1)));
    let first = request.clone().key("once").send().await.expect(201);
    let again = request.key("once").send().await.expect(201);
    assert_eq!((&again.json, again.is_replayed()), (&first.json, true));
    assert_eq!(server.get(&format!("{check}/results")).send().await.expect(200).json, json!([first.json]));
}
