//! A rebuild while the server works.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::Value;

use crate::server::{Deployment, mix, on_both};

on_both! {
    no_request_fails_while_the_tables_are_swapped
}

async fn no_request_fails_while_the_tables_are_swapped(deployment: Deployment) {
    let server = Arc::new(deployment.serve().await);
    mix(&server).await;
    let stop = Arc::new(AtomicBool::new(false));
    let served = Arc::new(AtomicUsize::new(0));
    let mut clients = Vec::new();
    for client in 0..8 {
        let (server, stop, served) = (Arc::clone(&server), Arc::clone(&stop), Arc::clone(&served));
        clients.push(tokio::spawn(async move {
            let id = server.create(&format!("Client {client}")).await;
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let name = format!("Client {client} for the {n}th time");
                assert_eq!(server.rename(&id, &name).await["name"], name.as_str());
                let (status, body) = server.send("GET", &format!("/{id}"), Value::Null).await;
                assert_eq!((status, &body["name"]), (200, &Value::from(name)), "a read is behind its own write");
                let (status, list) = server.send("GET", "", Value::Null).await;
                assert_eq!(status, 200, "{list}");
                served.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for _ in 0..3 {
        let before = served.load(Ordering::Relaxed);
        deployment.rebuild().await;
        while served.load(Ordering::Relaxed) <= before {
            assert!(clients.iter().all(|client| !client.is_finished()), "a client has failed");
            tokio::task::yield_now().await;
        }
    }
    deployment.assert_clean().await;
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no request failed");
    }
    deployment.assert_clean().await;
    assert_eq!(deployment.sql("SELECT generation FROM ledger").await.trim(), "3");
}
