//! `me`.

use aggregates::{authorization::Denied, ids::UserId};
use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use projections::users::UserRow;
use uuid::Uuid;

use super::{
    api_keys::{self, ApiKey, ApiKeyStatus},
    connections::{DEFAULT_FIRST, Nodes, checked, cost},
    error::Fallible,
    members::{MembershipStatus, RoleSummary},
    organizations::{OrganizationStatus, asked},
    scalars::Time,
};
use crate::{
    readmodel::{memberships::MembershipView, organizations::Page},
    web::{Code, Problem},
};

/// An account.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct User {
    /// A UUID, which `node` takes too.
    pub id: ID,
    /// Null after it was erased.
    email: Option<String>,
    /// Null until the person has given one.
    name: Option<String>,
    /// The organization that the person says they belong to.
    organization: Option<String>,
    is_superadmin: bool,
    #[graphql(skip)]
    user: UserId,
}

/// A membership in an organization.
#[derive(Debug, SimpleObject)]
struct Membership {
    organization: MembershipOrganization,
    role: RoleSummary,
    /// What the role allows, as far as the caller's credential allows it too.
    permissions: Vec<String>,
    status: MembershipStatus,
    joined_at: Time,
}

#[derive(Debug, SimpleObject)]
struct MembershipOrganization {
    id: ID,
    name: String,
    slug: String,
    status: OrganizationStatus,
    is_personal: bool,
}

impl From<MembershipView> for Membership {
    fn from(view: MembershipView) -> Self {
        let MembershipView { organization, membership, role, permissions } = view;
        let role_name = membership.role_name(role.as_ref()).to_owned();
        Self {
            role: RoleSummary { key: membership.role.to_string(), name: role_name },
            permissions: permissions.into(),
            status: membership.status.into(),
            joined_at: Time(membership.joined_at),
            organization: MembershipOrganization {
                id: organization.id.uuid().into(),
                name: organization.name,
                slug: organization.slug,
                status: organization.status.into(),
                is_personal: organization.is_personal,
            },
        }
    }
}

#[ComplexObject]
impl User {
    /// The person's memberships, oldest first, except in deleted organizations.
    #[graphql(complexity = "cost(first.unwrap_or(MEMBERSHIPS), child_complexity)")]
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; all of them when absent.")] first: Option<i32>,
        #[graphql(desc = "The id of an organization: those after it.")] after: Option<ID>,
    ) -> Fallible<Vec<Membership>> {
        Some(memberships(ctx, self.user, first, after).await)
    }

    /// The caller's own keys, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<ApiKeyStatus>,
    ) -> Fallible<Nodes<ApiKey>> {
        Some(api_keys::own(ctx, first, after, status).await)
    }
}

/// Places of a person, as far as costs go.
const MEMBERSHIPS: i32 = 20;

async fn memberships(
    ctx: &Context<'_>,
    user: UserId,
    first: Option<i32>,
    after: Option<ID>,
) -> Result<Vec<Membership>> {
    let (app, asker) = asked(ctx)?;
    let unknown = |_| Problem::with_detail(Code::Invalid, "after must be the id of an organization");
    let after = after.map(|id| Uuid::parse_str(&id)).transpose().map_err(unknown)?;
    let limit = first.map(checked).transpose()?.map_or(i64::MAX, i64::from);
    let found = app.readmodel.memberships_of(asker, user, Some(Page { after, limit })).await.map_err(Problem::from)?;
    Ok(found.into_iter().map(Membership::from).collect())
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id.uuid().into(),
            email: row.email,
            name: row.name,
            organization: row.organization,
            is_superadmin: row.is_superadmin,
            user: row.id,
        }
    }
}

#[derive(Debug, Default)]
pub struct MeQuery;

#[Object]
impl MeQuery {
    /// The caller's account.
    async fn me(&self, ctx: &Context<'_>) -> Fallible<User> {
        Some(me(ctx).await)
    }
}

async fn me(ctx: &Context<'_>) -> Result<User> {
    let (app, asker) = asked(ctx)?;
    let user = asker.user().ok_or(Denied::PersonRequired).map_err(Problem::from)?;
    let found = app.readmodel.user(asker, user).await.map_err(Problem::from)?;
    // An authenticated caller has an account.
    let row = found.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    Ok(row.into())
}
