//! Teams and who is in them, as their readers see them. Only active members of the organization count.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    ids::{OrganizationId, TeamId, UserId},
};
use projections::{
    RowKeys, Rows,
    row::{Columns, Kind, One, Value, ValueError},
    teams::{TeamMemberRow, TeamRow},
    users::UserRow,
};

use super::{
    Error, ReadModel,
    access::{Access, Grouped, InOrganization, Listed, grouped, wanted},
    columns::columns,
    organizations::{Page, Reference},
};
use crate::database::{self, Arg};

/// A team with what is counted for it.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamView {
    pub team: TeamRow,
    pub member_count: i64,
}

impl TeamView {
    /// The rows that [`TeamView::from_rows`] reads.
    pub fn keys(id: TeamId) -> RowKeys {
        let mut keys = RowKeys::default();
        keys.teams.insert((id,));
        keys
    }

    pub fn from_rows(rows: &Rows, id: TeamId, member_count: i64) -> Option<Self> {
        rows.teams.get(&(id,)).map(|team| Self { team: team.clone(), member_count })
    }
}

impl Columns for TeamView {
    fn kinds(kinds: &mut Vec<Kind>) {
        <(TeamRow, One<i64>)>::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (team, One(member_count)) = <(TeamRow, One<i64>)>::read(values)?;
        Ok(Self { team, member_count })
    }
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamMemberView {
    pub member: TeamMemberRow,
    pub user: Option<UserRow>,
}

impl TeamMemberView {
    /// The rows that [`TeamMemberView::from_rows`] reads.
    pub fn keys(team: TeamId, user: UserId) -> RowKeys {
        let mut keys = TeamView::keys(team);
        keys.team_members.insert((team, user));
        keys.users.insert((user,));
        keys
    }

    /// With the version of the team.
    pub fn from_rows(rows: &Rows, team: TeamId, user: UserId) -> Option<(Self, i64)> {
        let version = rows.teams.get(&(team,))?.version;
        let member = rows.team_members.get(&(team, user))?.clone();
        Some((Self { member, user: rows.users.get(&(user,)).cloned() }, version))
    }
}

impl Columns for TeamMemberView {
    fn kinds(kinds: &mut Vec<Kind>) {
        <(TeamMemberRow, Option<UserRow>)>::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (member, user) = <(TeamMemberRow, Option<UserRow>)>::read(values)?;
        Ok(Self { member, user })
    }
}

/// The members of a team `t` who are active in its organization.
const ACTIVE: &str = "team_members tm JOIN memberships a \
    ON a.organization_id = tm.organization_id AND a.user_id = tm.user_id AND a.status = 'active'";

/// The select list of a [`TeamView`] that may be missing.
fn team_columns() -> String {
    let count = format!("(SELECT count(*) FROM {ACTIVE} WHERE tm.team_id = t.id)");
    format!("{}, CASE WHEN t.id IS NOT NULL THEN {count} END", columns::<TeamRow>("t"))
}

fn member_columns() -> String {
    format!("{}, {}", columns::<TeamMemberRow>("tm"), columns::<UserRow>("u"))
}

/// $3 the team.
static ONE: LazyLock<InOrganization> = LazyLock::new(|| {
    InOrganization::new(|organization| {
        format!(
            "SELECT {}, {} {} LEFT JOIN teams t ON t.organization_id = o.id AND t.id = $3 WHERE o.id = {organization}",
            Access::columns(),
            team_columns(),
            Access::from("organizations o", "$1"),
        )
    })
});

/// $3 the last id of the page before, $4 how many rows, $5 whether all are counted.
static LIST: LazyLock<InOrganization> = LazyLock::new(|| {
    InOrganization::new(|organization| {
        format!(
            "SELECT {}, {}, CASE WHEN $5 THEN (SELECT count(*) FROM teams c WHERE c.organization_id = o.id) END {} \
             LEFT JOIN (SELECT * FROM teams WHERE organization_id = {organization} AND ($3 IS NULL OR id < $3) \
                 ORDER BY id DESC LIMIT $4) t ON t.organization_id = o.id \
             WHERE o.id = {organization} ORDER BY t.id DESC",
            Access::columns(),
            team_columns(),
            Access::from("organizations o", "$1"),
        )
    })
});

/// $3 the team, $4 the last user of the page before, $5 how many rows, $6 whether all are counted.
static MEMBERS: LazyLock<InOrganization> = LazyLock::new(|| {
    InOrganization::new(|organization| {
        format!(
            "SELECT {}, t.id, {}, CASE WHEN $6 THEN (SELECT count(*) FROM {ACTIVE} WHERE tm.team_id = t.id) END {} \
             LEFT JOIN teams t ON t.organization_id = o.id AND t.id = $3 \
             LEFT JOIN (SELECT tm.* FROM {ACTIVE} WHERE tm.team_id = $3 AND ($4 IS NULL OR tm.user_id < $4) \
                 ORDER BY tm.user_id DESC LIMIT $5) tm ON tm.team_id = t.id \
             LEFT JOIN users u ON u.id = tm.user_id \
             WHERE o.id = {organization} ORDER BY tm.user_id DESC",
            Access::columns(),
            member_columns(),
            Access::from("organizations o", "$1"),
        )
    })
});

static OF_ORGANIZATIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, o.id, {} {} \
         LEFT JOIN (SELECT t.*, row_number() OVER (PARTITION BY t.organization_id ORDER BY t.id DESC) AS place \
             FROM teams t WHERE t.organization_id IN (SELECT id FROM {{batch}} b)) t \
             ON t.organization_id = o.id AND t.place <= k.most \
         ORDER BY t.id DESC",
        Access::columns(),
        team_columns(),
        Access::from("{batch} k JOIN organizations o ON o.id = k.id", "k.asker"),
    )
});

static OF_TEAMS: LazyLock<String> = LazyLock::new(|| {
    let teams = "{batch} k JOIN teams t ON t.id = k.id JOIN organizations o ON o.id = t.organization_id";
    format!(
        "SELECT {}, t.id, {} {} \
         LEFT JOIN (SELECT tm.*, row_number() OVER (PARTITION BY tm.team_id ORDER BY tm.user_id DESC) AS place \
             FROM {ACTIVE} WHERE tm.team_id IN (SELECT id FROM {{batch}} b)) tm \
             ON tm.team_id = t.id AND tm.place <= k.most \
         LEFT JOIN users u ON u.id = tm.user_id \
         ORDER BY tm.user_id DESC",
        Access::columns(),
        member_columns(),
        Access::from(teams, "k.asker"),
    )
});

const READ: Permission = Permission::TeamsRead;
/// Who is in a team is shown with name and address, as in the list of members.
const READ_MEMBERS: Permission = Permission::MembersRead;

impl ReadModel {
    /// One team, if the organization has it.
    pub async fn team(&self, asker: Asker, organization: &Reference, id: TeamId) -> Result<Option<TeamView>, Error> {
        let found = ONE.fetch(self, asker, organization, READ, [Arg::from(&id)]).await?;
        Ok(found.into_iter().next().flatten())
    }

    /// An organization's teams.
    pub async fn teams(
        &self,
        asker: Asker,
        organization: &Reference,
        page: Page,
        count: bool,
    ) -> Result<Listed<TeamView>, Error> {
        let args = [Arg::from(&page.after), Arg::from(page.limit), Arg::from(&count)];
        Ok(Listed::new(LIST.fetch(self, asker, organization, READ, args).await?))
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
        type Found = (Option<One<TeamId>>, Option<TeamMemberView>, One<Option<i64>>);
        let args = [Arg::from(&id), Arg::from(&page.after), Arg::from(page.limit), Arg::from(&count)];
        let found: Vec<Found> = MEMBERS.fetch(self, asker, organization, READ_MEMBERS, args).await?;
        let exists = found.iter().any(|(team, _, _)| team.is_some());
        Ok(exists.then(|| Listed::new(found.into_iter().map(|(_, member, total)| (member, total)).collect())))
    }

    /// The newest teams of each organization, at most so many.
    pub async fn teams_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        most: i64,
    ) -> Result<Grouped<OrganizationId, TeamView>, database::Error> {
        let batch = wanted(asker, organizations.iter().map(|id| id.uuid()), most, &[]);
        Ok(grouped(asker, READ, self.database.fetch_batch(&OF_ORGANIZATIONS, batch).await?))
    }

    /// Who is in each team, at most so many.
    pub async fn members_of_teams(
        &self,
        asker: Asker,
        teams: &[TeamId],
        most: i64,
    ) -> Result<Grouped<TeamId, TeamMemberView>, database::Error> {
        let batch = wanted(asker, teams.iter().map(|id| id.uuid()), most, &[]);
        Ok(grouped(asker, READ_MEMBERS, self.database.fetch_batch(&OF_TEAMS, batch).await?))
    }
}
