//! Commands on projects. Their organization and their workspace are only read: what allows them is a condition of the
//! append.

use aggregates::{
    authorization::Permission,
    claim::{Claim, ClaimKind},
    ids::{OrganizationId, ProjectId, WorkspaceId},
    project::{Project, ProjectCommand, ProjectError},
    slug::Slug,
};
use uuid::Uuid;

use super::{
    Command, Error, Shown, UnitOfWork,
    slugs::{free_slug, holder},
    workspaces,
};
use crate::readmodel::{
    projects::{ProjectReference, ProjectView},
    workspaces::WorkspaceReference,
};

#[derive(Debug, Clone)]
pub struct CreateProject {
    pub organization: OrganizationId,
    pub name: String,
    /// Derived from the name when absent.
    pub slug: Option<Slug>,
    pub description: Option<String>,
    pub workspace: Option<WorkspaceReference>,
}

impl Command for CreateProject {
    type View = ProjectView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let organization = self.organization;
        work.writing_in(organization, Permission::ProjectsWrite).await?;
        let workspace = match &self.workspace {
            Some(workspace) => Some(place(work, organization, workspace, None).await?),
            None => None,
        };
        let slug = match &self.slug {
            Some(slug) => slug.clone(),
            None => free_slug(work, &self.name, "project", |slug| Claim::project_slug(organization, slug)).await?,
        };
        let id = ProjectId::new(Uuid::now_v7());
        work.begin::<Project>(id.uuid());
        let (name, description) = (self.name.clone(), self.description.clone());
        let create = ProjectCommand::Create { organization, name, slug, description, workspace };
        work.handle::<Project>(id.uuid(), create).await?;
        Ok((organization, id))
    }

    /// A derived slug is chosen again.
    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::ProjectSlug && self.slug.is_none()
    }
}

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone)]
pub struct UpdateProject {
    pub organization: OrganizationId,
    pub project: ProjectReference,
    pub name: Option<String>,
    pub slug: Option<Slug>,
    pub description: Option<Option<String>>,
    pub workspace: Option<Option<WorkspaceReference>>,
}

impl Command for UpdateProject {
    type View = ProjectView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let organization = self.organization;
        work.writing_in(organization, Permission::ProjectsWrite).await?;
        let id = find(work, organization, &self.project).await?;
        let current = work.load::<Project>(id.uuid()).await?.workspace();
        let workspace = match &self.workspace {
            Some(Some(workspace)) => Some(Some(place(work, organization, workspace, current).await?)),
            Some(None) => Some(None),
            None => None,
        };
        let update = ProjectCommand::Update {
            name: self.name.clone(),
            slug: self.slug.clone(),
            description: self.description.clone(),
            workspace,
        };
        change(work, organization, id, update).await
    }
}

#[derive(Debug, Clone)]
pub struct ArchiveProject {
    pub organization: OrganizationId,
    pub project: ProjectReference,
}

impl Command for ArchiveProject {
    type View = ProjectView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.writing_in(self.organization, Permission::ProjectsWrite).await?;
        let id = find(work, self.organization, &self.project).await?;
        change(work, self.organization, id, ProjectCommand::Archive).await
    }
}

/// The workspace that a project is put into. It may stay in one that was archived.
async fn place(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    workspace: &WorkspaceReference,
    current: Option<WorkspaceId>,
) -> Result<WorkspaceId, Error> {
    let id = workspaces::named(work, organization, workspace).await?;
    if current != Some(id) {
        workspaces::open(work, organization, id).await?;
    }
    Ok(id)
}

/// Loads a project of this organization. Those of others do not exist here.
///
/// Only those who may write here learn which slugs exist, so a slug is not resolved before that is known.
async fn find(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    reference: &ProjectReference,
) -> Result<ProjectId, Error> {
    let claim = |slug: &str| Claim::project_slug(organization, slug);
    let id = holder(work, reference, ProjectId::new, claim).await?.ok_or(ProjectError::NotFound)?;
    let project = work.load::<Project>(id.uuid()).await?;
    if project.organization() == Some(organization) { Ok(id) } else { Err(ProjectError::NotFound.into()) }
}

async fn change(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    id: ProjectId,
    command: ProjectCommand,
) -> Result<(OrganizationId, ProjectId), Error> {
    work.handle::<Project>(id.uuid(), command).await?;
    Ok((organization, id))
}
