//! `/graphql`, asked of a real server.

#![expect(clippy::expect_used, reason = "a test ends where something is not as expected")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod api_keys;
mod graph;
mod introspection;
mod limits;
mod organizations;
mod outages;
mod people;
mod projects;
mod refusals;
mod server;
mod usage;
