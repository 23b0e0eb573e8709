//! The API from outside: the real binary over SQLite and over PostgreSQL. Modules mirror the routes.

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod classic;
mod conventions;
mod documents;
mod nodes;
mod operations;
mod organizations;
