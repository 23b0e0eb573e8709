//! Commands on contracts.

use aggregates::{
    catalog::{
        CatalogCommand,
        contract::{Contract, ContractCommand, ContractError},
        product::Product,
    },
    ids::{ContractId, ProductId, SpaceId},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::writing;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::catalog::contracts::{ContractView, NamedContract},
};

#[derive(Debug, Clone)]
pub struct CreateContract {
    pub space: SpaceId,
    pub name: String,
    pub description: Option<String>,
    pub producer: ProductId,
    pub consumer: ProductId,
    pub expires_at: Option<DateTime<Utc>>,
}

impl Command for CreateContract {
    type View = ContractView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { space, producer, consumer, expires_at, .. } = *self;
        let organization = work.writing_in_space(space).await?.aggregate.organization();
        offered(work, space, producer, ContractError::NoProducer).await?;
        offered(work, space, consumer, ContractError::NoConsumer).await?;
        let contract = ContractId::new(Uuid::now_v7());
        work.begin::<Contract>(contract.uuid());
        let (name, description) = (self.name.clone(), self.description.clone());
        let command = ContractCommand::Create { space, name, description, producer, consumer, expires_at };
        work.handle::<Contract>(contract.uuid(), CatalogCommand { organization, command }).await?;
        Ok(NamedContract { space, contract, producer, consumer })
    }
}

/// What is done to a contract.
#[derive(Debug, Clone)]
pub struct ChangeContract {
    pub contract: ContractId,
    pub change: ContractChange,
}

#[derive(Debug, Clone)]
pub enum ContractChange {
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        description: Option<Option<String>>,
        expires_at: Option<Option<DateTime<Utc>>>,
    },
    Activate,
    Deprecate,
    Archive,
}

impl Command for ChangeContract {
    type View = ContractView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let command = match self.change.clone() {
            ContractChange::Update { name, description, expires_at } => {
                ContractCommand::Update { name, description, expires_at }
            }
            ContractChange::Activate => ContractCommand::Activate,
            ContractChange::Deprecate => ContractCommand::Deprecate,
            ContractChange::Archive => ContractCommand::Archive,
        };
        change(work, self.contract, command).await
    }
}

/// Records that the time of a contract has passed, by the clock.
#[derive(Debug, Clone)]
pub struct ExpireContract {
    pub contract: ContractId,
}

impl Command for ExpireContract {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.operate()?;
        change(work, self.contract, ContractCommand::Expire).await.map(drop)
    }
}

async fn change(
    work: &mut UnitOfWork<'_>,
    contract: ContractId,
    command: ContractCommand,
) -> Result<NamedContract, Error> {
    let found = work.load::<Contract>(contract.uuid()).await?;
    let (space, products) = (found.space(), found.products());
    let (space, organization) = writing(work, space, ContractError::NotFound).await?;
    let (producer, consumer) = products.ok_or(ContractError::NotFound)?;
    work.handle::<Contract>(contract.uuid(), CatalogCommand { organization, command }).await?;
    Ok(NamedContract { space, contract, producer, consumer })
}

/// Refuses what is not a product of this space, or is archived.
async fn offered(
    work: &mut UnitOfWork<'_>,
    space: SpaceId,
    product: ProductId,
    otherwise: ContractError,
) -> Result<(), Error> {
    let found = work.watch::<Product>(product.uuid(), &["ProductArchived"]).await?;
    let is_offered = found.aggregate.space() == Some(space) && !found.aggregate.is_archived();
    if is_offered { Ok(()) } else { Err(otherwise.into()) }
}
