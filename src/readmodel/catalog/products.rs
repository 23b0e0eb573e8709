//! Products as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    claim::ClaimKind,
    ids::{OrganizationId, ProductId, SpaceId},
};
use projections::{
    RowKeys, Rows,
    catalog::products::ProductRow,
    row::{Columns, Kind, One, Value, ValueError},
    spaces::SpaceRow,
};
use uuid::Uuid;

use crate::{
    database,
    readmodel::{
        Current, Error, Grouped, Listed, Paged, ReadModel, StatusFilter, Versioned, View,
        columns::columns,
        organizations::{Page, Reference, containing},
        spaces::{SpaceReference, SpaceSummary},
        within::{Conditions, Cut, Filter, Selected, Within},
    },
};

/// What is shown of a product beside what is about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSummary {
    pub id: ProductId,
    pub name: String,
    pub slug: String,
}

impl ProductSummary {
    /// The select list, of products that are called this.
    pub(super) fn columns(alias: &str) -> String {
        format!("{alias}.id, {alias}.name, {alias}.slug")
    }
}

impl From<&ProductRow> for ProductSummary {
    fn from(row: &ProductRow) -> Self {
        Self { id: row.id, name: row.name.clone(), slug: row.slug.clone() }
    }
}

impl Columns for ProductSummary {
    fn kinds(kinds: &mut Vec<Kind>) {
        <(One<ProductId>, One<String>, One<String>)>::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (One(id), One(name), One(slug)) = <(One<ProductId>, One<String>, One<String>)>::read(values)?;
        Ok(Self { id, name, slug })
    }
}

/// A product with the space that it is in.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductView {
    pub space: SpaceSummary,
    pub product: ProductRow,
}

impl View for ProductView {
    type Of = (SpaceId, ProductId);

    fn rows(&(space, id): &Self::Of) -> RowKeys {
        RowKeys::of::<ProductRow>([(id,)]).and::<SpaceRow>([(space,)])
    }

    fn read(rows: &Rows, &(space, id): &Self::Of) -> Option<Self> {
        let product = rows.products.get(&(id,))?.clone();
        Some(Self { space: rows.spaces.get(&(space,))?.into(), product })
    }

    fn current(rows: &Rows, &(_, id): &Self::Of) -> Current {
        Current::of::<ProductRow>(rows, &(id,))
    }
}

impl Versioned for ProductView {
    fn version(&self) -> i64 {
        self.product.version
    }
}

impl Paged for ProductView {
    fn id(&self) -> Uuid {
        self.product.id.uuid()
    }
}

impl Selected for ProductView {
    type Parts = (SpaceSummary, ProductRow);

    fn columns() -> String {
        format!("{}, {}", SpaceSummary::COLUMNS, columns::<ProductRow>("p"))
    }

    fn new((space, product): Self::Parts) -> Self {
        Self { space, product }
    }
}

/// Which products a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ProductFilter {
    pub status: StatusFilter,
    /// What name or slug have in them, in whatever case.
    pub search: Option<String>,
}

impl Filter for ProductFilter {
    fn narrow(&self, products: &mut Conditions<'_>) {
        self.status.narrow(products);
        if let Some(search) = &self.search {
            let condition = format!(r"{} LIKE ? ESCAPE '\'", products.column("search_text"));
            products.with(&condition, &containing(search));
        }
    }
}

pub(super) static PRODUCTS: LazyLock<Within<ProductView, SpaceId>> =
    LazyLock::new(|| Within::spaces("products p", Permission::CatalogRead).with_slugs(ClaimKind::ProductSlug));

impl ReadModel {
    /// One product; none where the asker may not know of it.
    pub async fn product(&self, asker: Asker, id: ProductId) -> Result<Option<ProductView>, Error> {
        PRODUCTS.by_id(self, asker, &id).await
    }

    /// One product, whatever space has it; none where the asker may not read it.
    pub async fn product_anywhere(&self, asker: Asker, id: ProductId) -> Result<Option<ProductView>, database::Error> {
        PRODUCTS.anywhere(self, asker, &id).await
    }

    /// A space's products.
    pub async fn products(
        &self,
        asker: Asker,
        space: &SpaceReference,
        filter: &ProductFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<ProductView>, Error> {
        PRODUCTS.page(self, asker, space, filter, page, count).await
    }

    /// The newest products of each space, at most so many.
    pub async fn products_of(
        &self,
        asker: Asker,
        spaces: &[SpaceId],
        filter: &ProductFilter,
        most: i64,
    ) -> Result<Grouped<SpaceId, ProductView>, database::Error> {
        PRODUCTS.of_each(self, asker, spaces, filter, most).await
    }

    /// The products of an organization's spaces.
    pub async fn products_across(
        &self,
        asker: Asker,
        organization: &Reference,
        filter: &ProductFilter,
        cut: Cut,
    ) -> Result<Listed<ProductView>, Error> {
        match &filter.search {
            Some(search) => self.products_having(asker, organization, (filter, search), cut).await,
            None => PRODUCTS.across(self, asker, organization, filter, cut).await,
        }
    }

    /// The newest products of each organization's spaces, at most so many.
    pub async fn products_across_each(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &ProductFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, ProductView>, database::Error> {
        PRODUCTS.across_each(self, asker, organizations, filter, most).await
    }
}
