//! Teams of an organization, and who is in them.

use std::sync::Arc;

use aggregates::ids::{OrganizationId, TeamId};
use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};

use super::{
    connections::{DEFAULT_FIRST, Nodes, cost, nodes, paging},
    error::Fallible,
    organizations::{Page, Person, asked},
    scalars::Time,
    siblings::Teams,
};
use crate::{
    readmodel::{
        organizations::Reference,
        teams::{TeamMemberView, TeamView},
    },
    web::{Code, Problem, fields::Fields, list::List},
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
    siblings: Arc<Teams>,
}

/// A member of a team.
#[derive(Debug, SimpleObject)]
pub struct TeamMember {
    user: Person,
    added_at: Time,
}

impl Team {
    fn new(TeamView { team, member_count }: &TeamView, siblings: &Arc<Teams>) -> Self {
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
    let list = List::check(app, asker, path, vec![], paging(first, after)?, Fields::default())?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization);
        let found = app.readmodel.team_members(asker, &reference, team.team, list.page(), false).await;
        found.map_err(Problem::from)?.ok_or_else(|| Problem::new(Code::TeamNotFound))?.rows
    } else {
        team.siblings.members(ctx, team.team, list.page().limit).await?
    };
    Ok(nodes(&list, &rows, |view| view.member.user_id.uuid(), TeamMember::from))
}

pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Result<Page<'_>>,
    first: i32,
    after: Option<String>,
) -> Result<Nodes<Team>> {
    let organization = organization?;
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/teams", organization.id);
    let list = List::check(app, asker, path, vec![], paging(first, after)?, Fields::default())?;
    let (rows, siblings) = if list.goes_on() {
        let found = app.readmodel.teams(asker, &Reference::Id(organization.id), list.page(), false).await;
        let rows = found.map_err(Problem::from)?.rows;
        let siblings = Teams::new(rows.iter().map(|view| view.team.id).collect());
        (rows, siblings)
    } else {
        organization.siblings.teams(ctx, organization.id, list.page().limit).await?
    };
    Ok(nodes(&list, &rows, |view| view.team.id.uuid(), |view| Team::new(view, &siblings)))
}
