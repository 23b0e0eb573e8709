//! Commands on workspaces. Their organization is only read: what allows them is a condition of the append.

use aggregates::{
    authorization::Permission,
    claim::{Claim, ClaimKind},
    ids::{OrganizationId, WorkspaceId},
    organization::{Organization, OrganizationError},
    slug::Slug,
    workspace::{Workspace, WorkspaceCommand, WorkspaceError},
};
use projections::{Keys, workspaces::WorkspaceRow};
use uuid::Uuid;

use super::{Command, Error, Shown, UnitOfWork, slugs::free_slug};
use crate::{
    ledger::{Counter, Guard, VersionedRow},
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

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<WorkspaceRow>, Error> {
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
        work.handle::<Workspace>(id.uuid(), Some(organization), create).await?;
        Ok(shown(id))
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

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<WorkspaceRow>, Error> {
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

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<WorkspaceRow>, Error> {
        change(work, self.organization, &self.workspace, WorkspaceCommand::Archive).await
    }
}

async fn change(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    reference: &WorkspaceReference,
    command: WorkspaceCommand,
) -> Result<Shown<WorkspaceRow>, Error> {
    work.writing_in(organization, Permission::WorkspacesWrite).await?;
    let id = find(work, organization, reference).await?;
    work.handle::<Workspace>(id.uuid(), Some(organization), command).await?;
    if let Some(expected) = work.if_version() {
        work.guard(Guard::Version { row: VersionedRow::Workspace(id), expected });
    }
    Ok(shown(id))
}

/// Loads a workspace of this organization. Those of others do not exist here.
///
/// Only who may write here learns which slugs there are, so a slug is not resolved before.
async fn find(
    work: &mut UnitOfWork<'_>,
    organization: OrganizationId,
    reference: &WorkspaceReference,
) -> Result<WorkspaceId, Error> {
    let id = match reference {
        WorkspaceReference::Id(id) => *id,
        WorkspaceReference::Slug(slug) => {
            let holder = work.ledger().holder(&Claim::workspace_slug(organization, slug)).await?;
            holder.map(WorkspaceId::new).ok_or(WorkspaceError::NotFound)?
        }
    };
    let workspace = work.load::<Workspace>(id.uuid()).await?;
    if workspace.organization() == Some(organization) { Ok(id) } else { Err(WorkspaceError::NotFound.into()) }
}

fn shown(id: WorkspaceId) -> Shown<WorkspaceRow> {
    let mut keys = Keys::default();
    keys.workspaces.insert((id,));
    Shown { keys, view: Box::new(move |rows| rows.workspaces.get(&(id,)).cloned()) }
}
