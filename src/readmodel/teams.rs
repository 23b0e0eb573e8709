//! Teams and who is in them, as their readers see them. Only active members of the organization count.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    ids::{OrganizationId, TeamId, UserId},
};
use projections::{
    RowKeys, Rows,
    row::One,
    teams::{TeamMemberRow, TeamRow},
    users::UserRow,
};

use uuid::Uuid;

use super::{
    Current, Error, Grouped, IdOrSlug, Listed, Paged, ReadModel, Versioned, View,
    columns::columns,
    organizations::{Page, Reference},
    within::{Selected, Within},
};
use crate::database;

/// A team with what is counted for it.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamView {
    pub team: TeamRow,
    pub member_count: i64,
}

impl View for TeamView {
    /// With how many of its members are active in the organization.
    type Of = (TeamId, i64);

    fn rows(&(id, _): &Self::Of) -> RowKeys {
        RowKeys::of::<TeamRow>([(id,)])
    }

    fn read(rows: &Rows, &(id, member_count): &Self::Of) -> Option<Self> {
        rows.teams.get(&(id,)).map(|team| Self { team: team.clone(), member_count })
    }

    fn current(rows: &Rows, &(id, _): &Self::Of) -> Current {
        Current::of::<TeamRow>(rows, &(id,))
    }
}

impl Versioned for TeamView {
    fn version(&self) -> i64 {
        self.team.version
    }
}

impl Paged for TeamView {
    fn id(&self) -> Uuid {
        self.team.id.uuid()
    }
}

impl Selected for TeamView {
    type Parts = (TeamRow, One<i64>);

    fn columns() -> String {
        format!("{}, (SELECT count(*) FROM team_members tm WHERE tm.team_id = t.id {ACTIVE})", columns::<TeamRow>("t"))
    }

    fn new((team, One(member_count)): Self::Parts) -> Self {
        Self { team, member_count }
    }
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamMemberView {
    pub member: TeamMemberRow,
    pub user: Option<UserRow>,
}

/// A member of a team, with the version of the team.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinedView {
    pub member: TeamMemberView,
    pub version: i64,
}

impl View for JoinedView {
    type Of = (TeamId, UserId);

    fn rows(&(team, user): &Self::Of) -> RowKeys {
        RowKeys::of::<TeamRow>([(team,)]).and::<TeamMemberRow>([(team, user)]).and::<UserRow>([(user,)])
    }

    fn read(rows: &Rows, &(team, user): &Self::Of) -> Option<Self> {
        let member = rows.team_members.get(&(team, user))?.clone();
        let member = TeamMemberView { member, user: rows.users.get(&(user,)).cloned() };
        Some(Self { member, version: rows.teams.get(&(team,))?.version })
    }

    fn current(rows: &Rows, &(team, _): &Self::Of) -> Current {
        Current::of::<TeamRow>(rows, &(team,))
    }
}

impl Versioned for JoinedView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Selected for TeamMemberView {
    type Parts = (TeamMemberRow, Option<UserRow>);
    const JOINS: &str = "LEFT JOIN users u ON u.id = tm.user_id";

    fn columns() -> String {
        format!("{}, {}", columns::<TeamMemberRow>("tm"), columns::<UserRow>("u"))
    }

    fn new((member, user): Self::Parts) -> Self {
        Self { member, user }
    }
}

/// Who is in a team `tm` and active in its organization.
const ACTIVE: &str = "AND EXISTS (SELECT a.user_id FROM memberships a \
    WHERE a.organization_id = tm.organization_id AND a.user_id = tm.user_id AND a.status = 'active')";

static TEAMS: LazyLock<Within<TeamView>> = LazyLock::new(|| Within::organizations("teams t", Permission::TeamsRead));

/// Who is in a team is shown with name and address, as in the list of members.
static MEMBERS: LazyLock<Within<TeamMemberView, TeamId>> =
    LazyLock::new(|| Within::teams("team_members tm", Permission::MembersRead).told_by("user_id").only(ACTIVE));

impl ReadModel {
    /// One team, if the organization has it.
    pub async fn team(&self, asker: Asker, organization: &Reference, id: TeamId) -> Result<Option<TeamView>, Error> {
        TEAMS.one(self, asker, organization, &IdOrSlug::Id(id)).await
    }

    /// An organization's teams.
    pub async fn teams(
        &self,
        asker: Asker,
        organization: &Reference,
        page: Page,
        count: bool,
    ) -> Result<Listed<TeamView>, Error> {
        TEAMS.page(self, asker, organization, &(), page, count).await
    }

    /// Who is in a team, if the organization has it.
    pub async fn team_members(
        &self,
        asker: Asker,
        organization: &Reference,
        id: TeamId,
        page: Page,
        count: bool,
    ) -> Result<Option<Listed<TeamMemberView>>, Error> {
        MEMBERS.page_inside(self, asker, (organization, id), &(), page, count).await
    }

    /// The newest teams of each organization, at most so many.
    pub async fn teams_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        most: i64,
    ) -> Result<Grouped<OrganizationId, TeamView>, database::Error> {
        TEAMS.of_each(self, asker, organizations, &(), most).await
    }

    /// Who is in each team, at most so many.
    pub async fn members_of_teams(
        &self,
        asker: Asker,
        teams: &[TeamId],
        most: i64,
    ) -> Result<Grouped<TeamId, TeamMemberView>, database::Error> {
        MEMBERS.of_each(self, asker, teams, &(), most).await
    }
}
