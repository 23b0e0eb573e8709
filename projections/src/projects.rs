//! Projects.

use aggregates::{
    change::Apply,
    ids::{OrganizationId, ProjectId, WorkspaceId},
    project::{ProjectChanges, ProjectEvent},
    slug::Slug,
};
use chrono::{DateTime, Utc};

use crate::{FoldError, RowKeys, Rows, row::row};

row! {
    /// One project.
    pub struct ProjectRow in "projects", key(id: ProjectId), group(organization_id) {
        pub id: ProjectId,
        pub organization_id: OrganizationId,
        pub workspace_id: Option<WorkspaceId>,
        pub name: String,
        pub slug: String,
        pub description: Option<String>,
        pub archived_at: Option<DateTime<Utc>>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

impl ProjectRow {
    fn apply(&mut self, changes: &ProjectChanges) {
        changes.name.apply(&mut self.name);
        changes.slug.apply_as(&mut self.slug, Slug::to_string);
        changes.description.apply(&mut self.description);
        changes.workspace.apply(&mut self.workspace_id);
    }
}

pub(crate) fn keys(id: ProjectId, event: &ProjectEvent, keys: &mut RowKeys) {
    keys.projects.insert((id,));
    match event {
        ProjectEvent::ProjectCreated { organization, .. } | ProjectEvent::ProjectArchived { organization } => {
            keys.organization_counters.insert((*organization,));
        }
        ProjectEvent::ProjectUpdated { .. } => {}
    }
}

pub(crate) fn fold(id: ProjectId, event: &ProjectEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    match event {
        ProjectEvent::ProjectCreated { organization, name, slug, description, workspace } => {
            rows.organization_counters.update(&(*organization,), |row| row.projects += 1)?;
            return rows.projects.insert(ProjectRow {
                id,
                organization_id: *organization,
                workspace_id: *workspace,
                name: name.clone(),
                slug: slug.as_str().to_owned(),
                description: description.clone(),
                archived_at: None,
                version: 1,
                created_at: at,
                updated_at: at,
            });
        }
        ProjectEvent::ProjectArchived { organization } => {
            rows.organization_counters.update(&(*organization,), |row| row.projects -= 1)?;
        }
        ProjectEvent::ProjectUpdated { .. } => {}
    }
    rows.projects.update(&(id,), |row| {
        match event {
            ProjectEvent::ProjectCreated { .. } => {}
            ProjectEvent::ProjectUpdated { changes, .. } => row.apply(changes),
            ProjectEvent::ProjectArchived { .. } => row.archived_at = Some(at),
        }
        row.version += 1;
        row.updated_at = at;
    })
}
