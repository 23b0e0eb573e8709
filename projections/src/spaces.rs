//! Spaces, who is in them, and what is counted for each.

use aggregates::{
    authorization::SpaceRole,
    change::Apply,
    ids::{OrganizationId, SpaceId, UserId},
    slug::Slug,
    space::{SpaceChanges, SpaceEvent},
};
use chrono::{DateTime, Utc};

use crate::{
    FoldError, RowKeys, Rows,
    row::{row, word_field},
};

word_field!(SpaceRole => as_str);

row! {
    /// One space.
    pub struct SpaceRow in "spaces", key(id: SpaceId), group(id) {
        pub id: SpaceId,
        /// Null for one that is its members' own.
        pub organization_id: Option<OrganizationId>,
        pub name: String,
        pub slug: String,
        pub description: Option<String>,
        pub archived_at: Option<DateTime<Utc>>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

row! {
    /// A user's place in a space. In a space of an organization it counts only while they are an active member there.
    pub struct SpaceMemberRow in "space_members", key(space_id: SpaceId, user_id: UserId), group(space_id) {
        pub space_id: SpaceId,
        pub user_id: UserId,
        pub role: SpaceRole,
        pub added_at: DateTime<Utc>,
    }
}

row! {
    /// What is counted for a space, and summed up.
    pub struct SpaceCountersRow in "space_counters", key(space_id: SpaceId), group(space_id) {
        pub space_id: SpaceId,
        /// Those that are not archived.
        pub products: i64,
        /// Open ones and those in progress.
        pub open_issues: i64,
        /// Those that are recorded as active and are not archived.
        pub active_contracts: i64,
        /// Products that have a quality score.
        pub scored_products: i64,
        /// The sum of their scores.
        pub score_sum: i64,
    }
}

impl SpaceRow {
    fn apply(&mut self, changes: &SpaceChanges) {
        changes.name.apply(&mut self.name);
        changes.slug.apply_as(&mut self.slug, Slug::to_string);
        changes.description.apply(&mut self.description);
    }
}

/// The organization for which a space counts more or less from this event on, and by how many.
fn counted(event: &SpaceEvent) -> Option<(OrganizationId, i64)> {
    match event {
        SpaceEvent::SpaceCreated { organization, .. } => organization.map(|organization| (organization, 1)),
        SpaceEvent::SpaceAttached { organization, archived: false } => Some((*organization, 1)),
        SpaceEvent::SpaceDetached { organization, archived: false } => Some((*organization, -1)),
        SpaceEvent::SpaceArchived { organization } => organization.map(|organization| (organization, -1)),
        _ => None,
    }
}

pub(crate) fn keys(id: SpaceId, event: &SpaceEvent, keys: &mut RowKeys) {
    keys.spaces.insert((id,));
    keys.organization_counters.extend(counted(event).map(|(organization, _)| (organization,)));
    match event {
        SpaceEvent::SpaceCreated { admin, .. } => {
            keys.space_members.insert((id, *admin));
            keys.space_counters.insert((id,));
        }
        SpaceEvent::SpaceMemberAdded { user, .. }
        | SpaceEvent::SpaceMemberRoleChanged { user, .. }
        | SpaceEvent::SpaceMemberRemoved { user } => drop(keys.space_members.insert((id, *user))),
        _ => {}
    }
}

pub(crate) fn fold(id: SpaceId, event: &SpaceEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    if let Some((organization, more)) = counted(event) {
        rows.organization_counters.update(&(organization,), |row| row.spaces += more)?;
    }
    let member = |user, role| SpaceMemberRow { space_id: id, user_id: user, role, added_at: at };
    match event {
        SpaceEvent::SpaceCreated { organization, name, slug, description, admin } => {
            rows.space_members.insert(member(*admin, SpaceRole::Admin))?;
            rows.space_counters.insert(SpaceCountersRow {
                space_id: id,
                products: 0,
                open_issues: 0,
                active_contracts: 0,
                scored_products: 0,
                score_sum: 0,
            })?;
            return rows.spaces.insert(SpaceRow {
                id,
                organization_id: *organization,
                name: name.clone(),
                slug: slug.as_str().to_owned(),
                description: description.clone(),
                archived_at: None,
                version: 1,
                created_at: at,
                updated_at: at,
            });
        }
        SpaceEvent::SpacePurged { .. } => {
            rows.remove_group(id.uuid());
            return Ok(());
        }
        SpaceEvent::SpaceMemberAdded { user, role } => rows.space_members.insert(member(*user, *role))?,
        SpaceEvent::SpaceMemberRoleChanged { user, to, .. } => {
            rows.space_members.update(&(id, *user), |row| row.role = *to)?;
        }
        SpaceEvent::SpaceMemberRemoved { user } => rows.space_members.remove(&(id, *user))?,
        _ => {}
    }
    rows.spaces.update(&(id,), |row| {
        match event {
            SpaceEvent::SpaceUpdated { changes } => row.apply(changes),
            SpaceEvent::SpaceAttached { organization, .. } => row.organization_id = Some(*organization),
            SpaceEvent::SpaceDetached { .. } => row.organization_id = None,
            SpaceEvent::SpaceArchived { .. } => row.archived_at = Some(at),
            _ => {}
        }
        row.version += 1;
        row.updated_at = at;
    })
}
