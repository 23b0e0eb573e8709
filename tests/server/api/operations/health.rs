//! `/livez`, `/readyz`, `/metrics`.

use serde_json::json;

use crate::support::{Deployment, Server, eventually, postgres::Cluster};

both!(health_needs_no_credentials, metrics_tell_what_happened, an_invented_method_is_no_series_of_its_own);

async fn health_needs_no_credentials(server: Server) {
    for path in ["/livez", "/readyz"] {
        let reply = server.get(path).anonymous().send().await.expect(200);
        assert_eq!(reply.body, "ok\n");
    }
}

async fn metrics_tell_what_happened(server: Server) {
    let position = server.organization("acme").await.position();
    server.get("/api/v1/organizations/acme").send().await.expect(200);
    server.get("/api/v1/organizations/nobody").send().await.expect(404);
    let metrics = server.get("/metrics").anonymous().send().await.expect(200);
    assert!(metrics.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
    let value = |name: &str, labels: &[&str]| {
        let line = metrics.body.lines().find(|line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']))
                && labels.iter().all(|label| line.contains(label))
        });
        line.unwrap_or_else(|| panic!("no {name} {labels:?}:\n{metrics}")).rsplit(' ').next().map(str::to_owned)
    };
    let requests = |status: &str| {
        value(
            "tenantry_http_requests_total",
            &["method=\"GET\"", "route=\"/api/v1/organizations/{org}\"", &format!("status=\"{status}\"")],
        )
    };
    assert_eq!((requests("200").as_deref(), requests("404").as_deref()), (Some("1"), Some("1")));
    assert_eq!(value("tenantry_head_position", &[]), Some(position.to_string()));
    for name in [
        "tenantry_http_request_duration_seconds_bucket",
        "tenantry_append_batch_size_bucket",
        "tenantry_append_wait_seconds_bucket",
        "tenantry_append_commit_seconds_bucket",
        "tenantry_append_queue_depth",
        "tenantry_append_queue_capacity",
        "tenantry_follower_position",
        "tenantry_pool_connections",
        "tenantry_pool_idle_connections",
        "tenantry_authorization_age_seconds",
    ] {
        value(name, &[]);
    }
    assert!(!metrics.body.contains("acme"), "a metric names a tenant");
}

async fn an_invented_method_is_no_series_of_its_own(server: Server) {
    for n in 0..20 {
        for path in ["/api/v1/organizations", "/nowhere"] {
            let reply = server.request(&format!("INVENTED{n}"), path).send().await;
            assert!((400..500).contains(&reply.status), "{reply}");
        }
    }
    let metrics = server.get("/metrics").anonymous().send().await.expect(200).body;
    assert!(!metrics.contains("INVENTED"), "{metrics}");
    let of_others = |name: &str| {
        let others = metrics.lines().filter(|line| line.starts_with(name) && line.contains("method=\"other\""));
        others.map(|line| line.rsplit(' ').next().and_then(|count| count.parse::<u32>().ok()).expect("a count")).sum()
    };
    let counts: [u32; 2] =
        ["tenantry_http_requests_total", "tenantry_http_request_duration_seconds_count"].map(of_others);
    assert_eq!(counts, [40, 40], "{metrics}");
}

/// While the database is away the node is alive and not ready; it recovers by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_follows_the_database() {
    let cluster = Cluster::new();
    let server = Server::over(&Deployment::on(&cluster.create_database()));
    server.organization("acme").await;
    cluster.stop();
    let refused = server.get("/readyz").anonymous().send().await.expect(503);
    refused.assert_problem(&server.url);
    assert!(refused.header("retry-after").is_some());
    server.get("/livez").anonymous().send().await.expect(200);
    for request in [
        server.get("/api/v1/organizations/acme"),
        server.patch("/api/v1/organizations/acme").json(json!({ "name": "B" })),
        server.post("/api/v1/organizations").json(json!({ "name": "B" })),
    ] {
        let refused = request.send().await.expect(503);
        refused.assert_problem(&server.url);
        assert!(refused.header("retry-after").is_some());
        assert!(!refused.body.contains("PGSQL"), "{refused}");
    }
    cluster.start();
    eventually("the node is ready again", || async { server.get("/readyz").send().await.status == 200 }).await;
    eventually("it reads again", || async { server.get("/api/v1/organizations/acme").send().await.status == 200 })
        .await;
    let patch = server.patch("/api/v1/organizations/acme").json(json!({ "name": "B" }));
    eventually("it writes again", || async { patch.clone().send().await.status == 200 }).await;
}
