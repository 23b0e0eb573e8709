//! Commands on workspaces. Their organization is only read: what allows them is a condition of the append.

use aggregates::{
    authorization::Permission,
    claim::{Claim, ClaimKind},
    ids::{OrganizationId, WorkspaceId},
    organization::{Organization, OrganizationError},
    slug::Slug,
    workspace::{Workspace, WorkspaceCommand, WorkspaceError},
};
use projections::workspaces::WorkspaceRow;
use uuid::Uuid;

use super::{
    Command, Error, Shown, UnitOfWork,
    slugs::{free_slug, holder},
};
use crate::{
    ledger::{Counter, Guard},
    readmodel::workspaces::WorkspaceReference,
};

/// What changes how many workspaces an organization may have.
const LIMIT_CHANGES: &[&str] = &["LimitsChanged", "PlanChanged"];

#[derive(Debug, Clone)]
pub struct CreateWorkspace {
    pub organization: OrganizationId,
    pub name: String,
    /// Derived from the name when absent.
    pub slug: Option<Slug>,
    pub description: Option<String>,
}

impl Command for CreateWorkspace {
    type View = WorkspaceRow;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let organization = self.organization;
        work.writing_in(organization, Permission::WorkspacesWrite).await?;
        let limits = work.watch::<Organization>(organization.uuid(), LIMIT_CHANGES).await?.aggregate.limits();
        let limit = limits.ok_or(OrganizationError::NotFound)?.max_workspaces;
        work.guard(Guard::Below { organization, counter: Counter::Workspaces, limit });
        let slug = match &self.slug {
            Some(slug) => slug.clone(),
            None => {
                let claim = |slug: &str| Claim::workspace_slug(organization, slug);
                free_slug(work, &self.name, "workspace", claim).await?
            }
        };
        let id = WorkspaceId::new(Uuid::now_v7());
        work.begin::<Workspace>(id.uuid());
        let create = WorkspaceCommand::Create {
            organization,
            name: self.name.clone(),
            slug,
            description: self.description.clone(),
            is_default: false,
        };
        work.handle::<Workspace>(id.uuid(), create).await?;
        Ok(id)
    }

    /// A derived slug is chosen again.
    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::WorkspaceSlug && self.slug.is_none()
    }
}

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone)]
pub struct UpdateWorkspace {
    pub organization: OrganizationId,
    pub workspace: WorkspaceReference,
    pub name: Option<String>,
    pub slug: Option<Slug>,
    pub description: Option<Option<String>>,
}

impl Command for UpdateWorkspace {
    type View = WorkspaceRow;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let update = WorkspaceCommand::Update {
            name: self.name.clone(),
            slug: self.slug.clone(),
            description: self.description.clone(),
        };
        change(work, self.organization, &self.workspace, update).await
    }
}

#[derive(Debug, Clone)]
pub struct ArchiveWorkspace {
    pub organization: OrganizationId,
    pub workspace: WorkspaceReference,
}

impl Command for ArchiveWorkspace {
    type View = WorkspaceRow;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        change(work, self.organization, &self.workspace, WorkspaceCommand::Archive).await
    }
}

async fn change(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    reference: &WorkspaceReference,
    command: WorkspaceCommand,
) -> Result<WorkspaceId, Error> {
    work.writing_in(organization, Permission::WorkspacesWrite).await?;
    let id = find(work, organization, reference).await?;
    work.handle::<Workspace>(id.uuid(), command).await?;
    Ok(id)
}

/// Loads a workspace of this organization. Those of others do not exist here.
///
/// Only those who may write here learn which slugs exist, so a slug is not resolved before that is known.
async fn find(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    reference: &WorkspaceReference,
) -> Result<WorkspaceId, Error> {
    let id = named(work, organization, reference).await?;
    let workspace = work.load::<Workspace>(id.uuid()).await?;
    if workspace.organization() == Some(organization) { Ok(id) } else { Err(WorkspaceError::NotFound.into()) }
}

/// The id of a workspace that need not exist, nor be of this organization.
pub(super) async fn named(
    work: &UnitOfWork<'_>,
    organization: OrganizationId,
    reference: &WorkspaceReference,
) -> Result<WorkspaceId, Error> {
    let claim = |slug: &str| Claim::workspace_slug(organization, slug);
    Ok(holder(work, reference, WorkspaceId::new, claim).await?.ok_or(WorkspaceError::NotFound)?)
}

/// Makes sure that something of this organization can be put into a workspace. That it is archived in the meantime
/// refuses the append.
pub(super) async fn open(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    id: WorkspaceId,
) -> Result<(), Error> {
    let workspace = work.watch::<Workspace>(id.uuid(), &["WorkspaceArchived"]).await?;
    match &workspace.aggregate {
        workspace if workspace.organization() != Some(organization) => Err(WorkspaceError::NotFound.into()),
        workspace if workspace.is_archived() => Err(WorkspaceError::Archived.into()),
        _ => Ok(()),
    }
}
