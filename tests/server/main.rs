//! The server from outside: the real binary over SQLite and over PostgreSQL.
//!
//! `cargo test --test server api::projects` runs what is under `tests/server/api/projects/`.
#![expect(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod access;
mod api;
mod crash;
mod documents;
mod graphql;
mod tour;
