//! `tenantry projections` through the binary, on both databases.
#![expect(clippy::expect_used, reason = "a test says what it expected")]

mod postgres;
mod server;

mod corruption;
mod crash;
mod online;
mod schema;
