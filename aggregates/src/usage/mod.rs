//! What an organization's API keys were used for, hour by hour. The stream has the id of its organization.
//!
//! Uses are counted outside the ledger; one event an hour makes them part of it. A count that arrives after its hour was
//! recorded makes one more event of that hour: their numbers add up.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    Moment,
    belonging::Belonging,
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::{ApiKeyId, OrganizationId},
    refusal::refusal,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageCommand {
    /// What was counted in one hour, once for each key.
    Record { organization: OrganizationId, hour: DateTime<Utc>, keys: Vec<KeyUse> },
}

/// What one key was used for in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    pub key: ApiKeyId,
    /// Requests that it authenticated.
    pub requests: i64,
    /// How often it was verified for another caller.
    pub verifications: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageEvent {
    /// Numbers of one hour, to be added to those of earlier events of the same hour.
    UsageRecorded {
        organization: OrganizationId,
        /// When the hour began.
        hour: DateTime<Utc>,
        keys: Vec<KeyUse>,
        /// The sum over the keys.
        requests: i64,
        /// The sum over the keys.
        verifications: i64,
    },
}

event_types! {
    UsageEvent {
        UsageRecorded = "UsageRecorded",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UsageError {
    #[error("An hour begins at a whole hour")]
    NotAnHour,
    #[error("Only an hour that is over is recorded")]
    NotOver,
    #[error("A count is not negative, and has its key once")]
    NotACount,
}

refusal! {
    UsageError {
        // Nobody but the product itself records use.
        Self::NotAnHour | Self::NotOver | Self::NotACount => "internal",
    }
}

/// It knows nothing of what was recorded: whether a count was recorded already is told by the buffer that it is taken
/// out of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage;

/// The beginning of the hour that a moment lies in.
pub fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = at.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(HOUR_SECS), 0).unwrap_or(at)
}

const HOUR_SECS: i64 = 3600;

impl Decide for Usage {
    fn decide(&self, command: UsageCommand, Moment { now }: Moment) -> Result<Vec<UsageEvent>, UsageError> {
        let UsageCommand::Record { organization, hour, mut keys } = command;
        if hour_of(hour) != hour {
            return Err(UsageError::NotAnHour);
        }
        if now.timestamp() < hour.timestamp().saturating_add(HOUR_SECS) {
            return Err(UsageError::NotOver);
        }
        keys.sort_unstable_by_key(|used| used.key);
        let twice = keys.windows(2).any(|pair| matches!(pair, [a, b] if a.key == b.key));
        if twice || keys.iter().any(|used| used.requests < 0 || used.verifications < 0) {
            return Err(UsageError::NotACount);
        }
        keys.retain(|used| used.requests > 0 || used.verifications > 0);
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let sum = |count: fn(&KeyUse) -> i64| keys.iter().map(count).fold(0, i64::saturating_add);
        let (requests, verifications) = (sum(|used| used.requests), sum(|used| used.verifications));
        Ok(vec![UsageEvent::UsageRecorded { organization, hour, keys, requests, verifications }])
    }
}

impl Belonging for Usage {
    fn belongs_to(&self, _: Uuid, command: &UsageCommand) -> Option<OrganizationId> {
        let UsageCommand::Record { organization, .. } = command;
        Some(*organization)
    }
}

impl Aggregate for Usage {
    const TYPE: &'static str = "usage";
    type Command = UsageCommand;
    type Event = UsageEvent;
    type Error = UsageError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: UsageEvent) {
        match event {
            UsageEvent::UsageRecorded { .. } => {}
        }
    }
}
