//! A rebuild that is killed.

use std::io::{BufRead, BufReader};

use projections::PROJECTION_SET;

use crate::server::{Deployment, mix, on_both};

on_both! {
    killed_at_any_step_it_leaves_whole_tables
    older_folds_are_replaced_at_the_start
}

async fn killed_at_any_step_it_leaves_whole_tables(deployment: Deployment) {
    let server = deployment.serve().await;
    let id = mix(&server).await;
    for n in 0..50 {
        server.rename(&id, &format!("Name {n}")).await;
    }
    server.kill();
    for step in ["folding", "completing", "swapping"] {
        let mut rebuild = deployment.start("rebuild");
        let lines = BufReader::new(rebuild.stderr.take().expect("its progress")).lines();
        let reached = lines.map_while(Result::ok).any(|line| line.starts_with(step));
        rebuild.kill().expect("killed");
        rebuild.wait().expect("ended");
        assert!(reached, "it never came to {step}");
        deployment.assert_clean().await;
        let server = deployment.serve().await;
        server.rename(&id, step).await;
        deployment.assert_clean().await;
        server.kill();
    }
    deployment.rebuild().await;
    deployment.assert_clean().await;
    let leftovers = if deployment.is_postgres() {
        "SELECT count(*) FROM pg_namespace WHERE nspname IN ('tenantry_rebuild', 'tenantry_verify')"
    } else {
        "SELECT count(*) FROM sqlite_master WHERE name LIKE 'rebuild%'"
    };
    assert_eq!(deployment.sql(leftovers).await.trim(), "0");
}

async fn older_folds_are_replaced_at_the_start(deployment: Deployment) {
    let server = deployment.serve().await;
    mix(&server).await;
    server.kill();
    deployment.sql("UPDATE organizations SET name = 'As an older fold wrote it'").await;
    deployment.sql("UPDATE ledger SET projection_set = 0").await;
    let server = deployment.serve().await;
    deployment.assert_clean().await;
    assert_eq!(deployment.sql("SELECT projection_set FROM ledger").await.trim(), PROJECTION_SET.to_string());
    server.create("Another").await;
    deployment.assert_clean().await;
}
