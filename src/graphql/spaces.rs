//! Spaces: those of an organization, and all that the caller can see.

use std::sync::Arc;

use aggregates::{
    authorization::{self, Asker},
    ids::{OrganizationId, SpaceId},
};
use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};

use super::{
    archived::{StatusFilter, archived},
    catalog::{
        contracts::{self, Contract, ContractStatus},
        issues::{self, Issue, IssueStatus, Priority},
        products::{self, Product},
        quality::{self, QualityCheck},
    },
    connections::{DEFAULT_FIRST, Nodes, cost, list, nodes},
    error::Fallible,
    organizations::{OrganizationSummary, Page, Person, asked},
    scalars::Time,
    siblings::{Belonging, Newest, Siblings, all_together, together},
};
use crate::{
    database,
    readmodel::{
        Grouped, ReadModel,
        organizations::Reference,
        spaces::{self, SpaceFilter, SpaceMemberView, SpaceReference, SpaceView},
    },
    web::{Code, Problem},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SpaceStatus {
    Active,
    Archived,
}

/// What a member of a space is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "authorization::SpaceRole")]
pub enum SpaceRole {
    Admin,
    Editor,
    Viewer,
}

/// What products, contracts, issues and quality checks are kept in.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Space {
    /// A UUID, which `node` takes too.
    pub id: ID,
    /// The organization that it belongs to; null for one that is its members' own.
    organization: Option<OrganizationSummary>,
    name: String,
    slug: String,
    description: Option<String>,
    /// What the caller is in it; null for callers who see it because of what they are in the organization.
    role: Option<SpaceRole>,
    status: SpaceStatus,
    created_at: Time,
    updated_at: Time,
    #[graphql(skip)]
    pub(super) space: SpaceId,
    /// Spaces that were found with this one.
    #[graphql(skip)]
    pub(super) siblings: Arc<Siblings<SpaceId>>,
}

impl Space {
    /// A space that was found by itself.
    pub fn alone(view: &SpaceView) -> Self {
        Self::new(view, &Siblings::new(vec![view.space.id]))
    }

    fn new(SpaceView { space, organization, role }: &SpaceView, siblings: &Arc<Siblings<SpaceId>>) -> Self {
        let archived = space.archived_at.is_some();
        Self {
            id: space.id.uuid().into(),
            organization: organization.as_ref().map(Into::into),
            name: space.name.clone(),
            slug: space.slug.clone(),
            description: space.description.clone(),
            role: role.map(Into::into),
            status: if archived { SpaceStatus::Archived } else { SpaceStatus::Active },
            created_at: Time(space.created_at),
            updated_at: Time(space.updated_at),
            space: space.id,
            siblings: Arc::clone(siblings),
        }
    }
}

/// What names a space.
#[derive(Debug, SimpleObject)]
pub struct SpaceSummary {
    id: ID,
    name: String,
    slug: String,
}

impl From<&spaces::SpaceSummary> for SpaceSummary {
    fn from(summary: &spaces::SpaceSummary) -> Self {
        Self { id: summary.id.uuid().into(), name: summary.name.clone(), slug: summary.slug.clone() }
    }
}

/// A member of a space.
#[derive(Debug, SimpleObject)]
pub struct SpaceMember {
    user: Person,
    role: SpaceRole,
    added_at: Time,
}

impl From<&SpaceMemberView> for SpaceMember {
    fn from(SpaceMemberView { member, user, .. }: &SpaceMemberView) -> Self {
        let user = Person::new(member.user_id, user.as_ref());
        Self { user, role: member.role.into(), added_at: Time(member.added_at) }
    }
}

#[expect(clippy::too_many_arguments, reason = "each is one of the field")]
#[ComplexObject]
impl Space {
    /// Who is in it, newest account first. In a space of an organization they count only while they are active there.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
    ) -> Fallible<Nodes<SpaceMember>> {
        Some(members(ctx, self, first, after).await)
    }

    /// Its products with this status, the active ones when it is absent. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<StatusFilter>,
        #[graphql(desc = "What name or slug have in them, in whatever case.")] search: Option<String>,
    ) -> Fallible<Nodes<Product>> {
        Some(products::of(ctx, self, first, after, status, search).await)
    }

    /// Its contracts, those with this status or all. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn contracts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<ContractStatus>,
        #[graphql(desc = "Whether those that are archived are listed as well.")] include_archived: Option<bool>,
    ) -> Fallible<Nodes<Contract>> {
        Some(contracts::of(ctx, self, first, after, status, include_archived).await)
    }

    /// What someone has to see to, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn issues(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        #[graphql(desc = "Those in one of these states; in any when it is absent.")] status: Option<Vec<IssueStatus>>,
        priority: Option<Priority>,
        assignee_id: Option<ID>,
        #[graphql(desc = "Part of the title or the description; case is ignored.")] search: Option<String>,
    ) -> Fallible<Nodes<Issue>> {
        Some(issues::of(ctx, self, (first, after), (status, priority, assignee_id, search)).await)
    }

    /// What its products are measured by: checks with this status, the active ones when it is absent. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn quality_checks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
        status: Option<StatusFilter>,
        #[graphql(desc = "Those of this product only.")] product_id: Option<ID>,
    ) -> Fallible<Nodes<QualityCheck>> {
        Some(quality::of(ctx, self, (first, after), status, product_id).await)
    }
}

async fn members(ctx: &Context<'_>, space: &Space, first: i32, after: Option<String>) -> Result<Nodes<SpaceMember>> {
    let (app, asker) = asked(ctx)?;
    let ((), list) = list(ctx, format!("/spaces/{}/members", space.space), [], (first, after))?;
    let rows = if list.goes_on() {
        let reference = SpaceReference::Id(space.space);
        let found = app.readmodel.space_members(asker, &reference, list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        space.siblings.load(ctx, space.space, Newest { filter: (), most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.member.user_id.uuid(), SpaceMember::from))
}

/// Spaces, each with all that were found.
impl Belonging<OrganizationId> for Newest<SpaceFilter> {
    type Row = (SpaceView, Arc<Siblings<SpaceId>>);

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, Self::Row>, database::Error> {
        let found = readmodel.spaces_of(asker, of, &self.filter, self.most).await?;
        Ok(all_together(found, |view| view.space.id))
    }
}

impl Belonging<SpaceId> for Newest<()> {
    type Row = SpaceMemberView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[SpaceId],
    ) -> Result<Grouped<SpaceId, SpaceMemberView>, database::Error> {
        readmodel.members_of_spaces(asker, of, self.most).await
    }
}

/// Those of an organization that the caller can see.
pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    first: i32,
    after: Option<String>,
    status: Option<StatusFilter>,
) -> Result<Nodes<Space>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/spaces", organization.id);
    let (filter, list) = list::<SpaceFilter>(ctx, path, [("status", archived(status))], (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.spaces(asker, Some(&reference), &filter, list.page(), false).await;
        together(found.map_err(Problem::from)?.rows, |view| view.space.id)
    } else {
        organization.load(ctx, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |(view, _)| view.space.id.uuid(), |(view, siblings)| Space::new(view, siblings)))
}

#[derive(Debug, Default)]
pub struct SpaceQueries;

#[Object]
impl SpaceQueries {
    /// One space, by exactly one of `id` and `slug`. When it does not exist or the caller cannot see it, null and an error
    /// that says so.
    async fn space(&self, ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Fallible<Space> {
        Some(one(ctx, id, slug).await)
    }

    /// Those that the caller is a member of, and all spaces of the organizations in which they have the permission
    /// `spaces:write`. Those with this status, the active ones when it is absent. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn spaces(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        #[graphql(desc = "A cursor of this list with the same filters, from GraphQL.")] after: Option<String>,
        status: Option<StatusFilter>,
    ) -> Fallible<Nodes<Space>> {
        Some(everywhere(ctx, first, after, status).await)
    }
}

async fn one(ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Result<Space> {
    let (app, asker) = asked(ctx)?;
    let reference = match (id, slug) {
        (Some(id), None) => SpaceReference::Id(id.parse::<SpaceId>().map_err(|_| Problem::new(Code::SpaceNotFound))?),
        (None, Some(slug)) => SpaceReference::parse(&slug),
        _ => return Err(Problem::with_detail(Code::Invalid, "exactly one of id and slug names a space").into()),
    };
    Ok(Space::alone(&app.readmodel.space(asker, &reference).await.map_err(Problem::from)?))
}

async fn everywhere(
    ctx: &Context<'_>,
    first: i32,
    after: Option<String>,
    status: Option<StatusFilter>,
) -> Result<Nodes<Space>> {
    let (app, asker) = asked(ctx)?;
    let (filter, list) =
        list::<SpaceFilter>(ctx, "/spaces".to_owned(), [("status", archived(status))], (first, after))?;
    let found = app.readmodel.spaces(asker, None, &filter, list.page(), false).await.map_err(Problem::from)?;
    let rows = together(found.rows, |view| view.space.id);
    Ok(nodes(&list, &rows, |(view, _)| view.space.id.uuid(), |(view, siblings)| Space::new(view, siblings)))
}
