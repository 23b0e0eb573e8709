//! `node`: anything by its id alone.

use aggregates::{
    authorization::Asker,
    ids::{ApiKeyId, OrganizationId, ProjectId},
};
use async_graphql::{Context, ID, Interface, Object, Result};
use uuid::Uuid;

use super::{
    api_keys::{self, ApiKey},
    error::Fallible,
    me::User,
    organizations::Organization,
    projects::Project,
};
use crate::{
    readmodel::{self, organizations::Reference},
    web::{App, Problem, extract::Caller},
};

/// Anything that `node` finds by its id.
#[derive(Debug, Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "A UUID, unique across all types."))]
pub enum Node {
    Organization(Box<Organization>),
    User(User),
    Project(Project),
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
    if let Some(user) = caller.asker().user().filter(|user| user.uuid() == id) {
        let user = app.readmodel.user(user).await.map_err(Problem::from)?;
        return Ok(user.map(User::from).map(Node::from));
    }
    if let Some(organization) = organization(app, caller.asker(), OrganizationId::new(id)).await? {
        return Ok(Some(organization));
    }
    let project = app.readmodel.project_anywhere(caller.asker(), ProjectId::new(id)).await.map_err(Problem::from)?;
    if let Some(project) = project {
        return Ok(Some(Project::from(&project).into()));
    }
    Ok(api_keys::find(ctx, ApiKeyId::new(id)).await?.map(|key| Box::new(key).into()))
}

async fn organization(app: &App, asker: Asker, id: OrganizationId) -> Result<Option<Node>> {
    match app.readmodel.organization(asker, &Reference::Id(id)).await {
        Ok(view) => Ok(Some(Box::new(Organization::alone(&view, asker)).into())),
        // An id on its own does not reveal whether another organization exists.
        Err(readmodel::Error::NotFound | readmodel::Error::Denied(_)) => Ok(None),
        Err(error) => Err(Problem::from(error).into()),
    }
}
