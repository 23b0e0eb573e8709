//! The representation of a workspace.

use aggregates::ids::{OrganizationId, WorkspaceId};
use chrono::{DateTime, Utc};
use projections::workspaces::WorkspaceRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::Lifecycle,
    web::{
        reply::Represents,
        time::time,
        words::{self, Named},
    },
};

/// A container for work inside an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workspace<'a> {
    #[schema(value_type = Uuid)]
    pub id: WorkspaceId,
    #[schema(value_type = Uuid)]
    pub organization_id: OrganizationId,
    pub name: &'a str,
    pub slug: &'a str,
    pub description: Option<&'a str>,
    /// Whether it is the workspace that the organization started with, which cannot be archived.
    pub is_default: bool,
    #[schema(schema_with = words::schema::<Lifecycle>)]
    pub status: Named<Lifecycle>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> From<&'a WorkspaceRow> for Workspace<'a> {
    fn from(row: &'a WorkspaceRow) -> Self {
        Self {
            id: row.id,
            organization_id: row.organization_id,
            name: &row.name,
            slug: &row.slug,
            description: row.description.as_deref(),
            is_default: row.is_default,
            status: Named(Lifecycle::of(row.archived_at)),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Represents for Workspace<'_> {
    type View = WorkspaceRow;
    type As<'v> = Workspace<'v>;
}
