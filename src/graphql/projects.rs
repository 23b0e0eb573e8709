//! Projects: those of an organization, and those of all.

use aggregates::{authorization::Asker, ids::OrganizationId};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::{
    archived::{StatusFilter, archived},
    connections::{DEFAULT_FIRST, Nodes, cost, list, nodes},
    error::Fallible,
    organizations::{OrganizationSummary, Page, asked},
    scalars::Time,
    siblings::{Belonging, Newest},
};
use crate::{
    database,
    readmodel::{
        Grouped, ReadModel,
        organizations::Reference,
        projects::{ProjectFilter, ProjectView, ProjectsFilter},
    },
    web::Problem,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProjectStatus {
    Active,
    Archived,
}

/// A piece of work inside an organization.
#[derive(Debug, SimpleObject)]
pub struct Project {
    /// A UUID, which `node` takes too.
    pub id: ID,
    organization: OrganizationSummary,
    /// The workspace that it is in.
    workspace_id: Option<ID>,
    name: String,
    slug: String,
    description: Option<String>,
    status: ProjectStatus,
    created_at: Time,
    updated_at: Time,
}

impl From<&ProjectView> for Project {
    fn from(ProjectView { organization, project }: &ProjectView) -> Self {
        let archived = project.archived_at.is_some();
        Self {
            id: project.id.uuid().into(),
            organization: organization.into(),
            workspace_id: project.workspace_id.map(|id| id.uuid().into()),
            name: project.name.clone(),
            slug: project.slug.clone(),
            description: project.description.clone(),
            status: if archived { ProjectStatus::Archived } else { ProjectStatus::Active },
            created_at: Time(project.created_at),
            updated_at: Time(project.updated_at),
        }
    }
}

impl Belonging<OrganizationId> for Newest<ProjectFilter> {
    type Row = ProjectView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, ProjectView>, database::Error> {
        readmodel.projects_of(asker, of, &self.filter, self.most).await
    }
}

/// Those of an organization.
pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    first: i32,
    after: Option<String>,
    status: Option<StatusFilter>,
    workspace: Option<String>,
) -> Result<Nodes<Project>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/projects", organization.id);
    let filters = [("status", archived(status)), ("workspace", workspace)];
    let (filter, list) = list::<ProjectFilter>(ctx, path, filters, (first, after))?;
    let views = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.projects(asker, &reference, &filter, list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        organization.load(ctx, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &views, |view| view.project.id.uuid(), Project::from))
}

#[derive(Debug, Default)]
pub struct ProjectQueries;

#[Object]
impl ProjectQueries {
    /// Those of every organization in which the caller has the permission `projects:read`; a superadmin sees all. Those
    /// with this status, the active ones when it is absent. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        #[graphql(desc = "A cursor of this list with the same filters, from GraphQL or REST.")] after: Option<String>,
        #[graphql(desc = "Id, slug or old slug of an organization whose projects are listed.")] organization: Option<
            String,
        >,
        status: Option<StatusFilter>,
    ) -> Fallible<Nodes<Project>> {
        Some(everywhere(ctx, first, after, organization, status).await)
    }
}

async fn everywhere(
    ctx: &Context<'_>,
    first: i32,
    after: Option<String>,
    organization: Option<String>,
    status: Option<StatusFilter>,
) -> Result<Nodes<Project>> {
    let (app, asker) = asked(ctx)?;
    let filters = [("organization", organization), ("status", archived(status))];
    let (filter, list) = list::<ProjectsFilter>(ctx, "/projects".to_owned(), filters, (first, after))?;
    let found = app.readmodel.projects_everywhere(asker, &filter, list.page(), false).await.map_err(Problem::from)?;
    Ok(nodes(&list, &found.rows, |view| view.project.id.uuid(), Project::from))
}
