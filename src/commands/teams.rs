//! Commands on teams. Their organization is only read: what allows them is a condition of the append.

use aggregates::{
    authorization::{Permission, Standing},
    ids::{OrganizationId, TeamId, UserId},
    organization::{Organization, OrganizationError},
    team::{Team, TeamCommand, TeamError},
};
use projections::teams::TeamRow;
use uuid::Uuid;

use super::{Command, Error, Shown, UnitOfWork};
use crate::readmodel::{
    Gone,
    teams::{JoinedView, TeamView},
};

#[derive(Debug, Clone)]
pub struct CreateTeam {
    pub organization: OrganizationId,
    pub name: String,
    pub description: Option<String>,
}

impl Command for CreateTeam {
    type View = TeamView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.writing_in(self.organization, Permission::TeamsWrite).await?;
        let id = TeamId::new(Uuid::now_v7());
        work.begin::<Team>(id.uuid());
        let (organization, name) = (self.organization, self.name.clone());
        let create = TeamCommand::Create { organization, name, description: self.description.clone() };
        work.handle::<Team>(id.uuid(), create).await?;
        Ok((id, 0))
    }
}

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone)]
pub struct UpdateTeam {
    pub organization: OrganizationId,
    pub id: TeamId,
    pub name: Option<String>,
    pub description: Option<Option<String>>,
}

impl Command for UpdateTeam {
    type View = TeamView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let organization = work.writing_in(self.organization, Permission::TeamsWrite).await?;
        let team = load(work, self.organization, self.id).await?;
        let members = count_active(&organization.aggregate, team);
        let update = TeamCommand::Update { name: self.name.clone(), description: self.description.clone() };
        work.handle::<Team>(self.id.uuid(), update).await?;
        Ok((self.id, members))
    }
}

#[derive(Debug, Clone)]
pub struct DeleteTeam {
    pub organization: OrganizationId,
    pub id: TeamId,
}

impl Command for DeleteTeam {
    type View = Gone<TeamRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.writing_in(self.organization, Permission::TeamsWrite).await?;
        load(work, self.organization, self.id).await?;
        work.handle::<Team>(self.id.uuid(), TeamCommand::Delete).await?;
        Ok((self.id,))
    }
}

/// Adds a member to a team. One who is in it already stays as they are.
#[derive(Debug, Clone)]
pub struct AddTeamMember {
    pub organization: OrganizationId,
    pub team: TeamId,
    pub user: UserId,
}

impl Command for AddTeamMember {
    type View = JoinedView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { organization, team, user } = *self;
        let loaded = work.writing_in(organization, Permission::TeamsWrite).await?;
        load(work, organization, team).await?;
        // A removal from the organization in the meantime is a revocation, and those are conditions already.
        if !loaded.aggregate.is_member(user) {
            return Err(OrganizationError::MemberNotFound.into());
        }
        work.handle::<Team>(team.uuid(), TeamCommand::AddMember { user }).await?;
        Ok((team, user))
    }
}

/// Removes a user from a team. One who is not in it changes nothing.
#[derive(Debug, Clone)]
pub struct RemoveTeamMember {
    pub organization: OrganizationId,
    pub team: TeamId,
    pub user: UserId,
}

impl Command for RemoveTeamMember {
    type View = Gone<TeamRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { organization, team, user } = *self;
        work.writing_in(organization, Permission::TeamsWrite).await?;
        load(work, organization, team).await?;
        work.handle::<Team>(team.uuid(), TeamCommand::RemoveMember { user }).await?;
        Ok((team,))
    }
}

/// A team of this organization. Those of others do not exist here.
async fn load<'a>(work: &'a mut UnitOfWork<'_>, organization: OrganizationId, id: TeamId) -> Result<&'a Team, Error> {
    let team = work.load::<Team>(id.uuid()).await?;
    if team.organization() == Some(organization) { Ok(team) } else { Err(TeamError::NotFound.into()) }
}

/// How many members of a team are active in its organization, as its readers count them.
fn count_active(organization: &Organization, team: &Team) -> i64 {
    let active = |user: &UserId| organization.standing(*user) != Standing::Outsider;
    i64::try_from(team.members().filter(active).count()).unwrap_or(i64::MAX)
}
