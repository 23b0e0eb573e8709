//! The representation of an organization.

use std::{collections::BTreeMap, sync::Arc};

use aggregates::{
    authorization::Asker,
    ids::{OrganizationId, UserId},
    organization::Status,
};
use async_graphql::{Enum, ID, Json, SimpleObject};
use projections::users::UserRow;

use super::Page;
use crate::{
    graphql::{scalars::Time, siblings::Siblings, usage::Usage},
    readmodel::organizations::{self, OrganizationView},
    rest::organizations as rest,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub enum OrganizationStatus {
    Active,
    Suspended,
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "aggregates::organization::Plan", name = "Plan")]
pub enum OrganizationPlan {
    Free,
    Pro,
    Enterprise,
}

/// An organization as the caller sees it.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Organization {
    /// A UUID, which `node` takes too.
    pub id: ID,
    name: String,
    slug: String,
    description: Option<String>,
    domain: Option<String>,
    /// Null for callers without the permission `organization:billing`.
    billing_email: Option<String>,
    status: OrganizationStatus,
    plan: OrganizationPlan,
    is_personal: bool,
    /// The primary owner.
    owner: Person,
    /// Whether the caller is an owner.
    is_owner: bool,
    /// The key of the caller's role; null for a superadmin who is not a member.
    role: Option<String>,
    /// Active members.
    user_count: i64,
    /// Workspaces that are not archived.
    workspace_count: i64,
    project_count: i64,
    /// Spaces that are not archived, whether the caller can see them or not.
    space_count: i64,
    limits: Limits,
    usage: Usage,
    /// Lifetime of access tokens that are bound to this organization, in seconds.
    jwt_expiry_secs: i64,
    settings: OrganizationSettings,
    /// Pairs of strings.
    metadata: Json<BTreeMap<String, String>>,
    /// When a deleted organization is purged; null for all others.
    purge_after: Option<Time>,
    created_at: Time,
    updated_at: Time,
    #[graphql(skip)]
    pub(super) organization: OrganizationId,
    /// Organizations of the same page.
    #[graphql(skip)]
    siblings: Arc<Siblings<OrganizationId>>,
}

/// A person, as people in the same organization see them.
#[derive(Debug, SimpleObject)]
pub struct Person {
    id: ID,
    email: Option<String>,
    /// Null until the person has given one.
    name: Option<String>,
}

/// What an organization may use.
#[derive(Debug, SimpleObject)]
pub struct Limits {
    max_concurrent_agents: i64,
    /// In a calendar month.
    max_runtime_hours: f64,
    max_workspaces: i64,
    max_members: i64,
    max_spaces: i64,
}

#[derive(Debug, SimpleObject)]
pub struct OrganizationSettings {
    timezone: Option<String>,
    locale: Option<String>,
    logo_url: Option<String>,
}

impl Person {
    pub fn new(id: UserId, row: Option<&UserRow>) -> Self {
        Self {
            id: id.uuid().into(),
            email: row.and_then(|row| row.email.clone()),
            name: row.and_then(|row| row.name.clone()),
        }
    }
}

impl Organization {
    /// For what belongs to it.
    pub(super) fn page(&self) -> Page<'_> {
        Page { id: self.organization, siblings: &self.siblings }
    }

    /// One that was found alone.
    pub fn alone(view: &OrganizationView, asker: Asker) -> Self {
        Self::new(view, asker, &Siblings::new(vec![view.organization.id]))
    }

    /// Those of a page.
    pub(super) fn together(views: &[OrganizationView], asker: Asker) -> Vec<Self> {
        let siblings = Siblings::new(views.iter().map(|view| view.organization.id).collect());
        views.iter().map(|view| Self::new(view, asker, &siblings)).collect()
    }

    /// From the representation of REST, so that both show the same to the same caller. Every field of it is named, so
    /// that a new one cannot be forgotten here.
    fn new(view: &OrganizationView, asker: Asker, siblings: &Arc<Siblings<OrganizationId>>) -> Self {
        let rest::Organization {
            id,
            name,
            slug,
            description,
            domain,
            billing_email,
            status: _,
            plan: _,
            is_personal,
            owner,
            is_owner,
            role,
            user_count,
            workspace_count,
            project_count,
            space_count,
            // They are a connection of their own.
            spaces: _,
            limits,
            usage,
            jwt_expiry_secs,
            settings,
            metadata,
            purge_after,
            created_at,
            updated_at,
        } = rest::Organization::new(view, asker);
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            id: id.uuid().into(),
            name: name.to_owned(),
            slug: slug.to_owned(),
            description: owned(description),
            domain: owned(domain),
            billing_email: owned(billing_email),
            status: view.organization.status.into(),
            plan: view.organization.plan.into(),
            is_personal,
            owner: Person { id: owner.id.into(), email: owned(owner.email), name: owned(owner.name) },
            is_owner,
            role: owned(role),
            user_count,
            workspace_count,
            project_count,
            space_count,
            limits: Limits {
                max_concurrent_agents: limits.max_concurrent_agents,
                max_runtime_hours: limits.max_runtime_hours,
                max_workspaces: limits.max_workspaces,
                max_members: limits.max_members,
                max_spaces: limits.max_spaces,
            },
            usage: Usage::new(usage.running_agents, usage.runtime_hours, id, siblings),
            jwt_expiry_secs,
            settings: OrganizationSettings {
                timezone: owned(settings.timezone),
                locale: owned(settings.locale),
                logo_url: owned(settings.logo_url),
            },
            metadata: Json(metadata.clone()),
            purge_after: purge_after.map(Time),
            created_at: Time(created_at),
            updated_at: Time(updated_at),
            organization: id,
            siblings: Arc::clone(siblings),
        }
    }
}

/// The organization that something belongs to.
#[derive(Debug, SimpleObject)]
pub struct OrganizationSummary {
    id: ID,
    name: String,
    slug: String,
}

impl From<&organizations::OrganizationSummary> for OrganizationSummary {
    fn from(summary: &organizations::OrganizationSummary) -> Self {
        Self { id: summary.id.uuid().into(), name: summary.name.clone(), slug: summary.slug.clone() }
    }
}
