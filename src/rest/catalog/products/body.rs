//! What is sent to create or change a product.

use aggregates::{
    ids::{ProductId, SpaceId},
    name::parse_name,
    slug::Slug,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::catalog::products::{ChangeProduct, CreateProduct, ProductChange},
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// 1 to 255 characters.
    #[schema(example = "Orders")]
    pub name: String,
    /// Unique in its space. Derived from the name when absent.
    #[schema(example = "orders")]
    pub slug: Option<String>,
    /// At most 2000 characters.
    pub description: Option<String>,
}

impl NewProduct {
    pub fn check(self, space: SpaceId) -> Result<CreateProduct, Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let slug = fields.optional("/slug", self.slug, |slug| Slug::parse(&slug));
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        fields.finish(name.map(|name| CreateProduct { space, name, slug, description }))
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// The previous slug is free again at once.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub slug: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

impl ProductChanges {
    pub fn check(self, product: ProductId) -> Result<ChangeProduct, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let slug = fields.optional("/slug", self.slug, |slug| Slug::parse(&slug));
        let description = fields.nullable("/description", self.description, description);
        let change = ProductChange::Update { name, slug, description };
        fields.finish(Some(ChangeProduct { product, change }))
    }
}
