//! Teams and who is in them.

use aggregates::{
    change::Apply,
    ids::{OrganizationId, TeamId, UserId},
    team::TeamEvent,
};
use chrono::{DateTime, Utc};

use crate::{FoldError, RowKeys, Rows, row::row};

row! {
    /// One team.
    pub struct TeamRow in "teams", key(id: TeamId), group(organization_id) {
        pub id: TeamId,
        pub organization_id: OrganizationId,
        pub name: String,
        pub description: Option<String>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

row! {
    /// A user's place in a team. It counts only while they are an active member of the organization.
    pub struct TeamMemberRow in "team_members", key(team_id: TeamId, user_id: UserId), group(organization_id) {
        pub team_id: TeamId,
        pub user_id: UserId,
        pub organization_id: OrganizationId,
        pub added_at: DateTime<Utc>,
    }
}

pub(crate) fn keys(id: TeamId, event: &TeamEvent, keys: &mut RowKeys) {
    keys.teams.insert((id,));
    match event {
        TeamEvent::TeamCreated { .. } | TeamEvent::TeamUpdated { .. } => {}
        TeamEvent::TeamDeleted { members, .. } => keys.team_members.extend(members.iter().map(|user| (id, *user))),
        TeamEvent::TeamMemberAdded { user, .. } | TeamEvent::TeamMemberRemoved { user } => {
            keys.team_members.insert((id, *user));
        }
    }
}

pub(crate) fn fold(id: TeamId, event: &TeamEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    match event {
        TeamEvent::TeamCreated { organization, name, description } => {
            return rows.teams.insert(TeamRow {
                id,
                organization_id: *organization,
                name: name.clone(),
                description: description.clone(),
                version: 1,
                created_at: at,
                updated_at: at,
            });
        }
        TeamEvent::TeamDeleted { members, .. } => {
            members.iter().try_for_each(|user| rows.team_members.remove(&(id, *user)))?;
            return rows.teams.remove(&(id,));
        }
        TeamEvent::TeamMemberAdded { organization, user } => rows.team_members.insert(TeamMemberRow {
            team_id: id,
            user_id: *user,
            organization_id: *organization,
            added_at: at,
        })?,
        TeamEvent::TeamMemberRemoved { user } => rows.team_members.remove(&(id, *user))?,
        TeamEvent::TeamUpdated { .. } => {}
    }
    rows.teams.update(&(id,), |row| {
        if let TeamEvent::TeamUpdated { changes, .. } = event {
            changes.name.apply(&mut row.name);
            changes.description.apply(&mut row.description);
        }
        row.version += 1;
        row.updated_at = at;
    })
}
