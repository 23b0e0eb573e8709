//! Teams of an organization, and who is in them.

use std::sync::Arc;

use aggregates::{
    authorization::Asker,
    ids::{OrganizationId, TeamId},
};
use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};

use super::{
    connections::{DEFAULT_FIRST, Nodes, cost, list, nodes},
    error::Fallible,
    organizations::{Page, Person, asked},
    scalars::Time,
    siblings::{Belonging, Newest, Siblings, all_together, together},
};
use crate::{
    database,
    readmodel::{
        Grouped, ReadModel,
        organizations::Reference,
        teams::{TeamMemberView, TeamView},
    },
    web::{Code, Problem},
};

/// A group of an organization's members.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Team {
    id: ID,
    name: String,
    description: Option<String>,
    /// Members of the team who are active in the organization.
    member_count: i64,
    created_at: Time,
    updated_at: Time,
    #[graphql(skip)]
    team: TeamId,
    #[graphql(skip)]
    organization: OrganizationId,
    /// Teams that were found with this one.
    #[graphql(skip)]
    siblings: Arc<Siblings<TeamId>>,
}

/// A member of a team.
#[derive(Debug, SimpleObject)]
pub struct TeamMember {
    user: Person,
    added_at: Time,
}

impl Team {
    fn new(TeamView { team, member_count }: &TeamView, siblings: &Arc<Siblings<TeamId>>) -> Self {
        Self {
            id: team.id.uuid().into(),
            name: team.name.clone(),
            description: team.description.clone(),
            member_count: *member_count,
            created_at: Time(team.created_at),
            updated_at: Time(team.updated_at),
            team: team.id,
            organization: team.organization_id,
            siblings: Arc::clone(siblings),
        }
    }
}

impl From<&TeamMemberView> for TeamMember {
    fn from(TeamMemberView { member, user }: &TeamMemberView) -> Self {
        Self { user: Person::new(member.user_id, user.as_ref()), added_at: Time(member.added_at) }
    }
}

#[ComplexObject]
impl Team {
    /// The members of the team, newest account first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
    ) -> Fallible<Nodes<TeamMember>> {
        Some(members(ctx, self, first, after).await)
    }
}

async fn members(ctx: &Context<'_>, team: &Team, first: i32, after: Option<String>) -> Result<Nodes<TeamMember>> {
    let ((app, asker), organization) = (asked(ctx)?, team.organization);
    let path = format!("/organizations/{organization}/teams/{}/members", team.team);
    let ((), list) = list(ctx, path, [], (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization);
        let found = app.readmodel.team_members(asker, &reference, team.team, list.page(), false).await;
        found.map_err(Problem::from)?.ok_or_else(|| Problem::new(Code::TeamNotFound))?.rows
    } else {
        team.siblings.load(ctx, team.team, Newest { filter: (), most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.member.user_id.uuid(), TeamMember::from))
}

/// Teams, each with all that were found.
impl Belonging<OrganizationId> for Newest<()> {
    type Row = (TeamView, Arc<Siblings<TeamId>>);

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, Self::Row>, database::Error> {
        let found = readmodel.teams_of(asker, of, self.most).await?;
        Ok(all_together(found, |view| view.team.id))
    }
}

impl Belonging<TeamId> for Newest<()> {
    type Row = TeamMemberView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[TeamId],
    ) -> Result<Grouped<TeamId, TeamMemberView>, database::Error> {
        readmodel.members_of_teams(asker, of, self.most).await
    }
}

pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    first: i32,
    after: Option<String>,
) -> Result<Nodes<Team>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/teams", organization.id);
    let ((), list) = list(ctx, path, [], (first, after))?;
    let rows = if list.goes_on() {
        let found = app.readmodel.teams(asker, &Reference::Id(organization.id), list.page(), false).await;
        together(found.map_err(Problem::from)?.rows, |view| view.team.id)
    } else {
        organization.load(ctx, Newest { filter: (), most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |(view, _)| view.team.id.uuid(), |(view, siblings)| Team::new(view, siblings)))
}
