//! Workspaces.

use aggregates::{
    change::Apply,
    ids::{OrganizationId, WorkspaceId},
    slug::Slug,
    workspace::{WorkspaceChanges, WorkspaceEvent},
};
use chrono::{DateTime, Utc};

use crate::{FoldError, RowKeys, Rows, row::row};

row! {
    /// One workspace.
    pub struct WorkspaceRow in "workspaces", key(id: WorkspaceId), group(organization_id) {
        pub id: WorkspaceId,
        pub organization_id: OrganizationId,
        pub name: String,
        pub slug: String,
        pub description: Option<String>,
        pub is_default: bool,
        pub archived_at: Option<DateTime<Utc>>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

impl WorkspaceRow {
    fn apply(&mut self, changes: &WorkspaceChanges) {
        changes.name.apply(&mut self.name);
        changes.slug.apply_as(&mut self.slug, Slug::to_string);
        changes.description.apply(&mut self.description);
    }
}

pub(crate) fn keys(id: WorkspaceId, event: &WorkspaceEvent, keys: &mut RowKeys) {
    keys.workspaces.insert((id,));
    match event {
        WorkspaceEvent::WorkspaceCreated { organization, .. } | WorkspaceEvent::WorkspaceArchived { organization } => {
            keys.organization_counters.insert((*organization,));
        }
        WorkspaceEvent::WorkspaceUpdated { .. } => {}
    }
}

pub(crate) fn fold(
    id: WorkspaceId,
    event: &WorkspaceEvent,
    at: DateTime<Utc>,
    rows: &mut Rows,
) -> Result<(), FoldError> {
    match event {
        WorkspaceEvent::WorkspaceCreated { organization, name, slug, description, is_default } => {
            rows.organization_counters.update(&(*organization,), |row| row.workspaces += 1)?;
            return rows.workspaces.insert(WorkspaceRow {
                id,
                organization_id: *organization,
                name: name.clone(),
                slug: slug.as_str().to_owned(),
                description: description.clone(),
                is_default: *is_default,
                archived_at: None,
                version: 1,
                created_at: at,
                updated_at: at,
            });
        }
        WorkspaceEvent::WorkspaceArchived { organization } => {
            rows.organization_counters.update(&(*organization,), |row| row.workspaces -= 1)?;
        }
        WorkspaceEvent::WorkspaceUpdated { .. } => {}
    }
    rows.workspaces.update(&(id,), |row| {
        match event {
            WorkspaceEvent::WorkspaceCreated { .. } => {}
            WorkspaceEvent::WorkspaceUpdated { changes, .. } => row.apply(changes),
            WorkspaceEvent::WorkspaceArchived { .. } => row.archived_at = Some(at),
        }
        row.version += 1;
        row.updated_at = at;
    })
}
