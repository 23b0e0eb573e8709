//! Keys that may be used from some networks only.

use serde_json::{Value, json};

use super::{Made, SELF, code, create_with, path, verify};
use crate::support::{Deployment, Engine, Server};

both!(a_key_is_good_where_it_is_said);

async fn key(server: &Server, networks: Value) -> Made {
    create_with(server, &["*:*"], json!({ "ip_allowlist": networks })).send().await.expect(201).into()
}

async fn a_key_is_good_where_it_is_said(server: Server) {
    super::acme(&server).await;
    for (networks, good) in [
        (json!([]), true),
        (json!(["127.0.0.1"]), true),
        (json!(["127.0.0.0/8"]), true),
        (json!(["192.0.2.1", "::ffff:127.0.0.1"]), true),
        (json!(["0.0.0.0/0"]), true),
        (json!(["192.0.2.0/24"]), false),
        (json!(["127.0.0.2"]), false),
        (json!(["::1"]), false),
        (json!(["::/0"]), false),
    ] {
        let made = key(&server, networks.clone()).await;
        let request = server.get(SELF).bearer(&made.key);
        if good {
            request.send().await.expect(200);
        } else {
            let refused = server.refuses(request, 403, "ip_not_allowed").await;
            assert!(!refused.body.contains("192.0.2"), "{refused}");
            // Only trusted proxies are believed.
            let forged = server.get(SELF).bearer(&made.key).header("x-forwarded-for", "192.0.2.1");
            server.refuses(forged, 403, "ip_not_allowed").await;
            server.refuses(made.reads(&server, "acme"), 403, "ip_not_allowed").await;
            let query =
                server.post("/graphql").bearer(&made.key).json(json!({ "query": "{ me { id } }" })).send().await;
            assert_eq!((query.status, &query["code"]), (403, &json!("ip_not_allowed")), "{query}");
        }
        let expected = if good { "VALID" } else { "IP_NOT_ALLOWED" };
        assert_eq!(code(verify(&server, &made.key)).await, expected, "{networks}");
        // It is its own to change.
        server.patch(&path(&made.id)).json(json!({ "ip_allowlist": ["127.0.0.1"] })).send().await.expect(200);
        server.get(SELF).bearer(&made.key).send().await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_s_word_counts() {
    let deployment = Deployment::new(Engine::Sqlite);
    let program = deployment.program().own_admin();
    let server = Server::with(&deployment, program.env("TENANTRY_TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.1"));
    let made = key(&server, json!(["192.0.2.0/24", "2001:db8::/32"])).await;
    for (forwarded, status) in [
        (vec![], 403),
        (vec!["192.0.2.7"], 200),
        (vec!["2001:db8::1"], 200),
        (vec!["198.51.100.1"], 403),
        (vec!["198.51.100.1, 192.0.2.7"], 200),
        (vec!["192.0.2.7, 198.51.100.1"], 403),
        (vec!["192.0.2.7, 10.0.0.1"], 200),
        (vec!["192.0.2.7, 127.0.0.9"], 200),
        (vec!["198.51.100.1", "192.0.2.7"], 200),
        (vec!["192.0.2.7", "198.51.100.1"], 403),
        (vec!["nonsense"], 403),
        (vec!["192.0.2.7, nonsense"], 403),
        (vec![""], 403),
    ] {
        let request = server.get(SELF).bearer(&made.key);
        let request = forwarded.iter().fold(request, |request, value| request.header("x-forwarded-for", value));
        let reply = request.send().await;
        assert_eq!(reply.status, status, "{forwarded:?}: {reply}");
    }
    // The caller says where the bearer is, or is taken for the bearer.
    let ask = |forwarded: &str, ip: Value| {
        let body = json!({ "key": made.key, "ip": ip });
        server.post(super::VERIFY).header("x-forwarded-for", forwarded).json(body)
    };
    assert_eq!(code(ask("198.51.100.1", json!("192.0.2.7"))).await, "VALID");
    assert_eq!(code(ask("192.0.2.7", json!("198.51.100.1"))).await, "IP_NOT_ALLOWED");
    assert_eq!(code(ask("192.0.2.7", Value::Null)).await, "VALID");
    assert_eq!(code(ask("198.51.100.1", Value::Null)).await, "IP_NOT_ALLOWED");
}
