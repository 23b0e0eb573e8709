//! Workspaces of an organization.

use aggregates::{authorization::Asker, ids::OrganizationId};
use async_graphql::{Context, Enum, ID, Result, SimpleObject};
use projections::workspaces::WorkspaceRow;

use super::{
    archived::{StatusFilter, archived},
    connections::{Nodes, list, nodes},
    organizations::{Page, asked},
    scalars::Time,
    siblings::{Belonging, Newest},
};
use crate::{
    database,
    readmodel::{self, Grouped, ReadModel, organizations::Reference, workspaces::WorkspaceFilter},
    web::Problem,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WorkspaceStatus {
    Active,
    Archived,
}

/// A container for work inside an organization.
#[derive(Debug, SimpleObject)]
pub struct Workspace {
    id: ID,
    name: String,
    slug: String,
    description: Option<String>,
    /// Whether it is the workspace that the organization started with, which cannot be archived.
    is_default: bool,
    status: WorkspaceStatus,
    created_at: Time,
    updated_at: Time,
}

impl From<&WorkspaceRow> for Workspace {
    fn from(row: &WorkspaceRow) -> Self {
        let archived = row.archived_at.is_some();
        Self {
            id: row.id.uuid().into(),
            name: row.name.clone(),
            slug: row.slug.clone(),
            description: row.description.clone(),
            is_default: row.is_default,
            status: if archived { WorkspaceStatus::Archived } else { WorkspaceStatus::Active },
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

impl Belonging<OrganizationId> for Newest<readmodel::StatusFilter> {
    type Row = WorkspaceRow;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, WorkspaceRow>, database::Error> {
        readmodel.workspaces_of(asker, of, self.filter, self.most).await
    }
}

/// Those that are not archived, unless the others are asked for.
pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    first: i32,
    after: Option<String>,
    status: Option<StatusFilter>,
) -> Result<Nodes<Workspace>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/workspaces", organization.id);
    let (filter, list) = list::<WorkspaceFilter>(ctx, path, [("status", archived(status))], (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.workspaces(asker, &reference, filter.status, list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        organization.load(ctx, Newest { filter: filter.status, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |row| row.id.uuid(), Workspace::from))
}
