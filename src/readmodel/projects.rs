//! Projects as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    claim::ClaimKind,
    ids::{OrganizationId, ProjectId},
};
use projections::{RowKeys, Rows, organizations::OrganizationRow, projects::ProjectRow};

use uuid::Uuid;

use super::{
    Current, Error, Grouped, IdOrSlug, Listed, Paged, ReadModel, StatusFilter, Versioned, View,
    columns::columns,
    organizations::{OrganizationSummary, Page, Reference},
    within::{Conditions, Filter, Selected, Within},
    workspaces::WorkspaceReference,
};
use crate::database;

/// How a project is named in a path, behind its organization.
pub type ProjectReference = IdOrSlug<ProjectId>;

/// A project with the organization that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectView {
    pub organization: OrganizationSummary,
    pub project: ProjectRow,
}

impl View for ProjectView {
    type Of = (OrganizationId, ProjectId);

    fn rows(&(organization, id): &Self::Of) -> RowKeys {
        RowKeys::of::<ProjectRow>([(id,)]).and::<OrganizationRow>([(organization,)])
    }

    fn read(rows: &Rows, &(organization, id): &Self::Of) -> Option<Self> {
        let project = rows.projects.get(&(id,))?.clone();
        Some(Self { organization: rows.organizations.get(&(organization,))?.into(), project })
    }

    fn current(rows: &Rows, &(_, id): &Self::Of) -> Current {
        Current::of::<ProjectRow>(rows, &(id,))
    }
}

impl Versioned for ProjectView {
    fn version(&self) -> i64 {
        self.project.version
    }
}

impl Paged for ProjectView {
    fn id(&self) -> Uuid {
        self.project.id.uuid()
    }
}

impl Selected for ProjectView {
    type Parts = (OrganizationSummary, ProjectRow);

    fn columns() -> String {
        format!("{}, {}", OrganizationSummary::COLUMNS, columns::<ProjectRow>("p"))
    }

    fn new((organization, project): Self::Parts) -> Self {
        Self { organization, project }
    }
}

/// Which projects of an organization a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ProjectFilter {
    pub status: StatusFilter,
    /// Those in this workspace only.
    pub workspace: Option<WorkspaceReference>,
}

/// Which projects the list over all organizations shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectsFilter {
    pub status: StatusFilter,
    /// Those of this organization only.
    pub organization: Option<Reference>,
}

impl Filter for ProjectFilter {
    fn narrow(&self, projects: &mut Conditions<'_>) {
        self.status.narrow(projects);
        match &self.workspace {
            Some(IdOrSlug::Id(id)) => projects.with("p.workspace_id = ?", id),
            Some(IdOrSlug::Slug(slug)) => projects.with_slug("p.workspace_id", ClaimKind::WorkspaceSlug, slug),
            None => {}
        }
    }
}

static PROJECTS: LazyLock<Within<ProjectView>> =
    LazyLock::new(|| Within::organizations("projects p", Permission::ProjectsRead).with_slugs(ClaimKind::ProjectSlug));

impl ReadModel {
    /// One project, if the organization has it.
    pub async fn project(
        &self,
        asker: Asker,
        organization: &Reference,
        project: &ProjectReference,
    ) -> Result<Option<ProjectView>, Error> {
        PROJECTS.one(self, asker, organization, project).await
    }

    /// One project, whatever organization has it; none where the asker may not read it.
    pub async fn project_anywhere(&self, asker: Asker, id: ProjectId) -> Result<Option<ProjectView>, database::Error> {
        PROJECTS.anywhere(self, asker, &id).await
    }

    /// An organization's projects.
    pub async fn projects(
        &self,
        asker: Asker,
        organization: &Reference,
        filter: &ProjectFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<ProjectView>, Error> {
        PROJECTS.page(self, asker, organization, filter, page, count).await
    }

    /// The projects of all organizations in which the asker may read them.
    pub async fn projects_everywhere(
        &self,
        asker: Asker,
        ProjectsFilter { status, organization }: &ProjectsFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<ProjectView>, database::Error> {
        PROJECTS.everywhere(self, asker, organization.as_ref(), status, page, count).await
    }

    /// The newest projects of each organization, at most so many.
    pub async fn projects_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &ProjectFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, ProjectView>, database::Error> {
        PROJECTS.of_each(self, asker, organizations, filter, most).await
    }
}
