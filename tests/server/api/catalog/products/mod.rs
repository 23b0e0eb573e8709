//! `/api/v1/spaces/{space}/products` and `/api/v1/products/{id}`.

mod access;
pub mod conventions;
mod create;
mod life;
mod list;
