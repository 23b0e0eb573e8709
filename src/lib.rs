//! Tenantry: the organizations backend of a multi-tenant product.

pub mod database;
pub mod ledger;
pub mod readmodel;
mod text;
