//! What belongs to an organization, as fields of it.

use async_graphql::{ComplexObject, Context, ID};

use super::Organization;
use crate::graphql::{
    api_keys::{self, ApiKey, ApiKeyStatus},
    archived::StatusFilter,
    catalog::{
        across::{self, OrganizationStats},
        contracts::{Contract, ContractStatus},
        issues::{Issue, IssueStatus, Priority},
        products::Product,
        quality::QualityCheck,
    },
    connections::{DEFAULT_FIRST, Nodes, cost},
    error::Fallible,
    invitations::{self, Invitation, InvitationStatus},
    members::{self, Member},
    projects::{self, Project},
    roles::{self, Role},
    spaces::{self, Space},
    teams::{self, Team},
    usage::{self, Billing},
    workspaces::{self, Workspace},
};

/// Roles that an organization has, as far as costs go.
const ROLES: i32 = 5;

#[ComplexObject]
impl Organization {
    /// Active and suspended members, newest account first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        #[graphql(desc = "The key of a role.")] role: Option<String>,
        #[graphql(desc = "Part of the name or e-mail address; case is ignored.")] search: Option<String>,
    ) -> Fallible<Nodes<Member>> {
        Some(members::of(ctx, self.page(), first, after, role, search).await)
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
        Some(invitations::of(ctx, self.page(), first, after, status).await)
    }

    /// The built-in roles, then its own in the order of their keys.
    #[graphql(complexity = "cost(ROLES, child_complexity)")]
    async fn roles(&self, ctx: &Context<'_>) -> Fallible<Vec<Role>> {
        Some(roles::of(ctx, self.page()).await)
    }

    /// Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
    ) -> Fallible<Nodes<Team>> {
        Some(teams::of(ctx, self.page(), first, after).await)
    }

    /// Those with this status, the active ones when it is absent. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn workspaces(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<StatusFilter>,
    ) -> Fallible<Nodes<Workspace>> {
        Some(workspaces::of(ctx, self.page(), first, after, status).await)
    }

    /// Those with this status, the active ones when it is absent. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<StatusFilter>,
        #[graphql(desc = "Id or slug of a workspace whose projects are listed.")] workspace: Option<String>,
    ) -> Fallible<Nodes<Project>> {
        Some(projects::of(ctx, self.page(), first, after, status, workspace).await)
    }

    /// The spaces that the caller can see: all of them with the permission `spaces:write`, and otherwise those that they are
    /// a member of. Those with this status, the active ones when it is absent. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn spaces(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<StatusFilter>,
    ) -> Fallible<Nodes<Space>> {
        Some(spaces::of(ctx, self.page(), first, after, status).await)
    }

    /// The products of all its spaces that the caller can see, newest first. Archived spaces are left out.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        #[graphql(desc = "The active ones when absent.")] status: Option<StatusFilter>,
        #[graphql(desc = "Part of the name or slug; case is ignored.")] search: Option<String>,
    ) -> Fallible<Nodes<Product>> {
        Some(across::products(ctx, self.page(), (first, after), status, search).await)
    }

    /// The contracts of all its spaces that the caller can see, those with this status or all, newest first. Archived spaces
    /// are left out.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn contracts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<ContractStatus>,
        #[graphql(desc = "Whether those that are archived are listed as well.")] include_archived: Option<bool>,
    ) -> Fallible<Nodes<Contract>> {
        Some(across::contracts(ctx, self.page(), (first, after), status, include_archived).await)
    }

    /// The issues of all its spaces that the caller can see, newest first. Archived spaces are left out.
    #[graphql(complexity = "cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn issues(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        #[graphql(desc = "In one of these states.")] status: Option<Vec<IssueStatus>>,
        priority: Option<Priority>,
        #[graphql(desc = "The id of the person who sees to it.")] assignee_id: Option<ID>,
        #[graphql(desc = "Part of the title or description; case is ignored.")] search: Option<String>,
    ) -> Fallible<Nodes<Issue>> {
        let narrowed = (status, priority, assignee_id, search);
        Some(across::issues(ctx, self.page(), (first, after), narrowed).await)
    }

    /// The quality checks of all its spaces that the caller can see, newest first. Archived spaces are left out.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn quality_checks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        #[graphql(default, desc = "With archived checks.")] include_archived: bool,
    ) -> Fallible<Nodes<QualityCheck>> {
        Some(across::quality_checks(ctx, self.page(), (first, after), include_archived).await)
    }

    /// What the organization and its spaces amount to. It costs 25.
    #[graphql(complexity = "25 + child_complexity")]
    async fn stats(&self, ctx: &Context<'_>) -> Fallible<OrganizationStats> {
        Some(across::stats(ctx, self.page()).await)
    }

    /// The organization's own keys, not those of its members. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<ApiKeyStatus>,
    ) -> Fallible<Nodes<ApiKey>> {
        Some(api_keys::of(ctx, self.page(), first, after, status).await)
    }

    /// What the use of a month costs, by the plan that the organization has now.
    async fn billing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A calendar month as `2026-01`, UTC; this month when absent.")] period: Option<String>,
    ) -> Fallible<Billing> {
        usage::billing_of(ctx, self.page(), period).await.transpose()
    }
}
