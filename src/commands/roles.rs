//! Commands on the roles that an organization makes for itself.

use aggregates::{
    authorization::{Action, CustomRoleKey, Permission, Permissions, RoleKey, Standing},
    ids::OrganizationId,
    organization::{Organization, OrganizationCommand, RoleCommand, RolePatch},
};
use projections::roles::RoleRow;

use super::{Command, Error, Shown, UnitOfWork};
use crate::readmodel::{Gone, View, roles::RoleView};

#[derive(Debug, Clone)]
pub struct CreateRole {
    pub organization: OrganizationId,
    pub key: CustomRoleKey,
    pub name: String,
    pub description: Option<String>,
    pub permissions: Permissions,
}

impl Command for CreateRole {
    type View = RoleView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = permitted(work, self.organization).await?;
        let Self { key, name, description, permissions, .. } = self.clone();
        let create = RoleCommand::Create { key, name, description, permissions };
        handle(work, self.organization, by, create).await?;
        shown(work, self.organization, RoleKey::Custom(self.key.clone())).await
    }
}

#[derive(Debug, Clone)]
pub struct UpdateRole {
    pub organization: OrganizationId,
    pub key: RoleKey,
    pub patch: RolePatch,
}

impl Command for UpdateRole {
    type View = RoleView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = permitted(work, self.organization).await?;
        let update = RoleCommand::Update { key: self.key.clone(), patch: self.patch.clone() };
        handle(work, self.organization, by, update).await?;
        shown(work, self.organization, self.key.clone()).await
    }
}

#[derive(Debug, Clone)]
pub struct DeleteRole {
    pub organization: OrganizationId,
    pub key: RoleKey,
    /// The role that the holders of this one get.
    pub remap_to: Option<RoleKey>,
}

impl Command for DeleteRole {
    type View = Gone<RoleRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let by = permitted(work, self.organization).await?;
        let delete = RoleCommand::Delete { key: self.key.clone(), remap_to: self.remap_to.clone() };
        handle(work, self.organization, by, delete).await?;
        Ok((self.organization, self.key.clone()))
    }
}

async fn permitted(work: &mut UnitOfWork<'_>, id: OrganizationId) -> Result<Standing, Error> {
    work.organization(id, Action::Use(Permission::RolesWrite)).await
}

async fn handle(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
    by: Standing,
    command: RoleCommand,
) -> Result<(), Error> {
    work.handle::<Organization>(id.uuid(), OrganizationCommand::Role { by, command }).await
}

/// The holders are counted by the aggregate that was decided on, which no other append can have changed.
async fn shown(work: &mut UnitOfWork<'_>, id: OrganizationId, key: RoleKey) -> Result<<RoleView as View>::Of, Error> {
    let members = work.load::<Organization>(id.uuid()).await?.members_with(&key);
    Ok((id, key, i64::try_from(members).unwrap_or(i64::MAX)))
}
