//! Workspaces.

use aggregates::{
    ids::{OrganizationId, WorkspaceId},
    workspace::WorkspaceEvent,
};
use chrono::{DateTime, Utc};

use crate::{FoldError, Keys, Rows, row::row};

row! {
    /// One workspace.
    pub struct WorkspaceRow in "workspaces", key(id: WorkspaceId), group(organization_id) {
        pub id: WorkspaceId,
        pub organization_id: OrganizationId,
        pub name: String,
        pub slug: String,
        pub is_default: bool,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

pub(crate) fn keys(id: WorkspaceId, event: &WorkspaceEvent, keys: &mut Keys) {
    keys.workspaces.insert((id,));
    let WorkspaceEvent::WorkspaceCreated { organization, .. } = event;
    keys.organization_counters.insert((*organization,));
}

pub(crate) fn fold(
    id: WorkspaceId,
    event: &WorkspaceEvent,
    at: DateTime<Utc>,
    rows: &mut Rows,
) -> Result<(), FoldError> {
    match event {
        WorkspaceEvent::WorkspaceCreated { organization, name, slug, is_default } => {
            rows.organization_counters.update(&(*organization,), |row| row.workspaces += 1)?;
            rows.workspaces.insert(WorkspaceRow {
                id,
                organization_id: *organization,
                name: name.clone(),
                slug: slug.as_str().to_owned(),
                is_default: *is_default,
                version: 1,
                created_at: at,
                updated_at: at,
            })
        }
    }
}
