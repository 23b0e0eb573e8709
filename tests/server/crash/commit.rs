//! The connection is lost while a transaction commits.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::{load::Load, rounds, seed};
use crate::support::{
    Deployment, Reply, Request, Server, eventually,
    postgres::Cluster,
    proxy::{Cut, Proxy},
};

const PATH: &str = "/api/v1/organizations";

fn behind_proxy() -> (Proxy, Server) {
    let cluster = Cluster::shared();
    let proxy = Proxy::new(cluster);
    let deployment = Deployment::on(&proxy.url(&cluster.create_database()));
    let server = Server::over(&deployment);
    (proxy, server)
}

async fn count(server: &Server, name: &str) -> usize {
    server.get(&format!("{PATH}?search={name}")).send().await.expect(200).each("id").len()
}

/// Repeats a request that the server could not answer, as its problem says.
async fn repeated(request: &Request) -> Reply {
    loop {
        let reply = request.clone().send().await;
        if reply.status != 503 {
            return reply;
        }
    }
}

/// While the database can be asked, the caller is told the truth and does not have to repeat anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outcome_is_looked_up() {
    let (proxy, server) = behind_proxy();
    for (n, cut) in Cut::ALL.into_iter().cycle().take(12).enumerate() {
        let name = format!("round-{n}-end");
        let create = server.post(PATH).json(json!({ "name": name }));
        proxy.cut(cut);
        let reply = create.send().await;
        eventually("the connection was cut", || async { proxy.cuts() > n }).await;
        assert_eq!(reply.status, 201, "{cut:?}: {reply}");
        assert_eq!(count(&server, &name).await, 1, "{cut:?}");
    }
    server.deployment().ledger().await.assert_gapless().await;
}

/// While it cannot be asked, nobody is told what is not known, and a repetition takes effect once.
async fn the_outcome_stays_unknown(cut: Cut) {
    let (proxy, server) = behind_proxy();
    let create = server.post(PATH).key("k").json(json!({ "name": "Acme" }));
    proxy.cut_and_refuse(cut);
    let mut refused = create.clone().send().await;
    for _ in 0..20 {
        if refused["code"] != "unavailable" {
            break;
        }
        // It was a heartbeat of the server that was cut, and the request was not begun.
        proxy.let_in();
        proxy.cut_and_refuse(cut);
        refused = create.clone().send().await;
    }
    assert_eq!((refused.status, &refused["code"]), (503, &json!("outcome_unknown")), "{refused}");
    refused.assert_problem(&server.url);
    assert!(refused.header("retry-after").is_some());
    proxy.let_in();
    let made = repeated(&create).await.expect(201);
    assert_eq!(made.is_replayed(), cut == Cut::After, "{made}");
    assert_eq!(count(&server, "Acme").await, 1);
    assert!(create.send().await.expect(201).is_replayed());
    server.deployment().ledger().await.assert_gapless().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_when_it_was_carried_out() {
    the_outcome_stays_unknown(Cut::After).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_when_it_never_arrived() {
    the_outcome_stays_unknown(Cut::Before).await;
}

/// Connections are lost while whole batches commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_under_load() {
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let (proxy, server) = behind_proxy();
    let load = Load::start(&server, seed);
    for n in 0..rounds(15) {
        load.progress(random.random_range(1..30)).await;
        proxy.cut(Cut::ALL[random.random_range(0..3)]);
        eventually("the connection was cut", || async { proxy.cuts() > n }).await;
    }
    load.progress(20).await;
    let record = load.finish().await;
    record.check(&server).await;
}
