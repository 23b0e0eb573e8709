//! How often keys may be used.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Made, SELF, code, create_with, owned, path, personal, verify};
use crate::support::{Deployment, Engine, Reply, Server, at_once, eventually};

both!(a_key_has_its_own_limit, a_limit_can_be_changed, whoever_keeps_to_the_rate_is_not_refused);

async fn key(server: &Server, requests: u32, window_seconds: u32) -> Made {
    let body = json!({ "rate_limit": { "requests": requests, "window_seconds": window_seconds } });
    create_with(server, &["*:*"], body).send().await.expect(201).into()
}

async fn ask(server: &Server, made: &Made) -> Reply {
    server.get(SELF).bearer(&made.key).send().await
}

fn seconds(reply: &Reply) -> u64 {
    let after = reply.header("retry-after").and_then(|seconds| seconds.parse().ok());
    after.unwrap_or_else(|| panic!("no Retry-After: {reply}"))
}

async fn a_key_has_its_own_limit(server: Server) {
    super::acme(&server).await;
    let made = key(&server, 3, 600).await;
    for (left, full_again) in [(2, 200), (1, 400), (0, 600)] {
        let reply = ask(&server, &made).await.expect(200);
        assert_eq!(reply.header("ratelimit-policy"), Some("\"key\";q=3;w=600"), "{reply}");
        let limit = reply.header("ratelimit").expect("what is left");
        let (name_and_left, reset) = limit.rsplit_once(";t=").expect("a reset");
        assert_eq!(name_and_left, format!("\"key\";r={left}"));
        let reset: u64 = reset.parse().expect("seconds");
        assert!((full_again - 5..=full_again).contains(&reset), "{reply}");
        assert!(reply.header("retry-after").is_none());
    }
    let refused = server.refuses(server.get(SELF).bearer(&made.key), 429, "rate_limited").await;
    assert_eq!(refused.header("ratelimit-policy"), Some("\"key\";q=3;w=600"));
    assert!(refused.header("ratelimit").is_some_and(|limit| limit.starts_with("\"key\";r=0;t=")), "{refused}");
    assert!((190..=200).contains(&seconds(&refused)), "{refused}");
    // Whatever is asked for, of either door; and nothing is done.
    let write = server.post("/api/v1/organizations").bearer(&made.key).json(json!({ "name": "Late" }));
    server.refuses(write, 429, "rate_limited").await;
    let query = server.post("/graphql").bearer(&made.key).json(json!({ "query": "{ me { id } }" })).send().await;
    assert_eq!((query.status, &query["code"]), (429, &json!("rate_limited")), "{query}");
    assert_eq!(code(verify(&server, &made.key)).await, "RATE_LIMITED");
    // It can always be ended.
    server.post(&format!("{}/revoke-self", super::KEYS)).bearer(&made.key).send().await.expect(204);
    // Refusals of another kind come first, and others are not concerned.
    server.refuses(server.get(SELF).bearer(&made.key), 401, "api_key_revoked").await;
    let other = key(&server, 3, 600).await;
    ask(&server, &other).await.expect(200);
    // A session is not a key.
    let jane = server.person("joe@example.com").await;
    assert!(server.get("/api/v1/me").by(&jane).send().await.expect(200).header("ratelimit").is_none());

    // At once no more get through than one after the other.
    let made = key(&server, 5, 600).await;
    let statuses = at_once((0..40).map(|_| server.get(SELF).bearer(&made.key).send())).await;
    assert_eq!(statuses.iter().filter(|reply| reply.status == 200).count(), 5);
    assert_eq!(statuses.iter().filter(|reply| reply.status == 429).count(), 35);
}

async fn a_limit_can_be_changed(server: Server) {
    let made = key(&server, 1, 600).await;
    ask(&server, &made).await.expect(200);
    ask(&server, &made).await.expect(429);
    let patch = |limit: Value| server.patch(&path(&made.id)).json(json!({ "rate_limit": limit })).send();
    patch(json!({ "requests": 2, "window_seconds": 600 })).await.expect(200);
    assert_eq!(ask(&server, &made).await.expect(200).header("ratelimit-policy"), Some("\"key\";q=2;w=600"));
    // Something else does not fill it again.
    server.patch(&path(&made.id)).json(json!({ "name": "Else" })).send().await.expect(200);
    ask(&server, &made).await.expect(200);
    ask(&server, &made).await.expect(429);
    patch(Value::Null).await.expect(200);
    assert_eq!(ask(&server, &made).await.expect(200).header("ratelimit-policy"), Some("\"key\";q=6000;w=60"));
}

async fn whoever_keeps_to_the_rate_is_not_refused(server: Server) {
    let made = key(&server, 20, 1).await;
    for _ in 0..20 {
        ask(&server, &made).await.expect(200);
    }
    // What is used up comes back when it was said.
    let begun = Instant::now();
    let mut refusals = 0;
    while begun.elapsed() < Duration::from_secs(2) {
        let reply = ask(&server, &made).await;
        if reply.status == 429 {
            assert_eq!(seconds(&reply), 1);
            refusals += 1;
            let again = async || ask(&server, &made).await.status == 200;
            eventually("there is room again", again).await;
        }
    }
    assert!(refusals > 0, "the limit was met");
}

fn limited(key: &str, organization: &str) -> Server {
    let deployment = Deployment::new(Engine::Sqlite);
    let program = deployment.program().env("TENANTRY_KEY_REQUESTS_PER_MINUTE", key);
    Server::with(&deployment, program.env("TENANTRY_ORGANIZATION_REQUESTS_PER_MINUTE", organization))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deployment_has_a_limit_for_keys_without_one() {
    let server = limited("2", "0");
    let jane = super::acme(&server).await;
    let made = personal(&server, &jane, &["org:acme:*"]).await;
    let reply = ask(&server, &made).await.expect(200);
    assert_eq!(reply.header("ratelimit-policy"), Some("\"key\";q=2;w=60"));
    assert_eq!(reply["rate_limit"], json!({ "requests": 2, "window_seconds": 60 }));
    ask(&server, &made).await.expect(200);
    let refused = ask(&server, &made).await.expect(429);
    assert!((25..=30).contains(&seconds(&refused)), "{refused}");
    let own = create_with(&server, &["*:*"], json!({ "rate_limit": { "requests": 5, "window_seconds": 60 } }));
    let own = Made::from(own.send().await.expect(201));
    for _ in 0..5 {
        ask(&server, &own).await.expect(200);
    }
    let shown = server.get(&path(&made.id)).by(&jane).send().await.expect(200);
    assert_eq!(shown["rate_limit"], Value::Null, "it has none of its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_s_keys_share_a_limit() {
    let server = limited("0", "4");
    let jane = super::acme(&server).await;
    server.organization("globex").await;
    let keys = [personal(&server, &jane, &["org:acme:teams:read"]).await, owned(&server, "acme", &["*:*"]).await];
    for n in 0..4 {
        let reply = ask(&server, &keys[n % 2]).await.expect(200);
        assert_eq!(reply.header("ratelimit-policy"), Some("\"organization\";q=4;w=60"), "{reply}");
    }
    for key in &keys {
        let refused = server.refuses(server.get(SELF).bearer(&key.key), 429, "rate_limited").await;
        assert_eq!(refused.header("ratelimit-policy"), Some("\"organization\";q=4;w=60"));
        assert!((10..=15).contains(&seconds(&refused)), "{refused}");
        assert_eq!(code(verify(&server, &key.key)).await, "RATE_LIMITED");
    }
    // The other organization has its own, and a person's key that is good everywhere counts for none.
    ask(&server, &owned(&server, "globex", &["*:*"]).await).await.expect(200);
    let everywhere = personal(&server, &jane, &["*:*"]).await;
    for _ in 0..8 {
        assert!(ask(&server, &everywhere).await.expect(200).header("ratelimit").is_none());
    }
    // Both limits are told.
    let own = json!({ "organization": "globex", "rate_limit": { "requests": 9, "window_seconds": 60 } });
    let own: Made = create_with(&server, &["*:*"], own).send().await.expect(201).into();
    let reply = ask(&server, &own).await.expect(200);
    let all = |name: &str| {
        let values = reply.headers.get_all(name).iter().map(|value| value.to_str().expect("text").to_owned());
        values.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(all("ratelimit-policy"), "\"key\";q=9;w=60, \"organization\";q=4;w=60");
    assert!(all("ratelimit").contains("\"key\";r=8;t=") && all("ratelimit").contains("\"organization\";r=2;t="));
}

/// Who is nobody in an organization at the moment does not use up what belongs to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_member_uses_up_only_their_own_limit() {
    let server = limited("0", "3");
    let jane = super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "developer").await;
    let (janes, joes) =
        (personal(&server, &jane, &["org:acme:*"]).await, personal(&server, &joe, &["org:acme:teams:read"]).await);
    server.post(&format!("/api/v1/organizations/acme/members/{}/suspend", joe.id)).send().await.expect(200);
    for _ in 0..5 {
        server.refuses(joes.reads(&server, "acme"), 403, "not_a_member").await;
    }
    for _ in 0..3 {
        janes.reads(&server, "acme").send().await.expect(200);
    }
    server.refuses(janes.reads(&server, "acme"), 429, "rate_limited").await;
}
