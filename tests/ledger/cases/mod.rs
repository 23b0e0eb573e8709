//! What every database has to do alike.

pub mod batch;
pub mod checks;
pub mod claims;
pub mod contest;
pub mod heartbeats;
pub mod nodes;
pub mod order;
pub mod replay;
pub mod revocations;
pub mod sealing;
pub mod secret;
pub mod shared;
pub mod storage;
pub mod usage;
