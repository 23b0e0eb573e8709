//! Workspaces as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    claim::ClaimKind,
    ids::{OrganizationId, WorkspaceId},
};
use projections::{RowKeys, Rows, workspaces::WorkspaceRow};

use uuid::Uuid;

use super::{
    Current, Error, Grouped, IdOrSlug, Listed, Paged, ReadModel, StatusFilter, View,
    columns::columns,
    organizations::{Page, Reference},
    within::{Selected, Within},
};
use crate::database;

/// How a workspace is named in a path, behind its organization.
pub type WorkspaceReference = IdOrSlug<WorkspaceId>;

/// Which workspaces a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct WorkspaceFilter {
    pub status: StatusFilter,
}

impl View for WorkspaceRow {
    type Of = WorkspaceId;

    fn rows(id: &WorkspaceId) -> RowKeys {
        RowKeys::of::<Self>([(*id,)])
    }

    fn read(rows: &Rows, id: &WorkspaceId) -> Option<Self> {
        rows.workspaces.get(&(*id,)).cloned()
    }

    fn current(rows: &Rows, id: &WorkspaceId) -> Current {
        Current::of::<Self>(rows, &(*id,))
    }
}

impl Paged for WorkspaceRow {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

impl Selected for WorkspaceRow {
    type Parts = Self;

    fn columns() -> String {
        columns::<Self>("w")
    }

    fn new(row: Self) -> Self {
        row
    }
}

static WORKSPACES: LazyLock<Within<WorkspaceRow>> = LazyLock::new(|| {
    Within::organizations("workspaces w", Permission::WorkspacesRead).with_slugs(ClaimKind::WorkspaceSlug)
});

impl ReadModel {
    /// One workspace, if the organization has it.
    pub async fn workspace(
        &self,
        asker: Asker,
        organization: &Reference,
        workspace: &WorkspaceReference,
    ) -> Result<Option<WorkspaceRow>, Error> {
        WORKSPACES.one(self, asker, organization, workspace).await
    }

    /// An organization's workspaces.
    pub async fn workspaces(
        &self,
        asker: Asker,
        organization: &Reference,
        status: StatusFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<WorkspaceRow>, Error> {
        WORKSPACES.page(self, asker, organization, &status, page, count).await
    }

    /// The newest workspaces of each organization, at most so many.
    pub async fn workspaces_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        status: StatusFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, WorkspaceRow>, database::Error> {
        WORKSPACES.of_each(self, asker, organizations, &status, most).await
    }
}
