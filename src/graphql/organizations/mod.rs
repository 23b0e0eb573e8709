//! Organizations: what REST shows of them, in the names of GraphQL.

mod fields;
mod queries;
mod representation;

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, Standing, decide},
    ids::OrganizationId,
    organization::Status,
};
use async_graphql::{Context, Result};
use projections::organizations::OrganizationRow;

pub(super) use self::{
    queries::OrganizationQueries,
    representation::{Organization, OrganizationPlan, OrganizationStatus, Person},
};
use super::siblings;
use crate::{
    readmodel::organizations::OrganizationView,
    web::{App, extract::Caller},
};

pub(super) fn asked<'a>(ctx: &Context<'a>) -> Result<(&'a App, Asker)> {
    Ok((ctx.data::<App>()?, ctx.data::<Caller>()?.asker()))
}

/// What the fields of an organization that are read after it need of it.
#[derive(Debug, Clone, Copy)]
pub struct Parent {
    pub id: OrganizationId,
    status: Status,
    standing: Standing,
}

impl Parent {
    /// Whether the caller may read this of it.
    pub fn allows(self, permission: Permission) -> Result<(), Denied> {
        decide(self.standing, self.status, Action::Use(permission))
    }

    fn new(view: &OrganizationView, asker: Asker) -> Self {
        let OrganizationRow { id, status, .. } = view.organization;
        Self { id, status, standing: view.standing(asker) }
    }
}

/// An organization whose fields are read together with those of its page.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    pub id: OrganizationId,
    pub siblings: &'a siblings::Organizations,
}
