//! The contract: an agreement between two products of one space.

mod event;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

pub use self::event::{ContractChanges, ContractEvent, ContractStatus};
use super::CatalogCommand;
use crate::{
    Moment,
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    ids::{OrganizationId, ProductId, SpaceId},
    refusal::refusal,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContractCommand {
    Create {
        space: SpaceId,
        name: String,
        description: Option<String>,
        producer: ProductId,
        consumer: ProductId,
        expires_at: Option<DateTime<Utc>>,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        description: Option<Option<String>>,
        expires_at: Option<Option<DateTime<Utc>>>,
    },
    /// From a draft.
    Activate,
    Deprecate,
    /// Records that its time has passed.
    Expire,
    Archive,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContractError {
    #[error("Contract not found")]
    NotFound,
    #[error("This contract exists already")]
    AlreadyExists,
    #[error("This contract is archived")]
    Archived,
    #[error("Only a draft can be activated")]
    NotDraft,
    #[error("This contract is not active")]
    NotActive,
    #[error("The time of this contract has passed, or it is deprecated")]
    Over,
    #[error("must be in the future")]
    ExpiryInPast,
    #[error("must be a product of this space that is not archived")]
    NoProducer,
    #[error("must be a product of this space that is not archived")]
    NoConsumer,
    #[error("must be another product than the producer")]
    WithItself,
}

refusal! {
    ContractError {
        Self::NotFound => "contract_not_found",
        Self::AlreadyExists => "already_exists",
        Self::Archived => "contract_archived",
        Self::NotDraft => "contract_not_draft",
        Self::NotActive => "contract_not_active",
        Self::Over => "contract_over",
        Self::ExpiryInPast => "invalid" at "/expires_at",
        Self::NoProducer => "invalid" at "/producer_id",
        Self::NoConsumer | Self::WithItself => "invalid" at "/consumer_id",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contract {
    profile: Option<Profile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    space: SpaceId,
    name: String,
    description: Option<String>,
    producer: ProductId,
    consumer: ProductId,
    /// As it was recorded.
    status: ContractStatus,
    expires_at: Option<DateTime<Utc>>,
    archived: bool,
}

impl Contract {
    /// The space that it is in.
    pub fn space(&self) -> Option<SpaceId> {
        self.profile.as_ref().map(|profile| profile.space)
    }

    /// The producer and the consumer.
    pub fn products(&self) -> Option<(ProductId, ProductId)> {
        self.profile.as_ref().map(|profile| (profile.producer, profile.consumer))
    }
}

impl Profile {
    fn status_at(&self, now: DateTime<Utc>) -> ContractStatus {
        self.status.at(now, self.expires_at)
    }

    /// What the clock did to it and was not recorded yet.
    fn expired(&self, now: DateTime<Utc>) -> Vec<ContractEvent> {
        if self.status_at(now) == self.status {
            vec![]
        } else {
            vec![ContractEvent::ContractExpired { space: self.space }]
        }
    }
}

fn in_future(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), ContractError> {
    if expires_at.is_some_and(|at| at <= now) { Err(ContractError::ExpiryInPast) } else { Ok(()) }
}

impl Decide for Contract {
    fn decide(
        &self,
        CatalogCommand { command, .. }: CatalogCommand<ContractCommand>,
        Moment { now }: Moment,
    ) -> Result<Vec<ContractEvent>, ContractError> {
        use ContractEvent as Event;
        if let ContractCommand::Create { space, name, description, producer, consumer, expires_at } = command {
            if self.profile.is_some() {
                return Err(ContractError::AlreadyExists);
            }
            if producer == consumer {
                return Err(ContractError::WithItself);
            }
            in_future(expires_at, now)?;
            return Ok(vec![Event::ContractCreated { space, name, description, producer, consumer, expires_at }]);
        }
        let profile = self.profile.as_ref().ok_or(ContractError::NotFound)?;
        let (space, status) = (profile.space, profile.status_at(now));
        if profile.archived {
            return Err(ContractError::Archived);
        }
        let is_over = matches!(status, ContractStatus::Expired | ContractStatus::Deprecated);
        Ok(match command {
            ContractCommand::Update { .. } if is_over => return Err(ContractError::Over),
            ContractCommand::Update { name, description, expires_at } => {
                let changes = ContractChanges {
                    name: Change::wanted(&profile.name, name),
                    description: Change::wanted(&profile.description, description),
                    expires_at: Change::wanted(&profile.expires_at, expires_at),
                };
                in_future(changes.expires_at.and_then(|change| change.to), now)?;
                changed(changes, |changes| Event::ContractUpdated { space, changes })
            }
            ContractCommand::Activate if status != ContractStatus::Draft => return Err(ContractError::NotDraft),
            ContractCommand::Activate if profile.expires_at.is_some_and(|at| at <= now) => {
                return Err(ContractError::Over);
            }
            ContractCommand::Activate => vec![Event::ContractActivated { space }],
            ContractCommand::Deprecate if status != ContractStatus::Active => return Err(ContractError::NotActive),
            ContractCommand::Deprecate => vec![Event::ContractDeprecated { space }],
            ContractCommand::Expire => profile.expired(now),
            ContractCommand::Archive => {
                let mut events = profile.expired(now);
                events.push(Event::ContractArchived { space, active: status == ContractStatus::Active });
                events
            }
            ContractCommand::Create { .. } => vec![],
        })
    }
}

impl Belonging for Contract {
    fn belongs_to(&self, _: Uuid, command: &CatalogCommand<ContractCommand>) -> Option<OrganizationId> {
        command.organization
    }
}

impl Aggregate for Contract {
    const TYPE: &'static str = "contract";
    type Command = CatalogCommand<ContractCommand>;
    type Event = ContractEvent;
    type Error = ContractError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: ContractEvent) {
        if let ContractEvent::ContractCreated { space, name, description, producer, consumer, expires_at } = event {
            let (status, archived) = (ContractStatus::Draft, false);
            self.profile = Some(Profile { space, name, description, producer, consumer, status, expires_at, archived });
            return;
        }
        let Some(profile) = &mut self.profile else { return };
        match event {
            ContractEvent::ContractCreated { .. } => {}
            ContractEvent::ContractUpdated { changes, .. } => {
                changes.name.apply(&mut profile.name);
                changes.description.apply(&mut profile.description);
                changes.expires_at.apply(&mut profile.expires_at);
            }
            ContractEvent::ContractActivated { .. } => profile.status = ContractStatus::Active,
            ContractEvent::ContractDeprecated { .. } => profile.status = ContractStatus::Deprecated,
            ContractEvent::ContractExpired { .. } => profile.status = ContractStatus::Expired,
            ContractEvent::ContractArchived { .. } => profile.archived = true,
        }
    }
}
