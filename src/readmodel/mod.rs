//! The read model: storing folded rows, and the queries over them.

pub mod store;
