//! Which organization it is that events belong to.

use cqrs_es::Aggregate;
use uuid::Uuid;

use crate::ids::OrganizationId;

/// What every aggregate says of its events.
pub trait Belonging: Aggregate {
    /// The organization that this command's events belong to, asked before the aggregate with this id handles it. None for
    /// what is the platform's, a person's own, or of several organizations.
    fn belongs_to(&self, id: Uuid, command: &Self::Command) -> Option<OrganizationId>;
}
