//! The harness of the black-box tests: the real binary over real databases.
//!
//! A test takes a [`Server`] that nobody else knows and asks it over HTTP:
//!
//! ```ignore
//! both!(creates_an_organization);
//!
//! async fn creates_an_organization(server: Server) {
//!     let acme = server.post("/api/v1/organizations").json(json!({ "name": "Acme" })).send().await.expect(201);
//!     assert_eq!(acme["slug"], "acme");
//! }
//! ```
//!
//! [`both!`](crate::both) runs it on SQLite and on PostgreSQL. More nodes over the same data come from
//! [`Server::another_node`], and [`Server::kill`] with [`Server::start_again`] is a crash.
#![allow(dead_code, unused_imports, unused_macros, reason = "each test binary uses its part of the harness")]
#![allow(clippy::expect_used, clippy::print_stderr, reason = "a test that panics has failed, and says why")]

pub mod client;
pub mod deployment;
pub mod ledger;
pub mod people;
pub mod postgres;
pub mod proxy;
#[macro_use]
pub mod resource;
pub mod schema;
pub mod server;
pub mod usage;

use std::{
    future::Future,
    time::{Duration, Instant},
};

pub use self::{
    client::{Reply, Request},
    deployment::{Deployment, Engine},
    ledger::Ledger,
    people::Person,
    server::{Program, Server},
    usage::Counted,
};

/// Runs each named test on a fresh server over SQLite and on one over PostgreSQL: `name::sqlite`, `name::postgres`.
#[macro_export]
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::support::Server::start($crate::support::Engine::Sqlite)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name($crate::support::Server::start($crate::support::Engine::Postgres)).await;
            }
        })*
    };
}

/// How long a condition may take to come true before its test fails. Generous: it is only used up by failures.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Waits until the condition holds.
///
/// # Panics
/// When it does not within [`DEADLINE`].
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < DEADLINE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Runs the futures at once and returns what came of them, in order.
pub async fn at_once<T: Send + 'static>(
    futures: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::with_capacity(tasks.len());
    for task in tasks {
        done.push(task.await.expect("a task that ends"));
    }
    done
}
