//! What is kept in spaces, as fields of them.

pub mod across;
pub mod contracts;
pub mod issues;
pub mod products;
pub mod quality;
