//! `/organizations/{org}/products`, `/contracts`, `/issues` and `/quality`: what an organization's spaces have together.

use chrono::Utc;

use super::{contracts::Contract, issues::Issue, products::Product, quality::QualityCheck};
use crate::{
    readmodel::{
        Cut, Listed, StatusFilter,
        catalog::{
            contracts::{ContractFilter, ContractView},
            issues::IssueFilter,
            products::{ProductFilter, ProductView},
            quality::QualityCheckFilter,
        },
    },
    web::{
        Problem, Routes,
        extract::{In, Listing},
        list::Filter,
        query::{Parameters, Query},
        reply::Page,
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(products)).routes(routes!(contracts)).routes(routes!(issues)).routes(routes!(quality))
}

/// The rows of a request for a list.
fn cut<F: Filter>(request: &Listing<F, In>) -> Cut {
    Cut { page: request.page(), skip: request.list.skip(), count: request.wants_total(), divided: None }
}

/// The products of a space are not asked for by the numbers of pages.
struct Numbered(ProductFilter);

impl Filter for Numbered {
    const NUMBERED: bool = true;
}

impl Parameters for Numbered {
    fn read(query: &mut Query) -> Self {
        Self(ProductFilter::read(query))
    }
}

/// List the products of an organization
///
/// Those of all its spaces that you can see, newest first. Archived spaces are left out. Needs the permission
/// `catalog:read`.
#[utoipa::path(get, path = "/organizations/{org}/products", tag = "products", operation_id = "list_all_products")]
async fn products(request: Listing<Numbered, In>) -> Result<Page<Product<'static>>, Problem> {
    let (In(organization), Numbered(filter)) = (&request.path, &request.filter);
    let readmodel = &request.app.readmodel;
    let found: Listed<ProductView> =
        readmodel.products_across(request.asker(), organization, filter, cut(&request)).await?;
    Ok(request.answer(found))
}

/// List the contracts of an organization
///
/// Those of all its spaces that you can see, newest first. Archived spaces are left out. Needs the permission
/// `catalog:read`.
#[utoipa::path(get, path = "/organizations/{org}/contracts", tag = "contracts", operation_id = "list_all_contracts")]
async fn contracts(request: Listing<ContractFilter, In>) -> Result<Page<Contract<'static>>, Problem> {
    let (In(organization), now) = (&request.path, Utc::now());
    let readmodel = &request.app.readmodel;
    let found = readmodel.contracts_across(request.asker(), organization, (&request.filter, now), cut(&request));
    let found = found.await?;
    let each = |view| vec![Contract::new(view, now)];
    Ok(request.answer_as(&found.rows, |view: &ContractView| view.contract.id.uuid(), each, found.total))
}

/// List the issues of an organization
///
/// Those of all its spaces that you can see, newest first. Archived spaces are left out. Needs the permission
/// `catalog:read`.
#[utoipa::path(get, path = "/organizations/{org}/issues", tag = "issues", operation_id = "list_all_issues")]
async fn issues(request: Listing<IssueFilter, In>) -> Result<Page<Issue<'static>>, Problem> {
    let (In(organization), filter) = (&request.path, &request.filter);
    let readmodel = &request.app.readmodel;
    Ok(request.answer(readmodel.issues_across(request.asker(), organization, filter, cut(&request)).await?))
}

/// Which checks of an organization's spaces a list shows.
pub(crate) struct AllChecks(pub QualityCheckFilter);

impl Filter for AllChecks {}

impl Parameters for AllChecks {
    fn read(query: &mut Query) -> Self {
        let archived = query.flag("include_archived", "With `true` archived checks are shown too.");
        let status = if archived { StatusFilter::All } else { StatusFilter::Active };
        Self(QualityCheckFilter { status, product: None })
    }
}

/// List the quality checks of an organization
///
/// Those of all its spaces that you can see, newest first. Archived spaces are left out. Needs the permission
/// `catalog:read`.
#[utoipa::path(get, path = "/organizations/{org}/quality", tag = "quality", operation_id = "list_all_quality_checks")]
async fn quality(request: Listing<AllChecks, In>) -> Result<Page<QualityCheck<'static>>, Problem> {
    let (In(organization), AllChecks(filter)) = (&request.path, &request.filter);
    let readmodel = &request.app.readmodel;
    Ok(request.answer(readmodel.quality_across(request.asker(), organization, filter, cut(&request)).await?))
}
