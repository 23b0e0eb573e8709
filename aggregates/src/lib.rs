//! The write model: commands, events and the rules between them.
//!
//! Everything here is pure. An aggregate is rebuilt from its events, decides on a command and emits new
//! events; it never reads a clock, a database or a random number generator. What it needs of the outside
//! (the time of the decision, new ids) arrives in the command or in [`Moment`].

pub mod api_key;
pub mod authorization;
pub mod belonging;
pub mod catalog;
pub mod change;
pub mod claim;
pub mod codes;
pub mod decide;
pub mod email;
pub mod event;
mod event_types;
pub mod ids;
pub mod metadata;
pub mod name;
pub mod network;
pub mod organization;
pub mod personal;
pub mod project;
pub mod refusal;
pub mod session;
pub mod slug;
pub mod space;
pub mod status;
pub mod team;
pub mod usage;
pub mod user;
pub mod workspace;

use chrono::{DateTime, Utc};

/// When a command is decided. It is the only service that aggregates get.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time of the decision, UTC.
    pub now: DateTime<Utc>,
}
