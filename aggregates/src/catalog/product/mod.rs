//! The product: what is offered in one space.

#[cfg(test)]
mod tests;

use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::CatalogCommand;
use crate::{
    Moment,
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::{OrganizationId, SpaceId},
    refusal::refusal,
    slug::Slug,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductCommand {
    Create {
        space: SpaceId,
        name: String,
        slug: Slug,
        description: Option<String>,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        slug: Option<Slug>,
        description: Option<Option<String>>,
    },
    Archive,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductEvent {
    ProductCreated {
        space: SpaceId,
        name: String,
        slug: Slug,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    ProductUpdated {
        space: SpaceId,
        changes: ProductChanges,
    },
    /// It keeps its slug.
    ProductArchived {
        space: SpaceId,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProductChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    /// The slug before is free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Change<Slug>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
}

event_types! {
    ProductEvent {
        ProductCreated = "ProductCreated",
        ProductUpdated = "ProductUpdated",
        ProductArchived = "ProductArchived",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProductError {
    #[error("Product not found")]
    NotFound,
    #[error("This product exists already")]
    AlreadyExists,
    #[error("This product is archived")]
    Archived,
}

refusal! {
    ProductError {
        Self::NotFound => "product_not_found",
        Self::AlreadyExists => "already_exists",
        Self::Archived => "product_archived",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Product {
    profile: Option<Profile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    space: SpaceId,
    name: String,
    slug: Slug,
    description: Option<String>,
    archived: bool,
}

impl Product {
    /// The space that it is in.
    pub fn space(&self) -> Option<SpaceId> {
        self.profile.as_ref().map(|profile| profile.space)
    }

    pub fn is_archived(&self) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.archived)
    }
}

impl Decide for Product {
    fn decide(
        &self,
        CatalogCommand { command, .. }: CatalogCommand<ProductCommand>,
        _: Moment,
    ) -> Result<Vec<ProductEvent>, ProductError> {
        if let ProductCommand::Create { space, name, slug, description } = command {
            return match self.profile {
                Some(_) => Err(ProductError::AlreadyExists),
                None => Ok(vec![ProductEvent::ProductCreated { space, name, slug, description }]),
            };
        }
        let profile = self.profile.as_ref().ok_or(ProductError::NotFound)?;
        let space = profile.space;
        if profile.archived {
            return Err(ProductError::Archived);
        }
        Ok(match command {
            ProductCommand::Update { name, slug, description } => {
                let changes = ProductChanges {
                    name: Change::wanted(&profile.name, name),
                    slug: Change::wanted(&profile.slug, slug),
                    description: Change::wanted(&profile.description, description),
                };
                changed(changes, |changes| ProductEvent::ProductUpdated { space, changes })
            }
            ProductCommand::Archive => vec![ProductEvent::ProductArchived { space }],
            ProductCommand::Create { .. } => vec![],
        })
    }
}

impl Belonging for Product {
    fn belongs_to(&self, _: Uuid, command: &CatalogCommand<ProductCommand>) -> Option<OrganizationId> {
        command.organization
    }
}

impl Aggregate for Product {
    const TYPE: &'static str = "product";
    type Command = CatalogCommand<ProductCommand>;
    type Event = ProductEvent;
    type Error = ProductError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: ProductEvent) {
        match event {
            ProductEvent::ProductCreated { space, name, slug, description } => {
                self.profile = Some(Profile { space, name, slug, description, archived: false });
            }
            ProductEvent::ProductUpdated { changes, .. } => {
                let Some(profile) = &mut self.profile else { return };
                changes.name.apply(&mut profile.name);
                changes.slug.apply(&mut profile.slug);
                changes.description.apply(&mut profile.description);
            }
            ProductEvent::ProductArchived { .. } => {
                if let Some(profile) = &mut self.profile {
                    profile.archived = true;
                }
            }
        }
    }
}
