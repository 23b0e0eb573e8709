//! Organizations: what REST shows of them, in the names of GraphQL.

use std::{collections::BTreeMap, sync::Arc};

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, Standing, decide},
    ids::{OrganizationId, UserId},
    organization::Status,
};
use async_graphql::{
    ComplexObject, Context, Enum, ID, Json, Object, Result, SimpleObject,
    connection::{Connection, DefaultConnectionName, DefaultEdgeName, DisableNodesField, Edge, EmptyFields},
};

use projections::{organizations::OrganizationRow, users::UserRow};

use super::{
    connections::{DEFAULT_FIRST, Nodes, cost, paging},
    error::Fallible,
    invitations::{self, Invitation, InvitationStatus},
    members::{self, Member},
    roles::{self, Role},
    scalars::Time,
    siblings,
    teams::{self, Team},
    usage::{self, Billing, Usage},
    workspaces::{self, Workspace, WorkspaceStatus},
};
use crate::{
    readmodel::organizations::{Filter, OrganizationView, Reference},
    rest::{
        App, Code, Problem,
        extract::Caller,
        fields::Fields,
        organizations::{self as rest, listed},
    },
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
    /// A UUID; as it is for `node` too.
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
    /// The key of the caller's role; null for a superadmin who is no member.
    role: Option<String>,
    /// Active members.
    user_count: i64,
    /// Workspaces that exist.
    workspace_count: i64,
    project_count: i64,
    space_count: i64,
    limits: Limits,
    usage: Usage,
    /// Lifetime of access tokens that are bound to this organization, in seconds.
    jwt_expiry_secs: i64,
    settings: OrganizationSettings,
    /// Pairs of texts.
    metadata: Json<BTreeMap<String, String>>,
    /// When a deleted organization is purged; null for all others.
    purge_after: Option<Time>,
    created_at: Time,
    updated_at: Time,
    #[graphql(skip)]
    parent: Parent,
    /// Organizations of the same page.
    #[graphql(skip)]
    siblings: Arc<siblings::Organizations>,
}

/// What the fields of an organization that are read after it need of it.
#[derive(Debug, Clone, Copy)]
pub struct Parent {
    pub id: OrganizationId,
    status: Status,
    standing: Standing,
}

impl Parent {
    /// Whether the caller may read this of it.
    pub fn allows(self, permission: Permission) -> Result<(), Denied> {
        decide(self.standing, self.status, Action::Use(permission))
    }

    fn new(view: &OrganizationView, asker: Asker) -> Self {
        let OrganizationRow { id, status, .. } = view.organization;
        Self { id, status, standing: view.standing(asker) }
    }
}

/// An organization whose fields are read together with those of its page.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    pub id: OrganizationId,
    pub siblings: &'a siblings::Organizations,
}

/// What is shown of a person to those who share an organization.
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
    pub(super) fn new(id: UserId, row: Option<&UserRow>) -> Self {
        Self {
            id: id.uuid().into(),
            email: row.and_then(|row| row.email.clone()),
            name: row.and_then(|row| row.name.clone()),
        }
    }
}

#[ComplexObject]
impl Organization {
    /// Active and suspended members, the newest account first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        #[graphql(desc = "The key of a role.")] role: Option<String>,
        #[graphql(desc = "Part of the name or address, in any case.")] search: Option<String>,
    ) -> Fallible<Nodes<Member>> {
        Some(members::of(ctx, self.readable(Permission::MembersRead), first, after, role, search).await)
    }

    /// Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<InvitationStatus>,
    ) -> Fallible<Nodes<Invitation>> {
        Some(invitations::of(ctx, self.readable(Permission::MembersInvite), first, after, status).await)
    }

    /// The built-in ones, then its own by their keys.
    #[graphql(complexity = "cost(ROLES, child_complexity)")]
    async fn roles(&self, ctx: &Context<'_>) -> Fallible<Vec<Role>> {
        Some(roles::of(ctx, self.readable(Permission::RolesRead)).await)
    }

    /// Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
    ) -> Fallible<Nodes<Team>> {
        Some(teams::of(ctx, self.readable(Permission::TeamsRead), first, after).await)
    }

    /// Those that are not archived, unless the others are asked for. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn workspaces(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<WorkspaceStatus>,
    ) -> Fallible<Nodes<Workspace>> {
        Some(workspaces::of(ctx, self.readable(Permission::WorkspacesRead), first, after, status).await)
    }

    /// What the use of a month costs, by the plan that the organization has now.
    async fn billing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A calendar month as `2026-01`, UTC; this month when absent.")] period: Option<String>,
    ) -> Fallible<Billing> {
        usage::billing_of(ctx, self.readable(Permission::OrganizationBilling), period).await.transpose()
    }
}

/// Roles that an organization has, as far as costs go.
const ROLES: i32 = 5;

impl Organization {
    /// What belongs to it, if the caller may read that.
    fn readable(&self, permission: Permission) -> Result<Page<'_>> {
        self.parent.allows(permission).map_err(Problem::from)?;
        Ok(Page { id: self.parent.id, siblings: &self.siblings })
    }

    /// One that was found alone.
    pub fn alone(view: &OrganizationView, asker: Asker) -> Self {
        Self::new(view, asker, &siblings::Organizations::new(vec![Parent::new(view, asker)]))
    }

    /// Those of a page.
    fn page(views: &[OrganizationView], asker: Asker) -> Vec<Self> {
        let siblings = siblings::Organizations::new(views.iter().map(|view| Parent::new(view, asker)).collect());
        views.iter().map(|view| Self::new(view, asker, &siblings)).collect()
    }

    /// From the representation of REST, so that both show the same to the same caller. Every field of it is named, so
    /// that a new one cannot be forgotten here.
    fn new(view: &OrganizationView, asker: Asker, siblings: &Arc<siblings::Organizations>) -> Self {
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
            // A connection of its own, as soon as there are spaces.
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
            usage: Usage::new(usage.running_agents, usage.runtime_hours, Parent::new(view, asker), siblings),
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
            parent: Parent::new(view, asker),
            siblings: Arc::clone(siblings),
        }
    }
}

type Organizations =
    Connection<String, Organization, Total, EmptyFields, DefaultConnectionName, DefaultEdgeName, DisableNodesField>;

/// What a connection counts beside its page.
pub struct Total {
    filter: Filter,
}

#[Object]
impl Total {
    /// How many there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Fallible<i64> {
        Some(count(ctx, &self.filter).await)
    }
}

#[derive(Debug, Default)]
pub struct OrganizationQueries;

#[Object]
impl OrganizationQueries {
    /// One organization, by exactly one of `id` and `slug`; an old slug leads to it as well. Where there is none that the
    /// caller may read, null and an error that says why.
    async fn organization(&self, ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Fallible<Organization> {
        Some(one(ctx, id, slug).await)
    }

    /// Those that the caller belongs to; a superadmin sees all. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        #[graphql(desc = "A cursor of this list with the same filter, also one that REST gave.")] after: Option<String>,
        #[graphql(desc = "Part of the name or slug, in any case.")] search: Option<String>,
        #[graphql(desc = "Without it all but the deleted ones.")] status: Option<OrganizationStatus>,
    ) -> Fallible<Organizations> {
        let filter = Filter { search, status: status.map(Status::from) };
        Some(list(ctx, first, after, filter).await)
    }
}

async fn one(ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Result<Organization> {
    let (app, asker) = asked(ctx)?;
    let view = app.readmodel.organization(asker, &reference(id, slug)?).await.map_err(Problem::from)?;
    tracing::Span::current().record("organization", view.organization.id.to_string());
    Ok(Organization::alone(&view, asker))
}

async fn list(ctx: &Context<'_>, first: i32, after: Option<String>, filter: Filter) -> Result<Organizations> {
    let (app, asker) = asked(ctx)?;
    let list = listed(app, asker, &filter, paging(first, after)?, Fields::default())?;
    let views = app.readmodel.organizations(asker, &filter, list.page()).await.map_err(Problem::from)?;
    let more = views.len() > list.most();
    let mut connection = Connection::with_additional_fields(list.goes_on(), more, Total { filter });
    let shown = views.get(..list.most()).unwrap_or(&views);
    let edge = |organization: Organization| Edge::new(list.cursor(organization.parent.id.uuid()), organization);
    connection.edges.extend(Organization::page(shown, asker).into_iter().map(edge));
    Ok(connection)
}

async fn count(ctx: &Context<'_>, filter: &Filter) -> Result<i64> {
    let (app, asker) = asked(ctx)?;
    Ok(app.readmodel.count_organizations(asker, filter).await.map_err(Problem::from)?)
}

pub(super) fn asked<'a>(ctx: &Context<'a>) -> Result<(&'a App, Asker)> {
    Ok((ctx.data::<App>()?, ctx.data::<Caller>()?.asker()))
}

fn reference(id: Option<ID>, slug: Option<String>) -> Result<Reference, Problem> {
    match (id, slug) {
        (Some(id), None) => {
            // What is no id would be looked up as a slug.
            id.parse().map(Reference::Id).map_err(|_| Problem::new(Code::OrganizationNotFound))
        }
        (None, Some(slug)) => Ok(Reference::Slug(slug)),
        _ => Err(Problem::with_detail(Code::Invalid, "Name an organization by exactly one of id and slug")),
    }
}
