//! The quality check: a rule that a product is measured by, and how that went.

mod results;
#[cfg(test)]
mod tests;
mod words;

use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use self::results::Results;
pub use self::{
    results::KEPT,
    words::{Measured, Outcome, Severity},
};
use super::CatalogCommand;
use crate::{
    Moment,
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::{OrganizationId, ProductId, QualityResultId, SpaceId, UserId},
    refusal::refusal,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QualityCheckCommand {
    Create {
        space: SpaceId,
        /// What it measures, in the same space.
        product: ProductId,
        name: String,
        description: Option<String>,
        severity: Severity,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        description: Option<Option<String>>,
        severity: Option<Severity>,
    },
    Archive,
    RecordResult {
        id: QualityResultId,
        outcome: Outcome,
        value: Option<Measured>,
        recorded_by: UserId,
    },
    IgnoreResult {
        number: i64,
    },
}

/// The result of a check that counts: the latest that is not ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub number: i64,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum QualityCheckEvent {
    QualityCheckCreated {
        space: SpaceId,
        product: ProductId,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        severity: Severity,
    },
    QualityCheckUpdated {
        space: SpaceId,
        product: ProductId,
        changes: QualityCheckChanges,
    },
    QualityCheckArchived {
        space: SpaceId,
        product: ProductId,
    },
    QualityResultRecorded {
        space: SpaceId,
        product: ProductId,
        id: QualityResultId,
        number: i64,
        outcome: Outcome,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Measured>,
        recorded_by: UserId,
        counts: Change<Option<Counts>>,
    },
    QualityResultIgnored {
        space: SpaceId,
        product: ProductId,
        number: i64,
        counts: Change<Option<Counts>>,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QualityCheckChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Change<Severity>>,
}

event_types! {
    QualityCheckEvent {
        QualityCheckCreated = "QualityCheckCreated",
        QualityCheckUpdated = "QualityCheckUpdated",
        QualityCheckArchived = "QualityCheckArchived",
        QualityResultRecorded = "QualityResultRecorded",
        QualityResultIgnored = "QualityResultIgnored",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QualityCheckError {
    #[error("Quality check not found")]
    NotFound,
    #[error("This quality check exists already")]
    AlreadyExists,
    #[error("This quality check is archived")]
    Archived,
    #[error("is not a product of the space")]
    ProductElsewhere,
    #[error("Result not found")]
    ResultNotFound,
    #[error("This result is ignored already")]
    ResultIgnored,
    #[error("Only the newest {KEPT} results that count are still known, and one of them stays")]
    ResultTooOld,
}

refusal! {
    QualityCheckError {
        Self::NotFound => "quality_check_not_found",
        Self::AlreadyExists => "already_exists",
        Self::Archived => "quality_check_archived",
        Self::ProductElsewhere => "invalid" at "/product_id",
        Self::ResultNotFound => "quality_result_not_found",
        Self::ResultIgnored => "result_ignored",
        Self::ResultTooOld => "result_too_old",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QualityCheck {
    profile: Option<Profile>,
    results: Results,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    space: SpaceId,
    product: ProductId,
    name: String,
    description: Option<String>,
    severity: Severity,
    archived: bool,
}

impl QualityCheck {
    pub fn space(&self) -> Option<SpaceId> {
        self.profile.as_ref().map(|profile| profile.space)
    }

    /// The number of the next result.
    pub fn next_result(&self) -> i64 {
        self.results.next()
    }
}

impl Decide for QualityCheck {
    fn decide(
        &self,
        CatalogCommand { command, .. }: CatalogCommand<QualityCheckCommand>,
        _: Moment,
    ) -> Result<Vec<QualityCheckEvent>, QualityCheckError> {
        if let QualityCheckCommand::Create { space, product, name, description, severity } = command {
            return match self.profile {
                Some(_) => Err(QualityCheckError::AlreadyExists),
                None => {
                    Ok(vec![QualityCheckEvent::QualityCheckCreated { space, product, name, description, severity }])
                }
            };
        }
        let profile = self.profile.as_ref().ok_or(QualityCheckError::NotFound)?;
        let (space, product, from) = (profile.space, profile.product, self.results.counts());
        if profile.archived {
            return Err(QualityCheckError::Archived);
        }
        Ok(match command {
            QualityCheckCommand::Create { .. } => vec![],
            QualityCheckCommand::Update { name, description, severity } => {
                let changes = QualityCheckChanges {
                    name: Change::wanted(&profile.name, name),
                    description: Change::wanted(&profile.description, description),
                    severity: Change::wanted(&profile.severity, severity),
                };
                changed(changes, |changes| QualityCheckEvent::QualityCheckUpdated { space, product, changes })
            }
            QualityCheckCommand::Archive => vec![QualityCheckEvent::QualityCheckArchived { space, product }],
            QualityCheckCommand::RecordResult { id, outcome, value, recorded_by } => {
                let number = self.results.next();
                let counts = Change { from, to: Some(Counts { number, outcome }) };
                vec![QualityCheckEvent::QualityResultRecorded {
                    space,
                    product,
                    id,
                    number,
                    outcome,
                    value,
                    recorded_by,
                    counts,
                }]
            }
            QualityCheckCommand::IgnoreResult { number } => {
                let counts = Change { from, to: self.results.without(number)? };
                vec![QualityCheckEvent::QualityResultIgnored { space, product, number, counts }]
            }
        })
    }
}

impl Belonging for QualityCheck {
    fn belongs_to(&self, _: Uuid, command: &CatalogCommand<QualityCheckCommand>) -> Option<OrganizationId> {
        command.organization
    }
}

impl Aggregate for QualityCheck {
    const TYPE: &'static str = "quality_check";
    type Command = CatalogCommand<QualityCheckCommand>;
    type Event = QualityCheckEvent;
    type Error = QualityCheckError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: QualityCheckEvent) {
        if let QualityCheckEvent::QualityCheckCreated { space, product, name, description, severity } = event {
            self.profile = Some(Profile { space, product, name, description, severity, archived: false });
            return;
        }
        let Some(profile) = &mut self.profile else { return };
        match event {
            QualityCheckEvent::QualityCheckCreated { .. } => {}
            QualityCheckEvent::QualityCheckUpdated { changes, .. } => {
                changes.name.apply(&mut profile.name);
                changes.description.apply(&mut profile.description);
                changes.severity.apply(&mut profile.severity);
            }
            QualityCheckEvent::QualityCheckArchived { .. } => profile.archived = true,
            QualityCheckEvent::QualityResultRecorded { number, outcome, .. } => self.results.record(number, outcome),
            QualityCheckEvent::QualityResultIgnored { number, .. } => self.results.ignore(number),
        }
    }
}
