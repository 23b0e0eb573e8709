//! What belongs to several things that were found together is read with one statement, by whichever of them is asked
//! first; the others wait for it. So a query costs as many statements as it has fields, however many rows it finds.
//!
//! Loaders that collect keys for a moment do the same most of the time, and more statements when rows take longer than
//! the moment.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use aggregates::{
    authorization::Permission,
    ids::{ApiKeyId, OrganizationId, TeamId},
};
use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use projections::{api_keys::KeyStatus, invitations::InvitationStatus, workspaces::WorkspaceRow};
use tokio::sync::OnceCell;

use super::organizations::{Parent, asked};
use crate::{
    database,
    readmodel::{
        Grouped, StatusFilter,
        api_keys::ApiKeyView,
        invitations::InvitationView,
        members::{MemberFilter, MemberView},
        projects::{ProjectFilter, ProjectView},
        roles::RoleView,
        teams::{TeamMemberView, TeamView},
        usage::{Month, MonthOfUse, Span, UsedPeriod},
    },
    web::Problem,
};

/// What was read for all of them, for each way of asking.
#[derive(Debug)]
struct Once<F, T>(Mutex<HashMap<F, Arc<OnceCell<Arc<T>>>>>);

impl<F, T> Default for Once<F, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<F: Eq + Hash, T> Once<F, T> {
    async fn get(&self, asked: F, read: impl Future<Output = Result<T, database::Error>>) -> Result<Arc<T>> {
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(asked).or_default())
        };
        let found = cell.get_or_try_init(async || read.await.map(Arc::new)).await;
        Ok(Arc::clone(found.map_err(Problem::from)?))
    }
}

type Rows<K, V> = HashMap<K, Vec<V>>;

/// Organizations of one page.
#[derive(Debug, Default)]
pub struct Organizations {
    page: Vec<Parent>,
    members: Once<(MemberFilter, i64), Rows<OrganizationId, MemberView>>,
    invitations: Once<(Option<InvitationStatus>, i64), Rows<OrganizationId, InvitationView>>,
    roles: Once<(), Rows<OrganizationId, RoleView>>,
    teams: Once<i64, (Rows<OrganizationId, TeamView>, Arc<Teams>)>,
    workspaces: Once<(StatusFilter, i64), Rows<OrganizationId, WorkspaceRow>>,
    projects: Once<(ProjectFilter, i64), Rows<OrganizationId, ProjectView>>,
    api_keys: Once<(Option<KeyStatus>, i64), Rows<OrganizationId, ApiKeyView>>,
    usage: Once<(Span, Option<ApiKeyId>), Rows<OrganizationId, UsedPeriod>>,
    months_of_use: Once<Month, Rows<OrganizationId, MonthOfUse>>,
}

impl Organizations {
    pub fn new(page: Vec<Parent>) -> Arc<Self> {
        Arc::new(Self { page, ..Self::default() })
    }

    /// Those of which the caller may read this.
    fn readable(&self, permission: Permission) -> Vec<OrganizationId> {
        self.page.iter().filter(|parent| parent.allows(permission).is_ok()).map(|parent| parent.id).collect()
    }

    /// The newest members of one of them, at most so many.
    pub async fn members(
        &self,
        ctx: &Context<'_>,
        of: OrganizationId,
        filter: MemberFilter,
        most: i64,
    ) -> Result<Vec<MemberView>> {
        let ((app, _), all) = (asked(ctx)?, self.readable(Permission::MembersRead));
        let read = async {
            let found = app.readmodel.members_of(&all, &filter, most).await?;
            Ok(group(found, |view| view.membership.organization_id))
        };
        Ok(rows(&*self.members.get((filter.clone(), most), read).await?, &of))
    }

    /// The newest invitations of one of them, at most so many.
    pub async fn invitations(
        &self,
        ctx: &Context<'_>,
        of: OrganizationId,
        status: Option<InvitationStatus>,
        now: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<InvitationView>> {
        let ((app, _), all) = (asked(ctx)?, self.readable(Permission::MembersInvite));
        let read = async {
            let found = app.readmodel.invitations_of(&all, status, now, most).await?;
            Ok(group(found, |view| view.invitation.organization_id))
        };
        Ok(rows(&*self.invitations.get((status, most), read).await?, &of))
    }

    /// The roles of one of them.
    pub async fn roles(&self, ctx: &Context<'_>, of: OrganizationId) -> Result<Vec<RoleView>> {
        let ((app, _), all) = (asked(ctx)?, self.readable(Permission::RolesRead));
        Ok(rows(&*self.roles.get((), app.readmodel.roles_of(&all)).await?, &of))
    }

    /// The newest teams of one of them, at most so many, and all teams that were found with them.
    pub async fn teams(&self, ctx: &Context<'_>, of: OrganizationId, most: i64) -> Result<(Vec<TeamView>, Arc<Teams>)> {
        let ((app, asker), all) = (asked(ctx)?, self.readable(Permission::TeamsRead));
        let read = async {
            let found = readable(app.readmodel.teams_of(asker, &all, most).await?);
            let teams = found.values().flatten().map(|view| view.team.id).collect();
            Ok((found, Teams::new(teams)))
        };
        let found = self.teams.get(most, read).await?;
        Ok((rows(&found.0, &of), Arc::clone(&found.1)))
    }

    /// The newest workspaces of one of them, at most so many.
    pub async fn workspaces(
        &self,
        ctx: &Context<'_>,
        of: OrganizationId,
        status: StatusFilter,
        most: i64,
    ) -> Result<Vec<WorkspaceRow>> {
        let ((app, asker), all) = (asked(ctx)?, self.readable(Permission::WorkspacesRead));
        let read = async { Ok(readable(app.readmodel.workspaces_of(asker, &all, status, most).await?)) };
        Ok(rows(&*self.workspaces.get((status, most), read).await?, &of))
    }

    /// The newest projects of one of them, at most so many.
    pub async fn projects(
        &self,
        ctx: &Context<'_>,
        of: OrganizationId,
        filter: ProjectFilter,
        most: i64,
    ) -> Result<Vec<ProjectView>> {
        let ((app, asker), all) = (asked(ctx)?, self.readable(Permission::ProjectsRead));
        let read = async { Ok(readable(app.readmodel.projects_of(asker, &all, &filter, most).await?)) };
        Ok(rows(&*self.projects.get((filter.clone(), most), read).await?, &of))
    }

    /// The newest API keys of one of them, at most so many.
    pub async fn api_keys(
        &self,
        ctx: &Context<'_>,
        of: OrganizationId,
        status: Option<KeyStatus>,
        most: i64,
    ) -> Result<Vec<ApiKeyView>> {
        let ((app, asker), all) = (asked(ctx)?, self.readable(Permission::ApiKeysRead));
        let read = async { Ok(readable(app.readmodel.api_keys_of(asker, &all, status, most).await?)) };
        Ok(rows(&*self.api_keys.get((status, most), read).await?, &of))
    }

    /// The periods in which keys, or only this one, were used for one of them.
    pub async fn usage(
        &self,
        ctx: &Context<'_>,
        of: OrganizationId,
        span: Span,
        key: Option<ApiKeyId>,
    ) -> Result<Vec<UsedPeriod>> {
        let ((app, asker), all) = (asked(ctx)?, self.readable(Permission::UsageRead));
        let read = async { Ok(readable(app.readmodel.usage_of(asker, &all, span, key).await?)) };
        Ok(rows(&*self.usage.get((span, key), read).await?, &of))
    }

    /// The use of one of them in a month; none where the statement decided otherwise.
    pub async fn month_of_use(
        &self,
        ctx: &Context<'_>,
        of: OrganizationId,
        month: Month,
    ) -> Result<Option<MonthOfUse>> {
        let ((app, asker), all) = (asked(ctx)?, self.readable(Permission::OrganizationBilling));
        let read = async { Ok(readable(app.readmodel.months_of_use(asker, &all, month).await?)) };
        Ok(rows(&*self.months_of_use.get(month, read).await?, &of).into_iter().next())
    }
}

/// Teams that were found together, whichever organizations they are of.
#[derive(Debug, Default)]
pub struct Teams {
    page: Vec<TeamId>,
    members: Once<i64, Grouped<TeamId, TeamMemberView>>,
}

impl Teams {
    pub fn new(page: Vec<TeamId>) -> Arc<Self> {
        Arc::new(Self { page, ..Self::default() })
    }

    /// The newest members of one of them, at most so many.
    pub async fn members(&self, ctx: &Context<'_>, of: TeamId, most: i64) -> Result<Vec<TeamMemberView>> {
        let (app, asker) = asked(ctx)?;
        let found = self.members.get(most, app.readmodel.members_of_teams(asker, &self.page, most)).await?;
        match found.get(&of) {
            Some(Ok(rows)) => Ok(rows.clone()),
            Some(Err(denied)) => Err(Problem::from(*denied).into()),
            None => Ok(vec![]),
        }
    }
}

fn group<K: Eq + Hash, V>(found: Vec<V>, of: impl Fn(&V) -> K) -> Rows<K, V> {
    let mut all = Rows::new();
    for row in found {
        all.entry(of(&row)).or_default().push(row);
    }
    all
}

/// What the statement decided otherwise than the organization that was read before is not shown.
fn readable<K: Eq + Hash, V>(found: Grouped<K, V>) -> Rows<K, V> {
    found.into_iter().filter_map(|(of, rows)| Some((of, rows.ok()?))).collect()
}

fn rows<K: Eq + Hash, V: Clone>(all: &Rows<K, V>, of: &K) -> Vec<V> {
    all.get(of).cloned().unwrap_or_default()
}
