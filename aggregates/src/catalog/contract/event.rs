//! What can happen to a contract.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    event_types::event_types,
    ids::{ProductId, SpaceId},
};

/// How far a contract is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractStatus {
    Draft,
    Active,
    /// Its time has passed.
    Expired,
    /// It was given up.
    Deprecated,
}

impl ContractStatus {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Active, Self::Expired, Self::Deprecated];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Deprecated => "deprecated",
        }
    }

    /// What it is at a time: that a contract expires need not have been recorded.
    pub fn at(self, now: DateTime<Utc>, expires_at: Option<DateTime<Utc>>) -> Self {
        match self {
            Self::Active if expires_at.is_some_and(|at| at <= now) => Self::Expired,
            status => status,
        }
    }
}

impl FromStr for ContractStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContractEvent {
    /// As a draft.
    ContractCreated {
        space: SpaceId,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        producer: ProductId,
        consumer: ProductId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<DateTime<Utc>>,
    },
    ContractUpdated {
        space: SpaceId,
        changes: ContractChanges,
    },
    ContractActivated {
        space: SpaceId,
    },
    ContractDeprecated {
        space: SpaceId,
    },
    /// The clock did it.
    ContractExpired {
        space: SpaceId,
    },
    /// It stays in its status.
    ContractArchived {
        space: SpaceId,
        /// Whether it was active until then.
        active: bool,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContractChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Change<Option<DateTime<Utc>>>>,
}

event_types! {
    ContractEvent {
        ContractCreated = "ContractCreated",
        ContractUpdated = "ContractUpdated",
        ContractActivated = "ContractActivated",
        ContractDeprecated = "ContractDeprecated",
        ContractExpired = "ContractExpired",
        ContractArchived = "ContractArchived",
    }
}
