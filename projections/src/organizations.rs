//! Organizations, and what is counted for each.

mod people;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use aggregates::{
    authorization::RoleKey,
    change::Apply,
    ids::{OrganizationId, UserId},
    organization::{
        DEFAULT_JWT_EXPIRY_SECS, LimitOverrides, Limits, OrganizationEvent, Plan, ProfileChanges, Settings, Status,
    },
    personal::Personal,
};
use chrono::{DateTime, Utc};

use crate::{
    FoldError, RowKeys, Rows,
    memberships::{MembershipRow, MembershipStatus},
    row::{Json, row},
};

row! {
    /// One organization. What is counted stands in [`OrganizationCountersRow`], so that a new member is not a new version.
    pub struct OrganizationRow in "organizations", key(id: OrganizationId) {
        pub id: OrganizationId,
        pub name: String,
        pub slug: String,
        pub description: Option<String>,
        pub domain: Option<String>,
        pub billing_email: Option<String>,
        pub status: Status,
        pub suspended: bool,
        pub purge_after: Option<DateTime<Utc>>,
        pub plan: Plan,
        pub is_personal: bool,
        pub owner_id: UserId,
        pub settings: Json<Settings>,
        pub metadata: Json<BTreeMap<String, String>>,
        pub jwt_expiry_secs: i64,
        /// The organization's own limits; null where the plan's hold.
        pub max_concurrent_agents: Option<i64>,
        pub max_runtime_seconds: Option<i64>,
        pub max_workspaces: Option<i64>,
        pub max_members: Option<i64>,
        pub max_spaces: Option<i64>,
        /// Name and slug in lower case, for searching.
        pub search_text: String,
        /// Goes up with every change of this row.
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

row! {
    /// What is counted for an organization.
    pub struct OrganizationCountersRow in "organization_counters",
        key(organization_id: OrganizationId), group(organization_id)
    {
        pub organization_id: OrganizationId,
        /// Active members.
        pub users: i64,
        /// Active and suspended members and live invitations.
        pub seats: i64,
        /// Workspaces that are not archived.
        pub workspaces: i64,
        /// Projects that are not archived.
        pub projects: i64,
        pub spaces: i64,
    }
}

impl OrganizationRow {
    pub fn limits(&self) -> Limits {
        self.overrides().over(self.plan)
    }

    fn overrides(&self) -> LimitOverrides {
        LimitOverrides {
            max_concurrent_agents: self.max_concurrent_agents,
            max_runtime_seconds: self.max_runtime_seconds,
            max_workspaces: self.max_workspaces,
            max_members: self.max_members,
            max_spaces: self.max_spaces,
        }
    }

    fn set_overrides(&mut self, overrides: LimitOverrides) {
        self.max_concurrent_agents = overrides.max_concurrent_agents;
        self.max_runtime_seconds = overrides.max_runtime_seconds;
        self.max_workspaces = overrides.max_workspaces;
        self.max_members = overrides.max_members;
        self.max_spaces = overrides.max_spaces;
    }

    fn set_status(&mut self) {
        self.status = match (self.purge_after, self.suspended) {
            (Some(_), _) => Status::Deleted,
            (None, true) => Status::Suspended,
            (None, false) => Status::Active,
        };
    }

    fn set_search_text(&mut self) {
        self.search_text = search_text(&self.name, &self.slug);
    }

    fn apply(&mut self, changes: &ProfileChanges) {
        changes.name.apply(&mut self.name);
        changes.description.apply(&mut self.description);
        changes.domain.apply(&mut self.domain);
        changes.settings.apply(&mut self.settings.0);
        changes.metadata.apply(&mut self.metadata.0);
        changes.jwt_expiry_secs.apply(&mut self.jwt_expiry_secs);
        changes
            .billing_email
            .apply_as(&mut self.billing_email, |email| email.as_ref().and_then(Personal::get).cloned());
        self.set_search_text();
    }
}

fn search_text(name: &str, slug: &str) -> String {
    format!("{} {slug}", name.to_lowercase())
}

pub(crate) fn keys(id: OrganizationId, event: &OrganizationEvent, keys: &mut RowKeys) {
    if people::keys(id, event, keys) {
        return;
    }
    keys.organizations.insert((id,));
    if let OrganizationEvent::OrganizationCreated { owner, .. } = event {
        keys.organization_counters.insert((id,));
        keys.memberships.insert((id, *owner));
    }
}

pub(crate) fn fold(
    id: OrganizationId,
    event: &OrganizationEvent,
    at: DateTime<Utc>,
    rows: &mut Rows,
) -> Result<(), FoldError> {
    use OrganizationEvent as Event;
    if people::fold(id, event, at, rows)? {
        return Ok(());
    }
    match event {
        Event::OrganizationCreated { name, slug, description, domain, owner, plan, is_personal } => {
            rows.organizations.insert(OrganizationRow {
                id,
                name: name.clone(),
                slug: slug.as_str().to_owned(),
                description: description.clone(),
                domain: domain.clone(),
                billing_email: None,
                status: Status::Active,
                suspended: false,
                purge_after: None,
                plan: *plan,
                is_personal: *is_personal,
                owner_id: *owner,
                settings: Json::default(),
                metadata: Json::default(),
                jwt_expiry_secs: DEFAULT_JWT_EXPIRY_SECS,
                max_concurrent_agents: None,
                max_runtime_seconds: None,
                max_workspaces: None,
                max_members: None,
                max_spaces: None,
                search_text: search_text(name, slug.as_str()),
                version: 1,
                created_at: at,
                updated_at: at,
            })?;
            rows.organization_counters.insert(OrganizationCountersRow {
                organization_id: id,
                users: 1,
                seats: 1,
                workspaces: 0,
                projects: 0,
                spaces: 0,
            })?;
            rows.memberships.insert(MembershipRow {
                organization_id: id,
                user_id: *owner,
                role: RoleKey::OWNER,
                status: MembershipStatus::Active,
                api_keys: 0,
                version: 1,
                joined_at: at,
            })
        }
        Event::OrganizationPurged { .. } => {
            rows.remove_group(id.uuid());
            rows.organizations.remove(&(id,))
        }
        event => rows.organizations.update(&(id,), |row| {
            change(row, event);
            row.version += 1;
            row.updated_at = at;
        }),
    }
}

fn change(row: &mut OrganizationRow, event: &OrganizationEvent) {
    use OrganizationEvent as Event;
    match event {
        Event::OrganizationCreated { .. }
        | Event::OrganizationPurged { .. }
        | Event::OrganizationSlugReleased { .. } => {}
        Event::OrganizationUpdated { changes } => row.apply(changes),
        Event::PlanChanged { to, .. } => row.plan = *to,
        Event::OrganizationSlugChanged { to, .. } => {
            row.slug = to.as_str().to_owned();
            row.set_search_text();
        }
        Event::LimitsChanged { changes } => {
            let mut overrides = row.overrides();
            overrides.apply(changes);
            row.set_overrides(overrides);
        }
        Event::OrganizationSuspended { .. } => row.suspended = true,
        Event::OrganizationReactivated {} => row.suspended = false,
        Event::OrganizationDeleted { purge_after } => row.purge_after = Some(*purge_after),
        Event::OrganizationRestored {} => row.purge_after = None,
        Event::OwnershipTransferred { to, .. } | Event::PrimaryOwnerChanged { to, .. } => row.owner_id = *to,
        // Of members, invitations and roles: see `people`.
        _ => {}
    }
    row.set_status();
}
