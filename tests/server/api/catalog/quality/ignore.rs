//! `POST /api/v1/quality/{id}/results/{number}/ignore`.

use serde_json::{Value, json};

use super::{
    super::{product, space},
    check, one, record,
};
use crate::support::Server;

both!(the_one_before_counts_again, what_cannot_be_ignored, what_is_too_old_stays);

async fn new_check(server: &Server) -> String {
    server.organization("acme").await;
    space(server, "acme", "data").await;
    let orders = product(server, "data", "orders").await;
    one(&check(server, "data", orders.id()).await)
}

async fn the_one_before_counts_again(server: Server) {
    let check = new_check(&server).await;
    for (outcome, value) in [("passed", json!(1)), ("warning", json!("two")), ("failed", json!(3))] {
        let body = json!({ "outcome": outcome, "value": value });
        server.post(&format!("{check}/results")).json(body).send().await.expect(201);
    }
    let ignore = async |number: i64| server.post(&format!("{check}/results/{number}/ignore")).send().await.expect(200);
    let counts = async || {
        let shown = server.get(&check).send().await.expect(200);
        assert_eq!((&shown["result_count"], shown.version()), (&json!(3), 1));
        (shown["outcome"].clone(), shown["value"].clone())
    };
    let ignored = ignore(2).await;
    assert_eq!((&ignored["number"], &ignored["ignored"], &ignored["value"]), (&json!(2), &json!(true), &json!("two")));
    assert_eq!(counts().await, (json!("failed"), json!(3)));
    ignore(3).await;
    assert_eq!(counts().await, (json!("passed"), json!(1)));
    ignore(1).await;
    assert_eq!(counts().await, (Value::Null, Value::Null));
    let listed = server.get(&format!("{check}/results")).send().await.expect(200);
    assert!(listed.json.as_array().expect("rows").iter().all(|row| row["ignored"] == true), "{listed}");
    assert_eq!(record(&server, &check, "passed").await["number"], 4);
    server.deployment().assert_projections_verify();
}

async fn what_cannot_be_ignored(server: Server) {
    let check = new_check(&server).await;
    record(&server, &check, "passed").await;
    let ignore = |number: &str| server.post(&format!("{check}/results/{number}/ignore"));
    for number in ["0", "2", "-1", "x", "1.0", "9223372036854775808"] {
        server.refuses(ignore(number), 404, "quality_result_not_found").await;
    }
    let unknown = "/api/v1/quality/0190163d-8694-739b-aea5-966c26f8ad91/results/1/ignore";
    server.refuses(server.post(unknown), 404, "quality_check_not_found").await;
    let tried = ignore("1").parameter("dry_run=true").send().await.expect(200);
    assert_eq!(
        tried["events"][0]["data"]["counts"],
        json!({ "from": { "number": 1, "outcome": "passed" }, "to": null })
    );
    let first = ignore("1").key("once").send().await.expect(200);
    let again = ignore("1").key("once").send().await.expect(200);
    assert_eq!((&again.json, again.is_replayed()), (&first.json, true));
    server.refuses(ignore("1"), 409, "result_ignored").await;
}

async fn what_is_too_old_stays(server: Server) {
    let check = new_check(&server).await;
    for _ in 0..101 {
        record(&server, &check, "passed").await;
    }
    server.refuses(server.post(&format!("{check}/results/1/ignore")), 409, "result_too_old").await;
    server.post(&format!("{check}/results/2/ignore")).send().await.expect(200);
}
