//! What is kept in spaces: products, contracts, issues and quality checks.

pub mod contract;
pub mod issue;
pub mod product;
pub mod quality_check;

use crate::ids::OrganizationId;

/// A command on something in a space. What is in a space knows the space alone, so the command says which organization has
/// it at the time: events belong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogCommand<C> {
    pub organization: Option<OrganizationId>,
    pub command: C,
}
