//! Tenantry: the organizations backend of a multi-tenant product.

pub mod billing;
pub mod cli;
pub mod commands;
pub mod config;
pub mod database;
mod documents;
mod graphql;
mod health;
pub mod identity;
pub mod ledger;
pub mod readmodel;
pub mod replay;
mod rest;
mod router;
pub mod schedule;
pub mod server;
mod text;
mod web;
