//! What is kept in spaces.

pub mod contracts;
pub mod products;
