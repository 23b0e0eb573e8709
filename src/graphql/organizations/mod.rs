//! Organizations: what REST shows of them, in the names of GraphQL.

mod fields;
mod queries;
mod representation;

use aggregates::{authorization::Asker, ids::OrganizationId};
use async_graphql::{Context, Result};

pub(super) use self::{
    queries::OrganizationQueries,
    representation::{Organization, OrganizationPlan, OrganizationStatus, OrganizationSummary, Person},
};
use super::siblings::{Belonging, Siblings};
use crate::web::{App, extract::Caller};

pub(super) fn asked<'a>(ctx: &Context<'a>) -> Result<(&'a App, Asker)> {
    Ok((ctx.data::<App>()?, ctx.data::<Caller>()?.asker()))
}

/// An organization whose fields are read together with those of its page.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    pub id: OrganizationId,
    pub siblings: &'a Siblings<OrganizationId>,
}

impl Page<'_> {
    /// What belongs to it.
    pub async fn load<B: Belonging<OrganizationId>>(self, ctx: &Context<'_>, what: B) -> Result<Vec<B::Row>> {
        self.siblings.load(ctx, self.id, what).await
    }
}
