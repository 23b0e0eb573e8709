//! Products of a space.

use aggregates::{authorization::Asker, ids::SpaceId};
use async_graphql::{Context, Enum, ID, Result, SimpleObject};

use crate::{
    database,
    graphql::{
        archived::{StatusFilter, archived},
        connections::{Nodes, list, nodes},
        organizations::asked,
        scalars::Time,
        siblings::{Belonging, Newest},
        spaces::{Space, SpaceSummary},
    },
    readmodel::{
        Grouped, ReadModel,
        catalog::products::{self, ProductFilter, ProductView},
        spaces::SpaceReference,
    },
    web::Problem,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProductStatus {
    Active,
    Archived,
}

/// Something that is offered in a space.
#[derive(Debug, SimpleObject)]
pub struct Product {
    /// A UUID, which `node` takes too.
    pub id: ID,
    space: SpaceSummary,
    name: String,
    slug: String,
    description: Option<String>,
    status: ProductStatus,
    created_at: Time,
    updated_at: Time,
}

impl From<&ProductView> for Product {
    fn from(ProductView { space, product }: &ProductView) -> Self {
        let archived = product.archived_at.is_some();
        Self {
            id: product.id.uuid().into(),
            space: space.into(),
            name: product.name.clone(),
            slug: product.slug.clone(),
            description: product.description.clone(),
            status: if archived { ProductStatus::Archived } else { ProductStatus::Active },
            created_at: Time(product.created_at),
            updated_at: Time(product.updated_at),
        }
    }
}

/// What names a product.
#[derive(Debug, SimpleObject)]
pub struct ProductSummary {
    id: ID,
    name: String,
    slug: String,
}

impl From<&products::ProductSummary> for ProductSummary {
    fn from(summary: &products::ProductSummary) -> Self {
        Self { id: summary.id.uuid().into(), name: summary.name.clone(), slug: summary.slug.clone() }
    }
}

impl Belonging<SpaceId> for Newest<ProductFilter> {
    type Row = ProductView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[SpaceId],
    ) -> Result<Grouped<SpaceId, ProductView>, database::Error> {
        readmodel.products_of(asker, of, &self.filter, self.most).await
    }
}

/// Those of a space.
pub async fn of(
    ctx: &Context<'_>,
    space: &Space,
    first: i32,
    after: Option<String>,
    status: Option<StatusFilter>,
    search: Option<String>,
) -> Result<Nodes<Product>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/spaces/{}/products", space.space);
    let filters = [("status", archived(status)), ("search", search)];
    let (filter, list) = list::<ProductFilter>(ctx, path, filters, (first, after))?;
    let views = if list.goes_on() {
        let reference = SpaceReference::Id(space.space);
        let found = app.readmodel.products(asker, &reference, &filter, list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        space.siblings.load(ctx, space.space, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &views, |view| view.product.id.uuid(), Product::from))
}
