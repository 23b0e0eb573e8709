//! `node`: anything by its id alone.

use aggregates::{authorization::Asker, ids::OrganizationId};
use async_graphql::{Context, ID, Interface, Object, Result};
use chrono::Utc;
use uuid::Uuid;

use super::{
    api_keys::{self, ApiKey},
    catalog::{contracts::Contract, issues::Issue, products::Product, quality::QualityCheck},
    error::Fallible,
    me::User,
    organizations::Organization,
    projects::Project,
    spaces::Space,
};
use crate::{
    readmodel::{self, NodeId, organizations::Reference, spaces::SpaceReference},
    web::{App, Problem, extract::Caller},
};

/// Anything that `node` finds by its id.
#[derive(Debug, Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "A UUID, unique across all types."))]
pub enum Node {
    Organization(Box<Organization>),
    User(User),
    Project(Project),
    Space(Box<Space>),
    Product(Product),
    Contract(Box<Contract>),
    Issue(Box<Issue>),
    QualityCheck(Box<QualityCheck>),
    ApiKey(Box<ApiKey>),
}

#[derive(Debug, Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id; null when it does not exist or the caller may not see it.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Fallible<Node> {
        find(ctx, &id).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<Node>> {
    let Ok(id) = Uuid::parse_str(id) else { return Ok(None) };
    let (app, caller) = (ctx.data::<App>()?, ctx.data::<Caller>()?);
    let asker = caller.asker();
    match app.readmodel.node(id).await.map_err(Problem::from)? {
        Some(NodeId::Organization(id)) => organization(app, asker, id).await,
        // Nobody is shown other accounts than their own.
        Some(NodeId::User(id)) if asker.user() == Some(id) => {
            let user = app.readmodel.user(asker, id).await.map_err(Problem::from)?;
            Ok(user.map(User::from).map(Node::from))
        }
        Some(NodeId::Project(id)) => {
            let project = app.readmodel.project_anywhere(asker, id).await.map_err(Problem::from)?;
            Ok(project.as_ref().map(Project::from).map(Node::from))
        }
        Some(NodeId::Space(id)) => match app.readmodel.space(asker, &SpaceReference::Id(id)).await {
            Ok(view) => Ok(Some(Box::new(Space::alone(&view)).into())),
            Err(readmodel::Error::SpaceNotFound | readmodel::Error::Denied(_)) => Ok(None),
            Err(error) => Err(Problem::from(error).into()),
        },
        Some(NodeId::Product(id)) => {
            let product = app.readmodel.product_anywhere(asker, id).await.map_err(Problem::from)?;
            Ok(product.as_ref().map(Product::from).map(Node::from))
        }
        Some(NodeId::Contract(id)) => {
            let contract = app.readmodel.contract_anywhere(asker, id).await.map_err(Problem::from)?;
            Ok(contract.map(|view| Box::new(Contract::new(&view, Utc::now())).into()))
        }
        Some(NodeId::Issue(id)) => {
            let issue = app.readmodel.issue_anywhere(asker, id).await.map_err(Problem::from)?;
            Ok(issue.map(|view| Box::new(Issue::alone(&view)).into()))
        }
        Some(NodeId::QualityCheck(id)) => {
            let check = app.readmodel.quality_check_anywhere(asker, id).await.map_err(Problem::from)?;
            Ok(check.map(|view| Box::new(QualityCheck::alone(&view)).into()))
        }
        Some(NodeId::ApiKey(id)) => Ok(api_keys::find(ctx, id).await?.map(|key| Box::new(key).into())),
        Some(NodeId::User(_)) | None => Ok(None),
    }
}

async fn organization(app: &App, asker: Asker, id: OrganizationId) -> Result<Option<Node>> {
    match app.readmodel.organization(asker, &Reference::Id(id)).await {
        Ok(view) => Ok(Some(Box::new(Organization::alone(&view, asker)).into())),
        // An id on its own does not reveal whether another organization exists.
        Err(readmodel::Error::NotFound | readmodel::Error::Denied(_)) => Ok(None),
        Err(error) => Err(Problem::from(error).into()),
    }
}
