//! From the use of a key to its place in the numbers.

use serde_json::json;

use super::billing;
use crate::support::{Server, eventually};

both!(every_use_is_counted, what_was_counted_last_survives_an_orderly_end, nodes_count_together);

async fn every_use_is_counted(server: Server) {
    server.organization("acme").await;
    let (id, key) = server.reading_key("acme").await;
    for _ in 0..7 {
        server.get("/api/v1/organizations/acme").bearer(&key).send().await.expect(200);
    }
    for valid in [true, true, false] {
        let permission = if valid { "organization:read" } else { "members:read" };
        let question = json!({ "key": key, "permission": permission });
        let answer = server.post("/api/v1/api-keys/verify").json(question).send().await.expect(200);
        assert_eq!(answer["valid"], valid, "{answer}");
    }
    // What is refused before it is known whose it is counts for nobody.
    server.get("/api/v1/organizations/acme").bearer(&format!("{key}x")).send().await.expect(401);
    eventually("all of it is there", || async { server.usage("acme").await == (7, 3) }).await;
    let bill = server.get(&billing("acme", "")).send().await.expect(200);
    let pending: Vec<_> = bill["lines"].as_array().expect("lines").iter().map(|line| &line["pending"]).collect();
    assert_eq!(pending, [&json!(7), &json!(3)], "{bill}");
    let ledger = server.deployment().ledger().await;
    let used = ledger.rows("SELECT CAST(api_key_id AS text), CAST(0 AS bigint) FROM api_key_uses").await;
    assert_eq!(used.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [id]);
    ledger.close().await;
}

async fn what_was_counted_last_survives_an_orderly_end(mut server: Server) {
    server.organization("acme").await;
    let (_, key) = server.reading_key("acme").await;
    for n in 1..=5 {
        server.get("/api/v1/organizations/acme").bearer(&key).send().await.expect(200);
        server.process.signal("TERM");
        assert!(server.process.wait().success());
        server.start_again();
        assert_eq!(server.usage("acme").await, (n, 0));
    }
}

async fn nodes_count_together(server: Server) {
    server.organization("acme").await;
    let (_, key) = server.reading_key("acme").await;
    let other = (server.engine() == crate::support::Engine::Postgres).then(|| server.another_node());
    for _ in 0..20 {
        for node in [Some(&server), other.as_ref()].into_iter().flatten() {
            node.get("/api/v1/organizations/acme").bearer(&key).send().await.expect(200);
        }
    }
    let all = if other.is_some() { 40 } else { 20 };
    eventually("all of it is there", || async { server.usage("acme").await == (all, 0) }).await;
}
