//! Tenantry: the organizations backend of a multi-tenant product.

pub mod billing;
pub mod cli;
pub mod commands;
pub mod config;
pub mod database;
mod graphql;
pub mod identity;
pub mod ledger;
pub mod readmodel;
pub mod replay;
pub mod rest;
pub mod schedule;
pub mod server;
mod text;
