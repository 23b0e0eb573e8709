//! PostgreSQL loses its sessions, or is restarted, while the server goes on.

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{load::Load, rounds, seed};
use crate::support::{Deployment, Server, postgres::Cluster};

async fn under_load(cluster: Cluster, times: usize, disturb: impl Fn(&Cluster, &str)) {
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let deployment = Deployment::on(&cluster.create_database());
    let database =
        deployment.database_url.trim_start_matches("postgres:///").split('?').next().expect("a name").to_owned();
    let server = Server::over(&deployment);
    let load = Load::start(&server, seed);
    for _ in 0..times {
        load.progress(random.random_range(1..80)).await;
        tokio::task::block_in_place(|| disturb(&cluster, &database));
    }
    // It recovers by itself: the writers get on.
    load.progress(50).await;
    let record = load.finish().await;
    println!("{} deeds, {} of them acknowledged", record.deeds.len(), record.acknowledged());
    record.check(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn sessions_are_terminated() {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE application_name LIKE 'tenantry%' AND datname = current_database()";
    under_load(Cluster::new(), rounds(15), |cluster, database| {
        let terminated = cluster.psql(database, sql);
        assert_ne!(terminated, "0", "no session has the name");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn the_writing_session_is_terminated() {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE application_name = 'tenantry-writer' AND datname = current_database()";
    under_load(Cluster::new(), rounds(15), |cluster, database| drop(cluster.psql(database, sql))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn the_database_is_restarted() {
    under_load(Cluster::new(), rounds(3), |cluster, _| {
        cluster.stop();
        cluster.start();
    })
    .await;
}
