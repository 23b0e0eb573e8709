//! A key is found nowhere: no log line, no table, no metric, no answer. Its hash is where keys are looked up, and in the
//! event that made it.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{KEYS, Made, SELF, VERIFY, create, path, verify};
use crate::support::{Deployment, Engine, Ledger, Reply, Request, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_found_nowhere_on_sqlite() {
    keys_are_found_nowhere(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_found_nowhere_on_postgres() {
    keys_are_found_nowhere(Engine::Postgres).await;
}

/// Keys that were used, and what was answered to whoever did not ask for them.
#[derive(Default)]
struct Used {
    keys: Vec<String>,
    replies: Vec<String>,
}

impl Used {
    async fn send(&mut self, request: Request) -> Reply {
        let reply = request.send().await;
        self.replies.push(reply.to_string());
        reply
    }

    async fn made(&mut self, request: Request) -> Made {
        let reply = request.send().await;
        assert!([200, 201].contains(&reply.status), "{reply}");
        self.keys.extend(reply["key"].as_str().map(str::to_owned));
        reply.into()
    }
}

fn hash(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn keys_are_found_nowhere(engine: Engine) {
    let deployment = Deployment::new(engine);
    let mut server = Server::with(&deployment, deployment.program().env("TENANTRY_LOG", "trace"));
    let mut used = Used::default();
    use_everything(&server, &mut used).await;
    let metrics = server.get("/metrics").anonymous().send().await.expect(200).body;
    server.process.signal("TERM");
    server.process.wait();
    let log = server.process.stderr();
    assert!(log.contains(KEYS) && metrics.contains("tenantry_"), "there is something to search");
    let ledger = deployment.ledger().await;
    let answers = used.replies.join("\n");
    for key in &used.keys {
        let secret = &key[17..47];
        // A part of it would be as bad.
        for text in [key.as_str(), secret, &secret[..15], &secret[15..]] {
            assert_eq!(ledger.occurrences(text).await, Vec::<String>::new(), "{text} of {key}");
            for (place, all) in [("a log line", &log), ("a metric", &metrics), ("an answer", &answers)] {
                found_nowhere(text, place, all);
            }
            in_no_file(&deployment, text);
        }
        let hash = hash(key);
        for (place, all) in [("a log line", &log), ("a metric", &metrics), ("an answer", &answers)] {
            found_nowhere(&hash, place, all);
        }
        assert_hash_only_where_it_belongs(&ledger, &hash).await;
    }
    ledger.close().await;
}

#[track_caller]
fn found_nowhere(text: &str, place: &str, all: &str) {
    if let Some(at) = all.find(text) {
        let (from, to) = (all.floor_char_boundary(at.saturating_sub(300)), all.ceil_char_boundary(at + 100));
        panic!("{text} is in {place}: {}", &all[from..to]);
    }
}

async fn assert_hash_only_where_it_belongs(ledger: &Ledger, hash: &str) {
    let mut found = ledger.occurrences(hash).await;
    found.retain(|table| table != "api_keys");
    // Besides the event itself, nothing that was made of it has the hash.
    assert_eq!(found, ["events"], "{hash}");
}

fn in_no_file(deployment: &Deployment, text: &str) {
    for entry in std::fs::read_dir(deployment.folder()).expect("a folder").flatten() {
        let content = std::fs::read(entry.path()).expect("a file");
        let found = content.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found, "{text} is in {}", entry.path().display());
    }
}

/// Everything that is done with keys, rightly and wrongly.
async fn use_everything(server: &Server, used: &mut Used) {
    let jane = super::acme(server).await;
    let everything = used.made(create(server, &["*:*"]).by(&jane).key("once")).await;
    let organization = super::create_with(server, &["*:*"], json!({ "organization": "acme" }));
    let organization = used.made(organization).await;
    used.send(create(server, &["*:*"]).by(&jane).key("once")).await.expect(201);
    for made in [&everything, &organization] {
        used.send(made.reads(server, "acme")).await.expect(200);
        used.send(server.get(SELF).bearer(&made.key)).await.expect(200);
        used.send(server.get("/api/v1/users").bearer(&made.key)).await.expect(403);
        used.send(verify(server, &made.key)).await.expect(200);
        used.send(verify(server, &format!("{}x", made.key))).await.expect(200);
        used.send(server.get(SELF).bearer(&format!("{}x", made.key))).await.expect(401);
        used.send(server.get(SELF).basic(&made.key, "")).await.expect(401);
        let team = json!({ "name": made.id });
        used.send(server.post(&super::teams("acme")).bearer(&made.key).key("t").json(team)).await.expect(201);
        used.send(server.post("/graphql").bearer(&made.key).json(json!({ "query": "{ me { id } }" }))).await;
    }
    let key = &everything.key;
    for body in [
        json!({ "key": [key] }),
        json!({ "key": { "key": key } }),
        json!({ "key": key, "permission": "fly" }),
        json!({ "keys": key }),
        json!([key]),
        json!(key),
    ] {
        used.send(server.post(VERIFY).json(body)).await.expect(422);
    }
    used.send(server.post(VERIFY).body("application/json", format!("{{\"key\":\"{key}\""))).await.expect(400);
    let rotate = |body| server.post(&format!("{}/rotate", path(&everything.id))).by(&jane).json(body);
    let second = used.made(rotate(json!({ "grace_seconds": 60 })).key("r")).await;
    used.send(rotate(json!({ "grace_seconds": 60 })).key("r")).await.expect(200);
    used.send(server.get(SELF).bearer(&second.key)).await.expect(200);
    used.send(server.get(SELF).bearer(&everything.key)).await.expect(200);
    used.send(server.get(&path(&everything.id)).by(&jane)).await.expect(200);
    used.send(server.get(KEYS).by(&jane)).await.expect(200);
    used.send(server.get(&format!("{KEYS}?organization=acme"))).await.expect(200);
    let third = used.made(rotate(json!({}))).await;
    used.send(server.get(SELF).bearer(&second.key)).await.expect(401);
    used.send(server.post(&format!("{KEYS}/revoke-self")).bearer(&third.key).key("e")).await.expect(204);
    used.send(server.get(SELF).bearer(&third.key)).await.expect(401);
    used.send(verify(server, &third.key)).await.expect(200);
    used.send(server.delete("/api/v1/organizations/acme")).await.expect(204);
    used.send(server.get(SELF).bearer(&organization.key)).await.expect(401);
}
