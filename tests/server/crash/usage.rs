//! Use of keys is counted at most once, and what has arrived stays.

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{rounds, seed};
use crate::support::{
    Deployment, Server, eventually,
    postgres::Cluster,
    proxy::{Cut, Proxy},
};

both!(a_kill_loses_only_what_was_on_its_way);

async fn use_key(server: &Server, key: &str, times: i64) {
    for _ in 0..times {
        server.get("/api/v1/organizations/acme").bearer(key).send().await.expect(200);
    }
}

/// What can be seen is safe; of what came after it, none is counted twice.
async fn a_kill_loses_only_what_was_on_its_way(mut server: Server) {
    let mut random = StdRng::seed_from_u64(seed());
    server.organization("acme").await;
    let (_, key) = server.reading_key("acme").await;
    let mut sure = 0;
    for _ in 0..rounds(6) {
        let (first, last) = (random.random_range(1..30), random.random_range(1..60));
        use_key(&server, &key, first).await;
        eventually("it has arrived", || async { server.usage("acme").await == (sure + first, 0) }).await;
        sure += first;
        use_key(&server, &key, last).await;
        server.kill();
        server.start_again();
        let (left, _) = server.usage("acme").await;
        assert!((sure..=sure + last).contains(&left), "{left} of {sure} and {last}");
        sure = left;
    }
}

fn behind_proxy() -> (Proxy, Server) {
    let cluster = Cluster::shared();
    let proxy = Proxy::new(cluster);
    let deployment = Deployment::on(&proxy.url(&cluster.create_database()));
    let server = Server::over(&deployment);
    (proxy, server)
}

/// Whether a commit took effect or not: its chunk is counted once, though it is sent again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_commit_is_counted_once() {
    let (proxy, server) = behind_proxy();
    server.organization("acme").await;
    let (_, key) = server.reading_key("acme").await;
    let mut used = 0;
    for (n, cut) in Cut::ALL.into_iter().cycle().take(9).enumerate() {
        proxy.cut(cut);
        use_key(&server, &key, 5).await;
        eventually("the connection was cut", || async { proxy.cuts() > n }).await;
        used += 5;
        eventually("it is counted", || async { server.usage("acme").await == (used, 0) }).await;
    }
}

/// While the database cannot be asked, counts wait.
async fn an_outage_loses_nothing(cut: Cut) {
    let (proxy, server) = behind_proxy();
    server.organization("acme").await;
    let (_, key) = server.reading_key("acme").await;
    use_key(&server, &key, 1).await;
    eventually("it is counted", || async { server.usage("acme").await == (1, 0) }).await;
    proxy.cut_and_refuse(cut);
    use_key(&server, &key, 5).await;
    eventually("the node has given up once", || async {
        let metrics = server.get("/metrics").anonymous().send().await.expect(200).body;
        metrics.lines().any(|line| line.starts_with("tenantry_usage_flush_failures_total") && !line.ends_with(" 0"))
    })
    .await;
    proxy.let_in();
    eventually("it is counted", || async {
        let path = "/api/v1/organizations/acme";
        server.get(path).send().await.status == 200 && server.usage("acme").await == (6, 0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_after_a_commit_loses_nothing() {
    an_outage_loses_nothing(Cut::After).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_before_a_commit_loses_nothing() {
    an_outage_loses_nothing(Cut::Before).await;
}
