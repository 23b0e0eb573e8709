//! Commands on products.

use aggregates::{
    catalog::{
        CatalogCommand,
        product::{Product, ProductCommand, ProductError},
    },
    claim::{Claim, ClaimKind},
    ids::{ProductId, SpaceId},
    slug::Slug,
};
use uuid::Uuid;

use super::writing;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork, slugs::free_slug},
    readmodel::catalog::products::ProductView,
};

#[derive(Debug, Clone)]
pub struct CreateProduct {
    pub space: SpaceId,
    pub name: String,
    /// Derived from the name when absent.
    pub slug: Option<Slug>,
    pub description: Option<String>,
}

impl Command for CreateProduct {
    type View = ProductView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let space = self.space;
        let organization = work.writing_in_space(space).await?.aggregate.organization();
        let slug = match &self.slug {
            Some(slug) => slug.clone(),
            None => free_slug(work, &self.name, "product", |slug| Claim::product_slug(space, slug)).await?,
        };
        let id = ProductId::new(Uuid::now_v7());
        work.begin::<Product>(id.uuid());
        let (name, description) = (self.name.clone(), self.description.clone());
        let command = ProductCommand::Create { space, name, slug, description };
        work.handle::<Product>(id.uuid(), CatalogCommand { organization, command }).await?;
        Ok((space, id))
    }

    /// A derived slug is chosen again.
    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::ProductSlug && self.slug.is_none()
    }
}

/// What is done to a product.
#[derive(Debug, Clone)]
pub struct ChangeProduct {
    pub product: ProductId,
    pub change: ProductChange,
}

#[derive(Debug, Clone)]
pub enum ProductChange {
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        slug: Option<Slug>,
        description: Option<Option<String>>,
    },
    Archive,
}

impl Command for ChangeProduct {
    type View = ProductView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let id = self.product;
        let space = work.load::<Product>(id.uuid()).await?.space();
        let (space, organization) = writing(work, space, ProductError::NotFound).await?;
        let command = match self.change.clone() {
            ProductChange::Update { name, slug, description } => ProductCommand::Update { name, slug, description },
            ProductChange::Archive => ProductCommand::Archive,
        };
        work.handle::<Product>(id.uuid(), CatalogCommand { organization, command }).await?;
        Ok((space, id))
    }
}
