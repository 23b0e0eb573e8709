//! What is kept in spaces, as fields of them.

pub mod contracts;
pub mod products;
