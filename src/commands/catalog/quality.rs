//! Commands on quality checks. Their space and their product are only read: what allows a command there is a condition of the
//! append.

use aggregates::{
    catalog::{
        CatalogCommand,
        quality_check::{Measured, Outcome, QualityCheck, QualityCheckCommand, QualityCheckError, Severity},
    },
    ids::{OrganizationId, ProductId, QualityCheckId, QualityResultId, SpaceId},
};
use uuid::Uuid;

use super::{has_product, responsible, writing};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::catalog::quality::{QualityCheckView, QualityResultView},
};

#[derive(Debug, Clone)]
pub struct CreateQualityCheck {
    pub space: SpaceId,
    pub product: ProductId,
    pub name: String,
    pub description: Option<String>,
    pub severity: Severity,
}

impl Command for CreateQualityCheck {
    type View = QualityCheckView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { space, product, name, description, severity } = self.clone();
        let organization = work.writing_in_space(space).await?.aggregate.organization();
        if !has_product(work, space, product).await? {
            return Err(QualityCheckError::ProductElsewhere.into());
        }
        let id = QualityCheckId::new(Uuid::now_v7());
        work.begin::<QualityCheck>(id.uuid());
        let create = QualityCheckCommand::Create { space, product, name, description, severity };
        handle(work, id, organization, create).await?;
        Ok((space, id))
    }
}

/// What is done to a check.
#[derive(Debug, Clone)]
pub struct ChangeQualityCheck {
    pub check: QualityCheckId,
    pub change: QualityCheckChange,
}

#[derive(Debug, Clone)]
pub enum QualityCheckChange {
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        description: Option<Option<String>>,
        severity: Option<Severity>,
    },
    Archive,
}

impl Command for ChangeQualityCheck {
    type View = QualityCheckView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (space, organization) = load(work, self.check).await?;
        let command = match self.change.clone() {
            QualityCheckChange::Update { name, description, severity } => {
                QualityCheckCommand::Update { name, description, severity }
            }
            QualityCheckChange::Archive => QualityCheckCommand::Archive,
        };
        handle(work, self.check, organization, command).await?;
        Ok((space, self.check))
    }
}

#[derive(Debug, Clone)]
pub struct RecordQualityResult {
    pub check: QualityCheckId,
    pub outcome: Outcome,
    pub value: Option<Measured>,
}

impl Command for RecordQualityResult {
    type View = QualityResultView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (_, organization) = load(work, self.check).await?;
        let number = work.load::<QualityCheck>(self.check.uuid()).await?.next_result();
        let record = QualityCheckCommand::RecordResult {
            id: QualityResultId::new(Uuid::now_v7()),
            outcome: self.outcome,
            value: self.value.clone(),
            recorded_by: responsible(work)?,
        };
        handle(work, self.check, organization, record).await?;
        Ok((self.check, number))
    }
}

/// Leaves a result out of what counts.
#[derive(Debug, Clone)]
pub struct IgnoreQualityResult {
    pub check: QualityCheckId,
    pub number: i64,
}

impl Command for IgnoreQualityResult {
    type View = QualityResultView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { check, number } = *self;
        let (_, organization) = load(work, check).await?;
        handle(work, check, organization, QualityCheckCommand::IgnoreResult { number }).await?;
        Ok((check, number))
    }
}

/// Loads a check to be changed. Answers its space with the organization of that.
async fn load(work: &mut UnitOfWork<'_>, id: QualityCheckId) -> Result<(SpaceId, Option<OrganizationId>), Error> {
    let space = work.load::<QualityCheck>(id.uuid()).await?.space();
    writing(work, space, QualityCheckError::NotFound).await
}

async fn handle(
    work: &mut UnitOfWork<'_>,
    id: QualityCheckId,
    organization: Option<OrganizationId>,
    command: QualityCheckCommand,
) -> Result<(), Error> {
    work.handle::<QualityCheck>(id.uuid(), CatalogCommand { organization, command }).await
}
