//! What is kept in spaces, as those who may see the space see it.

pub mod contracts;
pub mod issues;
pub mod products;
pub mod quality;
mod search;
