//! The representations of a team and of its members.

use aggregates::ids::{OrganizationId, TeamId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::teams::{JoinedView, TeamMemberView, TeamView},
    web::{Person, reply::Represents, time::time},
};

/// A group of an organization's members.
#[derive(Debug, Serialize, ToSchema)]
pub struct Team<'a> {
    #[schema(value_type = Uuid)]
    pub id: TeamId,
    #[schema(value_type = Uuid)]
    pub organization_id: OrganizationId,
    pub name: &'a str,
    pub description: Option<&'a str>,
    /// Members of the team who are active in the organization.
    pub member_count: i64,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> From<&'a TeamView> for Team<'a> {
    fn from(TeamView { team, member_count }: &'a TeamView) -> Self {
        Self {
            id: team.id,
            organization_id: team.organization_id,
            name: &team.name,
            description: team.description.as_deref(),
            member_count: *member_count,
            created_at: team.created_at,
            updated_at: team.updated_at,
        }
    }
}

/// A member of a team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamMember<'a> {
    pub user: Person<'a>,
    #[serde(serialize_with = "time")]
    pub added_at: DateTime<Utc>,
}

impl<'a> From<&'a TeamMemberView> for TeamMember<'a> {
    fn from(TeamMemberView { member, user }: &'a TeamMemberView) -> Self {
        let user = user.as_ref();
        let person = Person {
            id: member.user_id.uuid(),
            email: user.and_then(|user| user.email.as_deref()),
            name: user.and_then(|user| user.name.as_deref()),
        };
        Self { user: person, added_at: member.added_at }
    }
}

impl Represents for Team<'_> {
    type View = TeamView;
    type As<'v> = Team<'v>;
}

impl<'a> From<&'a JoinedView> for TeamMember<'a> {
    fn from(joined: &'a JoinedView) -> Self {
        (&joined.member).into()
    }
}

impl Represents for TeamMember<'_> {
    type View = JoinedView;
    type As<'v> = TeamMember<'v>;
}
