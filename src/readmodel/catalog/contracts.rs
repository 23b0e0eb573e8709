//! Contracts as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    catalog::contract::ContractStatus,
    ids::{ContractId, OrganizationId, ProductId, SpaceId},
};
use chrono::{DateTime, Utc};
use projections::{
    RowKeys, Rows,
    catalog::{contracts::ContractRow, products::ProductRow},
    row::One,
    spaces::SpaceRow,
};
use uuid::Uuid;

use super::products::ProductSummary;
use crate::{
    database::{self, Arg},
    readmodel::{
        Current, Error, Grouped, Listed, Paged, ReadModel, Versioned, View,
        columns::columns,
        organizations::{Page, Reference},
        spaces::{SpaceReference, SpaceSummary},
        within::{Conditions, Cut, Filter, Selected, Within},
    },
};

/// A contract with the space that it is in and the products that it is between.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractView {
    pub space: SpaceSummary,
    pub contract: ContractRow,
    pub producer: ProductSummary,
    pub consumer: ProductSummary,
}

/// What names a contract, with what is shown beside it.
#[derive(Debug, Clone, Copy)]
pub struct NamedContract {
    pub space: SpaceId,
    pub contract: ContractId,
    pub producer: ProductId,
    pub consumer: ProductId,
}

impl View for ContractView {
    type Of = NamedContract;

    fn rows(&NamedContract { space, contract, producer, consumer }: &Self::Of) -> RowKeys {
        RowKeys::of::<ContractRow>([(contract,)])
            .and::<SpaceRow>([(space,)])
            .and::<ProductRow>([(producer,), (consumer,)])
    }

    fn read(rows: &Rows, &NamedContract { space, contract, producer, consumer }: &Self::Of) -> Option<Self> {
        Some(Self {
            space: rows.spaces.get(&(space,))?.into(),
            contract: rows.contracts.get(&(contract,))?.clone(),
            producer: rows.products.get(&(producer,))?.into(),
            consumer: rows.products.get(&(consumer,))?.into(),
        })
    }

    fn current(rows: &Rows, of: &Self::Of) -> Current {
        Current::of::<ContractRow>(rows, &(of.contract,))
    }
}

impl Versioned for ContractView {
    fn version(&self) -> i64 {
        self.contract.version
    }
}

impl Paged for ContractView {
    fn id(&self) -> Uuid {
        self.contract.id.uuid()
    }
}

impl Selected for ContractView {
    type Parts = (SpaceSummary, ContractRow, ProductSummary, ProductSummary);
    const JOINS: &str = "LEFT JOIN products a ON a.id = c.producer_id LEFT JOIN products b ON b.id = c.consumer_id";

    fn columns() -> String {
        let (producer, consumer) = (ProductSummary::columns("a"), ProductSummary::columns("b"));
        format!("{}, {}, {producer}, {consumer}", SpaceSummary::COLUMNS, columns::<ContractRow>("c"))
    }

    fn new((space, contract, producer, consumer): Self::Parts) -> Self {
        Self { space, contract, producer, consumer }
    }
}

/// Which contracts a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ContractFilter {
    pub status: Option<ContractStatus>,
    /// Whether those that are archived are shown as well.
    pub include_archived: bool,
}

/// Those that a filter means at a time.
#[derive(Debug, Clone, Copy)]
struct At<'a>(&'a ContractFilter, DateTime<Utc>);

/// The rule of [`ContractRow::status_at`]: that a contract expires need not have been recorded.
impl Filter for At<'_> {
    fn narrow(&self, contracts: &mut Conditions<'_>) {
        let Self(ContractFilter { status, include_archived }, now) = self;
        let [recorded, end] = ["status", "expires_at"].map(|name| contracts.column(name));
        match status {
            None => {}
            Some(ContractStatus::Active) => {
                contracts.with(&format!("{recorded} = 'active' AND ({end} IS NULL OR {end} > ?)"), now);
            }
            Some(ContractStatus::Expired) => {
                contracts.with(&format!("({recorded} = 'active' AND {end} <= ? OR {recorded} = 'expired')"), now);
            }
            Some(status) => contracts.with(&format!("{recorded} = ?"), status),
        }
        if !include_archived {
            let archived_at = contracts.column("archived_at");
            contracts.and(&format!("{archived_at} IS NULL"));
        }
    }
}

static CONTRACTS: LazyLock<Within<ContractView, SpaceId>> =
    LazyLock::new(|| Within::spaces("contracts c", Permission::CatalogRead));

impl ReadModel {
    /// One contract; none where the asker may not know of it.
    pub async fn contract(&self, asker: Asker, id: ContractId) -> Result<Option<ContractView>, Error> {
        CONTRACTS.by_id(self, asker, &id).await
    }

    /// One contract, whatever space has it; none where the asker may not read it.
    pub async fn contract_anywhere(
        &self,
        asker: Asker,
        id: ContractId,
    ) -> Result<Option<ContractView>, database::Error> {
        CONTRACTS.anywhere(self, asker, &id).await
    }

    /// A space's contracts, with the status that they have at a time.
    pub async fn contracts(
        &self,
        asker: Asker,
        space: &SpaceReference,
        (filter, now): (&ContractFilter, DateTime<Utc>),
        page: Page,
        count: bool,
    ) -> Result<Listed<ContractView>, Error> {
        CONTRACTS.page(self, asker, space, &At(filter, now), page, count).await
    }

    /// The newest contracts of each space, at most so many.
    pub async fn contracts_of(
        &self,
        asker: Asker,
        spaces: &[SpaceId],
        (filter, now): (&ContractFilter, DateTime<Utc>),
        most: i64,
    ) -> Result<Grouped<SpaceId, ContractView>, database::Error> {
        CONTRACTS.of_each(self, asker, spaces, &At(filter, now), most).await
    }

    /// Active contracts whose time has passed and of which that is not recorded, each with its end. Where nothing is
    /// written, that waits.
    pub async fn contracts_to_expire(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(ContractId, DateTime<Utc>)>, database::Error> {
        let sql = "SELECT c.id, c.expires_at FROM contracts c \
                   JOIN spaces s ON s.id = c.space_id AND s.archived_at IS NULL \
                   LEFT JOIN organizations o ON o.id = s.organization_id \
                   WHERE c.status = 'active' AND c.archived_at IS NULL AND c.expires_at <= $1 \
                   AND (s.organization_id IS NULL OR o.status <> 'deleted') ORDER BY c.expires_at LIMIT $2";
        let found: Vec<(One<ContractId>, One<DateTime<Utc>>)> =
            self.database.fetch(sql, &[Arg::from(&now), limit.into()]).await?;
        Ok(found.into_iter().map(|(One(id), One(at))| (id, at)).collect())
    }

    /// The contracts of an organization's spaces, as they are at a time.
    pub async fn contracts_across(
        &self,
        asker: Asker,
        organization: &Reference,
        (filter, now): (&ContractFilter, DateTime<Utc>),
        cut: Cut,
    ) -> Result<Listed<ContractView>, Error> {
        CONTRACTS.across(self, asker, organization, &At(filter, now), cut).await
    }

    /// The newest contracts of each organization's spaces, at most so many.
    pub async fn contracts_across_each(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        (filter, now): (&ContractFilter, DateTime<Utc>),
        most: i64,
    ) -> Result<Grouped<OrganizationId, ContractView>, database::Error> {
        CONTRACTS.across_each(self, asker, organizations, &At(filter, now), most).await
    }
}
