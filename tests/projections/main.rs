//! `tenantry projections` through the binary, on both databases.

mod postgres;
mod server;

mod corruption;
mod crash;
mod online;
mod schema;
