//! What belongs to several things at once is read with one statement: the fields of a query that ask for the same of
//! each thing wait for each other.
//!
//! Who may see it is decided on the organization that was read before.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use aggregates::{
    authorization::Asker,
    ids::{OrganizationId, TeamId},
};
use async_graphql::{
    Context, Result,
    dataloader::{DataLoader, Loader},
};
use chrono::Utc;
use projections::{invitations::InvitationStatus, workspaces::WorkspaceRow};

use crate::{
    database,
    readmodel::{
        Grouped, ReadModel,
        invitations::InvitationView,
        members::{MemberFilter, MemberView},
        roles::RoleView,
        teams::{TeamMemberView, TeamView},
    },
    rest::{App, Problem},
};

/// Reads for one asker.
pub struct Batches {
    readmodel: ReadModel,
    asker: Asker,
}

pub type Loaders = DataLoader<Batches>;

/// The loaders of one query.
pub fn loaders(app: &App, asker: Asker) -> Loaders {
    DataLoader::new(Batches { readmodel: app.readmodel.clone(), asker }, tokio::spawn)
}

/// What is wanted of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wanted<K, F> {
    pub of: K,
    pub filter: F,
    /// How many at most.
    pub most: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Roles(pub OrganizationId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Teams;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Workspaces;

type Found<K, V> = std::result::Result<HashMap<K, V>, Arc<database::Error>>;

/// The rows of one thing, however they were asked for; none is an empty list.
pub async fn load<K, V>(ctx: &Context<'_>, key: K) -> Result<Vec<V>>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    Batches: Loader<K, Value = Vec<V>, Error = Arc<database::Error>>,
{
    let found = ctx.data::<Loaders>()?.load_one(key).await;
    let found = found.map_err(|error| Problem::from(database::Error::Shared(error)))?;
    Ok(found.unwrap_or_default())
}

/// Keys that differ only in the thing they are about, together.
fn alike<K: Copy + Eq + Hash, F: Clone + Eq + Hash>(keys: &[Wanted<K, F>]) -> HashMap<(F, i64), Vec<K>> {
    let mut alike: HashMap<_, Vec<_>> = HashMap::new();
    for Wanted { of, filter, most } in keys {
        alike.entry((filter.clone(), *most)).or_default().push(*of);
    }
    alike
}

impl Loader<Wanted<OrganizationId, MemberFilter>> for Batches {
    type Value = Vec<MemberView>;
    type Error = Arc<database::Error>;

    async fn load(
        &self,
        keys: &[Wanted<OrganizationId, MemberFilter>],
    ) -> Found<Wanted<OrganizationId, MemberFilter>, Self::Value> {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for ((filter, most), organizations) in alike(keys) {
            for view in self.readmodel.members_of(&organizations, &filter, most).await? {
                let key = Wanted { of: view.membership.organization_id, filter: filter.clone(), most };
                all.entry(key).or_default().push(view);
            }
        }
        Ok(all)
    }
}

impl Loader<Wanted<OrganizationId, Option<InvitationStatus>>> for Batches {
    type Value = Vec<InvitationView>;
    type Error = Arc<database::Error>;

    async fn load(
        &self,
        keys: &[Wanted<OrganizationId, Option<InvitationStatus>>],
    ) -> Found<Wanted<OrganizationId, Option<InvitationStatus>>, Self::Value> {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for ((filter, most), organizations) in alike(keys) {
            for view in self.readmodel.invitations_of(&organizations, filter, Utc::now(), most).await? {
                let key = Wanted { of: view.invitation.organization_id, filter, most };
                all.entry(key).or_default().push(view);
            }
        }
        Ok(all)
    }
}

impl Loader<Roles> for Batches {
    type Value = Vec<RoleView>;
    type Error = Arc<database::Error>;

    async fn load(&self, keys: &[Roles]) -> Found<Roles, Self::Value> {
        let organizations: Vec<_> = keys.iter().map(|Roles(id)| *id).collect();
        let found = self.readmodel.roles_of(&organizations).await?;
        Ok(found.into_iter().map(|(id, roles)| (Roles(id), roles)).collect())
    }
}

impl Loader<Wanted<OrganizationId, Teams>> for Batches {
    type Value = Vec<TeamView>;
    type Error = Arc<database::Error>;

    async fn load(&self, keys: &[Wanted<OrganizationId, Teams>]) -> Found<Wanted<OrganizationId, Teams>, Self::Value> {
        let mut all = HashMap::new();
        for ((filter, most), organizations) in alike(keys) {
            collect(&mut all, filter, most, self.readmodel.teams_of(self.asker, &organizations, most).await?);
        }
        Ok(all)
    }
}

impl Loader<Wanted<TeamId, Teams>> for Batches {
    type Value = Vec<TeamMemberView>;
    type Error = Arc<database::Error>;

    async fn load(&self, keys: &[Wanted<TeamId, Teams>]) -> Found<Wanted<TeamId, Teams>, Self::Value> {
        let mut all = HashMap::new();
        for ((filter, most), teams) in alike(keys) {
            collect(&mut all, filter, most, self.readmodel.members_of_teams(self.asker, &teams, most).await?);
        }
        Ok(all)
    }
}

impl Loader<Wanted<OrganizationId, Workspaces>> for Batches {
    type Value = Vec<WorkspaceRow>;
    type Error = Arc<database::Error>;

    async fn load(
        &self,
        keys: &[Wanted<OrganizationId, Workspaces>],
    ) -> Found<Wanted<OrganizationId, Workspaces>, Self::Value> {
        let mut all = HashMap::new();
        for ((filter, most), organizations) in alike(keys) {
            collect(&mut all, filter, most, self.readmodel.workspaces_of(self.asker, &organizations, most).await?);
        }
        Ok(all)
    }
}

/// What the statement decided otherwise than the organization that was read before is not shown.
fn collect<K: Eq + Hash, F: Clone + Eq + Hash, V>(
    all: &mut HashMap<Wanted<K, F>, Vec<V>>,
    filter: F,
    most: i64,
    grouped: Grouped<K, V>,
) {
    for (of, rows) in grouped {
        all.insert(Wanted { of, filter: filter.clone(), most }, rows.unwrap_or_default());
    }
}
