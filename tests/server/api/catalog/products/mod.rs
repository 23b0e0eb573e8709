//! `/api/v1/spaces/{space}/products` and `/api/v1/products/{id}`.

pub mod conventions;
mod create;
