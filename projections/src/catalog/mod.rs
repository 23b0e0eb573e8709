//! What is kept in spaces.

pub mod products;
