//! The representation of a product.

use aggregates::ids::ProductId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::{
        Lifecycle,
        catalog::products::{self, ProductView},
    },
    rest::spaces::SpaceSummary,
    web::{
        reply::Represents,
        time::time,
        words::{self, Named},
    },
};

/// Something that is offered in a space.
#[derive(Debug, Serialize, ToSchema)]
pub struct Product<'a> {
    #[schema(value_type = Uuid)]
    pub id: ProductId,
    pub space: SpaceSummary<'a>,
    pub name: &'a str,
    pub slug: &'a str,
    pub description: Option<&'a str>,
    #[schema(schema_with = words::schema::<Lifecycle>)]
    pub status: Named<Lifecycle>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> From<&'a ProductView> for Product<'a> {
    fn from(ProductView { space, product }: &'a ProductView) -> Self {
        Self {
            id: product.id,
            space: space.into(),
            name: &product.name,
            slug: &product.slug,
            description: product.description.as_deref(),
            status: Named(Lifecycle::of(product.archived_at)),
            created_at: product.created_at,
            updated_at: product.updated_at,
        }
    }
}

/// What names a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductSummary<'a> {
    #[schema(value_type = Uuid)]
    pub id: ProductId,
    pub name: &'a str,
    pub slug: &'a str,
}

impl<'a> From<&'a products::ProductSummary> for ProductSummary<'a> {
    fn from(summary: &'a products::ProductSummary) -> Self {
        Self { id: summary.id, name: &summary.name, slug: &summary.slug }
    }
}

impl Represents for Product<'_> {
    type View = ProductView;
    type As<'v> = Product<'v>;
}
