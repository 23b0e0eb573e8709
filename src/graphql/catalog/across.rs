//! What all spaces of an organization have together, as fields of it.

use std::sync::Arc;

use aggregates::{
    authorization::Asker,
    ids::{IssueId, OrganizationId, QualityCheckId},
};
use async_graphql::{Context, Result, SimpleObject};
use chrono::Utc;

use super::{
    contracts::{self, Contract, ContractStatus},
    issues::{self, Issue, filters},
    products::Product,
    quality::QualityCheck,
};
use crate::{
    database,
    graphql::{
        archived::{StatusFilter, archived},
        connections::{Nodes, list, nodes},
        organizations::{Page, asked},
        siblings::{Belonging, Newest, Siblings, all_together, together},
    },
    readmodel::{
        Cut, Grouped, ReadModel,
        catalog::{
            contracts::{ContractFilter, ContractView},
            issues::{IssueFilter, IssueView},
            products::{ProductFilter, ProductView},
            quality::{QualityCheckFilter, QualityCheckView},
        },
        organizations::Reference,
        stats::Stats,
    },
    rest::catalog::AllChecks,
    web::{Problem, list::List},
};

fn cut(list: &List) -> Cut {
    Cut { page: list.page(), skip: 0, count: false, divided: None }
}

impl Belonging<OrganizationId> for Newest<ProductFilter> {
    type Row = ProductView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, ProductView>, database::Error> {
        readmodel.products_across_each(asker, of, &self.filter, self.most).await
    }
}

/// The products of an organization's spaces.
pub async fn products(
    ctx: &Context<'_>,
    organization: Page<'_>,
    (first, after): (i32, Option<String>),
    status: Option<StatusFilter>,
    search: Option<String>,
) -> Result<Nodes<Product>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/products", organization.id);
    let filters = [("status", archived(status)), ("search", search)];
    let (filter, list) = list::<ProductFilter>(ctx, path, filters, (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.products_across(asker, &reference, &filter, cut(&list)).await;
        found.map_err(Problem::from)?.rows
    } else {
        organization.load(ctx, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.product.id.uuid(), Product::from))
}

impl Belonging<OrganizationId> for Newest<ContractFilter> {
    type Row = ContractView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, ContractView>, database::Error> {
        readmodel.contracts_across_each(asker, of, (&self.filter, Utc::now()), self.most).await
    }
}

/// The contracts of an organization's spaces.
pub async fn contracts(
    ctx: &Context<'_>,
    organization: Page<'_>,
    (first, after): (i32, Option<String>),
    status: Option<ContractStatus>,
    include_archived: Option<bool>,
) -> Result<Nodes<Contract>> {
    let ((app, asker), now) = (asked(ctx)?, Utc::now());
    let path = format!("/organizations/{}/contracts", organization.id);
    let (filter, list) =
        list::<ContractFilter>(ctx, path, contracts::filters(status, include_archived), (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.contracts_across(asker, &reference, (&filter, now), cut(&list)).await;
        found.map_err(Problem::from)?.rows
    } else {
        organization.load(ctx, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.contract.id.uuid(), |view| Contract::new(view, now)))
}

/// Issues, each with all that were found.
impl Belonging<OrganizationId> for Newest<IssueFilter> {
    type Row = (IssueView, Arc<Siblings<IssueId>>);

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, Self::Row>, database::Error> {
        let found = readmodel.issues_across_each(asker, of, &self.filter, self.most).await?;
        Ok(all_together(found, |view| view.issue.id))
    }
}

/// The issues of an organization's spaces.
pub async fn issues(
    ctx: &Context<'_>,
    organization: Page<'_>,
    (first, after): (i32, Option<String>),
    narrowed: issues::Filters,
) -> Result<Nodes<Issue>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/issues", organization.id);
    let (filter, list) = list::<IssueFilter>(ctx, path, filters(narrowed), (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.issues_across(asker, &reference, &filter, cut(&list)).await;
        together(found.map_err(Problem::from)?.rows, |view| view.issue.id)
    } else {
        organization.load(ctx, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |(view, _)| view.issue.id.uuid(), |(view, siblings)| Issue::new(view, siblings)))
}

/// Checks, each with all that were found.
impl Belonging<OrganizationId> for Newest<QualityCheckFilter> {
    type Row = (QualityCheckView, Arc<Siblings<QualityCheckId>>);

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, Self::Row>, database::Error> {
        let found = readmodel.quality_across_each(asker, of, &self.filter, self.most).await?;
        Ok(all_together(found, |view| view.check.id))
    }
}

/// The quality checks of an organization's spaces.
pub async fn quality_checks(
    ctx: &Context<'_>,
    organization: Page<'_>,
    (first, after): (i32, Option<String>),
    include_archived: bool,
) -> Result<Nodes<QualityCheck>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/quality", organization.id);
    let filters = [("include_archived", include_archived.then(|| "true".to_owned()))];
    let (AllChecks(filter), list) = list::<AllChecks>(ctx, path, filters, (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.quality_across(asker, &reference, &filter, cut(&list)).await;
        together(found.map_err(Problem::from)?.rows, |view| view.check.id)
    } else {
        organization.load(ctx, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |(view, _)| view.check.id.uuid(), |(view, siblings)| QualityCheck::new(view, siblings)))
}

/// Numbers of an organization. What is in spaces is counted in those that the caller can see and that are not archived.
#[derive(Debug, SimpleObject)]
pub struct OrganizationStats {
    total_spaces: i64,
    /// Those that are not archived.
    total_products: i64,
    /// Active members.
    total_users: i64,
    /// 0 to 1, with two decimals, as REST describes it; null where nothing has been checked.
    quality_score: Option<f64>,
    /// Open or in progress.
    open_issues: i64,
    /// Active, and not past the end.
    active_contracts: i64,
}

impl From<Stats> for OrganizationStats {
    fn from(stats: Stats) -> Self {
        Self {
            total_spaces: stats.spaces,
            total_products: stats.products,
            total_users: stats.users,
            quality_score: stats.quality_score(),
            open_issues: stats.open_issues,
            active_contracts: stats.active_contracts,
        }
    }
}

pub async fn stats(ctx: &Context<'_>, organization: Page<'_>) -> Result<OrganizationStats> {
    let (app, asker) = asked(ctx)?;
    let found = app.readmodel.stats(asker, &Reference::Id(organization.id)).await;
    Ok(found.map_err(Problem::from)?.into())
}
