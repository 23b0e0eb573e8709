//! `/graphql`, asked of a real server.

#![expect(clippy::expect_used, reason = "a test ends where something is not as expected")]

mod introspection;
mod limits;
mod organizations;
mod outages;
mod refusals;
mod server;
