//! Request ids, positions, caching.

use serde_json::json;

use crate::support::{Deployment, Engine, Server};

both!(a_request_id_is_echoed_or_made, a_position_comes_with_every_write, replies_to_credentials_are_not_stored);

const PATH: &str = "/api/v1/organizations";

async fn a_request_id_is_echoed_or_made(server: Server) {
    let longest = "x".repeat(128);
    for id in ["a", "0123-ABC:def/ü".trim_end_matches('ü'), longest.as_str()] {
        let reply = server.get(PATH).header("x-request-id", id).send().await.expect(200);
        assert_eq!(reply.header("x-request-id"), Some(id));
        let problem = server.get("/nowhere").header("x-request-id", id).send().await.expect(404);
        assert_eq!((problem.header("x-request-id"), &problem["request_id"]), (Some(id), &json!(id)));
    }
    let too_long = "x".repeat(129);
    for unusable in ["", "a b", "ü", too_long.as_str()] {
        let reply = server.get(PATH).header("x-request-id", unusable).send().await.expect(200);
        let made = reply.header("x-request-id").expect("a request id");
        assert!(uuid::Uuid::parse_str(made).is_ok(), "{made}");
    }
    let ids = [server.get(PATH).send().await, server.get(PATH).send().await]
        .map(|reply| reply.header("x-request-id").map(str::to_owned));
    assert!(ids[0].is_some() && ids[0] != ids[1]);

    // It stands with the events.
    let made =
        server.post(PATH).header("x-request-id", "find-me").json(json!({ "name": "Acme" })).send().await.expect(201);
    let ledger = server.deployment().ledger().await;
    let sql = format!("SELECT CAST(metadata AS text), position FROM events WHERE aggregate_id = '{}'", made.id());
    assert!(ledger.rows(&sql).await.iter().all(|(metadata, _)| metadata.contains("find-me")));
    ledger.close().await;
}

async fn a_position_comes_with_every_write(server: Server) {
    let path = format!("{PATH}/acme");
    let mut last = server.organization("acme").await.position();
    for (method, action, body, status) in [
        ("PATCH", "", json!({ "name": "B" }), 200),
        ("PATCH", "/limits", json!({ "max_spaces": 3 }), 200),
        ("POST", "/slug", json!({ "slug": "other" }), 200),
        ("POST", "/suspend", json!({}), 200),
        ("POST", "/reactivate", json!({}), 200),
        ("DELETE", "", json!({}), 204),
        ("POST", "/restore", json!({}), 200),
        ("DELETE", "", json!({}), 204),
        ("POST", "/purge", json!({}), 204),
    ] {
        let reply = server.request(method, &format!("{path}{action}")).json(body).send().await.expect(status);
        assert_eq!(reply.position(), last + 1, "{method} {action}");
        last = reply.position();
        assert_eq!(server.head().await, last);
        server.get(PATH).header("ledger-min-position", &last.to_string()).send().await.expect(200);
    }
}

async fn replies_to_credentials_are_not_stored(server: Server) {
    server.organization("acme").await;
    for reply in [
        server.get(PATH).send().await,
        server.get(&format!("{PATH}/acme")).send().await,
        server.get(&format!("{PATH}/nobody")).send().await,
        server.get(PATH).basic("x", "y").send().await,
    ] {
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{reply}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_id_stands_in_the_log() {
    let deployment = Deployment::new(Engine::Sqlite);
    let server = Server::with(&deployment, deployment.program().env("TENANTRY_LOG", "tenantry=debug"));
    server.organization("acme").await;
    server.get(&format!("{PATH}/acme")).header("x-request-id", "find-me").send().await.expect(200);
    crate::support::eventually("the request is logged", || {
        let log = server.process.stderr();
        let line = log.lines().find(|line| line.contains("find-me")).map(str::to_owned);
        async move {
            let Some(line) = line else { return false };
            let line: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
            line["span"]["organization"] == "acme" && line["span"]["request_id"] == "find-me"
        }
    })
    .await;
}
