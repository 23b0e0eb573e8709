//! The one representation of an organization.

use std::collections::BTreeMap;

use aggregates::{
    authorization::{Asker, Permission, RoleKey},
    ids::{OrganizationId, SpaceId},
    organization::{Plan, Status},
};
use chrono::{DateTime, Utc};
use projections::spaces::SpaceRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    commands::organizations::CreatedOrganization,
    readmodel::{
        Grouped,
        organizations::{self, OrganizationView},
        spaces::SpaceView,
    },
    web::{
        Person,
        time::{optional_time, time},
        words::{self, Named},
    },
};

/// Of each organization, the spaces that one caller sees.
pub type SeenSpaces = Grouped<OrganizationId, SpaceView>;

/// An organization as one caller sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organization<'a> {
    #[schema(value_type = Uuid)]
    pub id: OrganizationId,
    pub name: &'a str,
    pub slug: &'a str,
    pub description: Option<&'a str>,
    pub domain: Option<&'a str>,
    /// Null for callers without the permission `organization:billing`.
    pub billing_email: Option<&'a str>,
    #[schema(schema_with = words::schema::<Status>)]
    pub status: Named<Status>,
    #[schema(schema_with = words::schema::<Plan>)]
    pub plan: Named<Plan>,
    pub is_personal: bool,
    /// The primary owner.
    pub owner: Person<'a>,
    /// Whether the caller is an owner.
    pub is_owner: bool,
    /// The caller's role; null for a superadmin who is not a member.
    pub role: Option<&'a str>,
    /// Active members.
    pub user_count: i64,
    /// Workspaces that are not archived.
    pub workspace_count: i64,
    pub project_count: i64,
    /// Spaces that are not archived, whether the caller can see them or not.
    pub space_count: i64,
    /// The spaces that the caller can see and that are not archived, the newest 100; `/organizations/{org}/spaces` has them
    /// all. Left out in the answer to a change where the organization has spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub spaces: Option<Vec<SpaceSummary<'a>>>,
    pub limits: Limits,
    pub usage: Usage,
    /// Lifetime of access tokens that are bound to this organization, in seconds.
    pub jwt_expiry_secs: i64,
    pub settings: Settings<'a>,
    pub metadata: &'a BTreeMap<String, String>,
    /// When a deleted organization is purged; null for all others.
    #[serde(serialize_with = "optional_time")]
    pub purge_after: Option<DateTime<Utc>>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

/// An organization that was created.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreatedOrganization)]
pub struct NewlyCreated<'a> {
    #[serde(flatten)]
    pub organization: Organization<'a>,
    /// How the owner gets in, if an account was created for their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation: Option<ActivationLink>,
}

impl<'a> NewlyCreated<'a> {
    /// Without the secret. Nobody belongs yet after a dry run, so no name but the caller's own is shown.
    pub fn new(view: &'a CreatedOrganization, asker: Asker, dry_run: bool) -> Self {
        let mut organization = Organization::new(&view.organization, asker);
        if dry_run && !organization.is_owner {
            organization.owner.name = None;
        }
        Self { organization, activation: view.activation_expires_at.map(ActivationLink::without_secret) }
    }
}

/// The only way into an account that was created for a person. Shown once, to the caller who named their address.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivationLink {
    /// For POST `/api/v1/auth/activate`. Null where `secret_available` is false.
    pub token: Option<&'static str>,
    /// A link with the token.
    pub url: Option<&'static str>,
    #[serde(serialize_with = "time")]
    pub expires_at: DateTime<Utc>,
    /// Whether token and link are included: only in the first answer, not in a repeated one.
    pub secret_available: bool,
}

impl ActivationLink {
    pub fn without_secret(expires_at: DateTime<Utc>) -> Self {
        Self { token: None, url: None, expires_at, secret_available: false }
    }
}

/// A space, by its names.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpaceSummary<'a> {
    #[schema(value_type = Uuid)]
    pub id: SpaceId,
    pub name: &'a str,
    pub slug: &'a str,
}

impl<'a> From<&'a SpaceRow> for SpaceSummary<'a> {
    fn from(row: &'a SpaceRow) -> Self {
        Self { id: row.id, name: &row.name, slug: &row.slug }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationLimits)]
pub struct Limits {
    pub max_concurrent_agents: i64,
    /// In a calendar month.
    pub max_runtime_hours: f64,
    pub max_workspaces: i64,
    pub max_members: i64,
    pub max_spaces: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationUsage)]
pub struct Usage {
    pub running_agents: i64,
    /// In this calendar month, UTC.
    pub runtime_hours: f64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationSettings)]
pub struct Settings<'a> {
    pub timezone: Option<&'a str>,
    pub locale: Option<&'a str>,
    pub logo_url: Option<&'a str>,
}

impl<'a> Organization<'a> {
    /// As it is shown with the spaces that the asker can see.
    pub fn with_spaces(view: &'a OrganizationView, asker: Asker, spaces: &'a SeenSpaces) -> Self {
        let seen = spaces.get(&view.organization.id).into_iter().flatten().flatten();
        Self { spaces: Some(seen.map(|view| (&view.space).into()).collect()), ..Self::new(view, asker) }
    }

    pub fn new(view: &'a OrganizationView, asker: Asker) -> Self {
        let OrganizationView { organization: row, counters, owner, membership, role: _ } = view;
        let standing = view.standing(asker);
        let role = membership.as_ref().map(|membership| &membership.role);
        let limits = row.limits();
        let settings = &row.settings.0;
        Self {
            id: row.id,
            name: &row.name,
            slug: &row.slug,
            description: row.description.as_deref(),
            domain: row.domain.as_deref(),
            billing_email: row.billing_email.as_deref().filter(|_| standing.has(Permission::OrganizationBilling)),
            status: Named(row.status),
            plan: Named(row.plan),
            is_personal: row.is_personal,
            owner: Person {
                id: row.owner_id.uuid(),
                email: owner.as_ref().and_then(|owner| owner.email.as_deref()),
                name: owner.as_ref().and_then(|owner| owner.name.as_deref()),
            },
            is_owner: role.is_some_and(RoleKey::is_owner),
            role: role.map(RoleKey::as_str),
            user_count: counters.users,
            workspace_count: counters.workspaces,
            project_count: counters.projects,
            space_count: counters.spaces,
            spaces: (counters.spaces == 0).then(Vec::new),
            limits: Limits {
                max_concurrent_agents: limits.max_concurrent_agents,
                max_runtime_hours: hours(limits.max_runtime_seconds),
                max_workspaces: limits.max_workspaces,
                max_members: limits.max_members,
                max_spaces: limits.max_spaces,
            },
            usage: Usage { running_agents: 0, runtime_hours: 0.0 },
            jwt_expiry_secs: row.jwt_expiry_secs,
            settings: Settings {
                timezone: settings.timezone.as_deref(),
                locale: settings.locale.as_deref(),
                logo_url: settings.logo_url.as_deref(),
            },
            metadata: &row.metadata.0,
            purge_after: row.purge_after,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Seconds as hours, to one second's precision.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "limits are far below 2^53 seconds")]
pub fn hours(seconds: i64) -> f64 {
    seconds as f64 / 3600.0
}

/// The organization that something belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationSummary<'a> {
    #[schema(value_type = Uuid)]
    pub id: OrganizationId,
    pub name: &'a str,
    pub slug: &'a str,
}

impl<'a> From<&'a organizations::OrganizationSummary> for OrganizationSummary<'a> {
    fn from(summary: &'a organizations::OrganizationSummary) -> Self {
        Self { id: summary.id, name: &summary.name, slug: &summary.slug }
    }
}
