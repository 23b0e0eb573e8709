//! The representation of a project.

use aggregates::ids::{ProjectId, WorkspaceId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::{Lifecycle, projects::ProjectView},
    rest::organizations::OrganizationSummary,
    web::{
        reply::Represents,
        time::time,
        words::{self, Named},
    },
};

/// A piece of work inside an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct Project<'a> {
    #[schema(value_type = Uuid)]
    pub id: ProjectId,
    pub organization: OrganizationSummary<'a>,
    /// The workspace that it is in.
    #[schema(value_type = Option<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
    pub name: &'a str,
    pub slug: &'a str,
    pub description: Option<&'a str>,
    #[schema(schema_with = words::schema::<Lifecycle>)]
    pub status: Named<Lifecycle>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> From<&'a ProjectView> for Project<'a> {
    fn from(ProjectView { organization, project }: &'a ProjectView) -> Self {
        Self {
            id: project.id,
            organization: organization.into(),
            workspace_id: project.workspace_id,
            name: &project.name,
            slug: &project.slug,
            description: project.description.as_deref(),
            status: Named(Lifecycle::of(project.archived_at)),
            created_at: project.created_at,
            updated_at: project.updated_at,
        }
    }
}

impl Represents for Project<'_> {
    type View = ProjectView;
    type As<'v> = Project<'v>;
}
