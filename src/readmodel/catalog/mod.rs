//! What is kept in spaces, as those who may see the space see it.

pub mod issues;
pub mod products;
pub mod quality;
