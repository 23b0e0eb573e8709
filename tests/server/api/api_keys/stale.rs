//! A node that is cut off from its database cannot know which keys are good, and says so.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{SELF, VERIFY, owned, path, personal};
use crate::support::{Deployment, Request, Server, eventually, postgres::Cluster, proxy::Proxy};

/// How long a node may go on believing what it knew.
const PROMISE: Duration = Duration::from_secs(5);

/// When requests like this one begin to be refused for not knowing, and that they stay so.
async fn stale_after(begun: Instant, request: &Request) -> Duration {
    loop {
        let reply = request.clone().send().await;
        if reply.status == 503 {
            assert_eq!(reply["code"], "authorization_stale", "{reply}");
            assert!(reply.header("retry-after").is_some(), "{reply}");
            return begun.elapsed();
        }
        assert_eq!(reply.status, 200, "{reply}");
        assert!(begun.elapsed() < PROMISE, "it is still accepted after {:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_without_its_database_refuses_what_it_cannot_know() {
    let cluster = Cluster::shared();
    let deployment = Deployment::on(&cluster.create_database());
    let healthy = Server::over(&deployment);
    let proxy = Proxy::new(cluster);
    let program = deployment.program().env("TENANTRY_DATABASE_URL", &proxy.url(&deployment.database_url));
    let cut_off = Server::with(&deployment, program);
    let jane = super::acme(&healthy).await;
    let gateway = personal(&healthy, &jane, &["*:*"]).await;
    let keys = [
        personal(&healthy, &jane, &["*:*"]).await,
        personal(&healthy, &jane, &["org:acme:teams:read"]).await,
        owned(&healthy, "acme", &["*:*"]).await,
    ];
    let verify = |key: &str| cut_off.post(VERIFY).bearer(&gateway.key).json(json!({ "key": key }));
    let me = cut_off.get("/api/v1/me").by(&jane);
    for round in 0..2 {
        // Both nodes remember the key.
        let key = &keys[round];
        for node in [&healthy, &cut_off, &cut_off] {
            node.get(SELF).bearer(&key.key).send().await.expect(200);
        }
        assert_eq!(verify(&key.key).send().await.expect(200)["code"], "VALID");
        assert_eq!(verify(&keys[2].key).send().await.expect(200)["code"], "VALID");

        proxy.fall_silent();
        let begun = Instant::now();
        let revoke = healthy.post(&format!("{}/revoke", path(&key.id))).by(&jane).json(json!({}));
        revoke.send().await.expect(200);
        healthy.get(SELF).bearer(&key.key).send().await.expect(401);
        let revoked = Instant::now();
        let presented = cut_off.get(SELF).bearer(&key.key);
        let asked = verify(&key.key);
        // By its slug an organization has to be looked up.
        let place = json!({ "key": keys[2].key, "organization": "acme" });
        let other = cut_off.post(VERIFY).bearer(&gateway.key).json(place);
        let (first, second, third) =
            tokio::join!(stale_after(revoked, &presented), stale_after(revoked, &asked), stale_after(revoked, &other));
        for waited in [first, second, third] {
            assert!(waited < PROMISE, "{waited:?}");
        }
        // It stays so; and it does not come to a standstill.
        for request in [&presented, &asked, &other] {
            let reply = request.clone().send().await.expect(503);
            assert_eq!(reply["code"], "authorization_stale");
        }
        cut_off.get("/livez").anonymous().send().await.expect(200);
        let malformed = super::create(&cut_off, &["*:*"]).bearer(&keys[2].key[..50]);
        assert_eq!(malformed.send().await.expect(401)["code"], "invalid_token", "that needs no look-up");
        assert!(begun.elapsed() > Duration::from_secs(1));

        proxy.speak();
        let knows = async || cut_off.get(SELF).bearer(&keys[2].key).send().await.status == 200;
        eventually("it knows again", knows).await;
        let refused = async || cut_off.get(SELF).bearer(&key.key).send().await.status == 401;
        eventually("it knows of the revocation", refused).await;
        let answers = async || verify(&key.key).send().await.status == 200;
        eventually("it verifies again", answers).await;
        assert_eq!(verify(&key.key).send().await.expect(200)["code"], "REVOKED");
        assert_eq!(verify(&keys[2].key).send().await.expect(200)["code"], "VALID");
        let signed_in = async || me.clone().send().await.status == 200;
        eventually("people are known again", signed_in).await;
    }
}
