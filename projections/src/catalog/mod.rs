//! What is kept in spaces.

pub mod contracts;
pub mod issues;
pub mod products;
pub mod quality;
pub mod scores;
