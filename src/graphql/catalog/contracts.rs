//! Contracts of a space.

use aggregates::{authorization::Asker, catalog::contract, ids::SpaceId};
use async_graphql::{Context, Enum, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::products::ProductSummary;
use crate::{
    database,
    graphql::{
        connections::{Nodes, list, nodes},
        organizations::asked,
        scalars::Time,
        siblings::{Belonging, Newest},
        spaces::{Space, SpaceSummary},
    },
    readmodel::{
        Grouped, ReadModel,
        catalog::contracts::{ContractFilter, ContractView},
        spaces::SpaceReference,
    },
    web::Problem,
};

/// How far a contract is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "contract::ContractStatus")]
pub enum ContractStatus {
    Draft,
    Active,
    /// Its time has passed.
    Expired,
    /// It was given up.
    Deprecated,
}

/// An agreement between two products of a space.
#[derive(Debug, SimpleObject)]
pub struct Contract {
    /// A UUID, which `node` takes too.
    pub id: ID,
    space: SpaceSummary,
    name: String,
    description: Option<String>,
    /// The product that gives.
    producer: ProductSummary,
    /// The product that takes.
    consumer: ProductSummary,
    status: ContractStatus,
    /// Null when it never expires.
    expires_at: Option<Time>,
    /// Null while it is not archived.
    archived_at: Option<Time>,
    created_at: Time,
    updated_at: Time,
}

impl Contract {
    pub fn new(ContractView { space, contract, producer, consumer }: &ContractView, now: DateTime<Utc>) -> Self {
        Self {
            id: contract.id.uuid().into(),
            space: space.into(),
            name: contract.name.clone(),
            description: contract.description.clone(),
            producer: producer.into(),
            consumer: consumer.into(),
            status: contract.status_at(now).into(),
            expires_at: contract.expires_at.map(Time),
            archived_at: contract.archived_at.map(Time),
            created_at: Time(contract.created_at),
            updated_at: Time(contract.updated_at),
        }
    }
}

impl Belonging<SpaceId> for Newest<ContractFilter> {
    type Row = ContractView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[SpaceId],
    ) -> Result<Grouped<SpaceId, ContractView>, database::Error> {
        readmodel.contracts_of(asker, of, (&self.filter, Utc::now()), self.most).await
    }
}

/// What a list is asked for, in the words of REST.
pub(super) fn filters(
    status: Option<ContractStatus>,
    include_archived: Option<bool>,
) -> [(&'static str, Option<String>); 2] {
    let status = status.map(|status| contract::ContractStatus::from(status).as_str().to_owned());
    [("status", status), ("include_archived", include_archived.map(|flag| flag.to_string()))]
}

/// Those of a space.
pub async fn of(
    ctx: &Context<'_>,
    space: &Space,
    first: i32,
    after: Option<String>,
    status: Option<ContractStatus>,
    include_archived: Option<bool>,
) -> Result<Nodes<Contract>> {
    let ((app, asker), now) = (asked(ctx)?, Utc::now());
    let path = format!("/spaces/{}/contracts", space.space);
    let (filter, list) = list::<ContractFilter>(ctx, path, filters(status, include_archived), (first, after))?;
    let views = if list.goes_on() {
        let reference = SpaceReference::Id(space.space);
        let found = app.readmodel.contracts(asker, &reference, (&filter, now), list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        space.siblings.load(ctx, space.space, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &views, |view| view.contract.id.uuid(), |view| Contract::new(view, now)))
}
