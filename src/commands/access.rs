//! What lets a command go on: the one decision, fed from the write model. Whatever allowed it is a condition of the append,
//! so that it is refused when that was taken away in the meantime, and not when something else happened.

use std::sync::Arc;

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, Reach, Standing, decide, decide_by_id},
    ids::{OrganizationId, SpaceId, UserId},
    organization::{self, Organization, OrganizationError, Status},
    space::{self, Space, SpaceError},
};

use super::{Error, UnitOfWork};
use crate::ledger::Loaded;

impl UnitOfWork<'_> {
    /// What the asker is to an organization that was loaded.
    pub fn standing(&self, id: OrganizationId, organization: &Organization) -> Standing {
        standing(self.asker(), id, organization)
    }

    /// Loads an organization to be changed, after deciding whether the asker may do this to it. Answers the asker's
    /// standing in it.
    pub async fn organization(&mut self, id: OrganizationId, action: Action) -> Result<Standing, Error> {
        let asker = self.asker();
        allowed(asker, id, self.load(id.uuid()).await?, action)
    }

    /// Loads an organization that is only read, after deciding whether the asker may do this to it. What allows it is a
    /// condition of the append, so that it is refused when it was revoked in the meantime, and not when something else
    /// happened to the organization.
    pub async fn in_organization(
        &mut self,
        id: OrganizationId,
        action: Action,
    ) -> Result<Arc<Loaded<Organization>>, Error> {
        let loaded = self.watch::<Organization>(id.uuid(), organization::REVOCATIONS).await?;
        allowed(self.asker(), id, &loaded.aggregate, action)?;
        Ok(loaded)
    }

    /// Loads the organization of something that is written, as `in_organization` does. In a deleted organization
    /// nothing is written.
    pub async fn writing_in(
        &mut self,
        id: OrganizationId,
        permission: Permission,
    ) -> Result<Arc<Loaded<Organization>>, Error> {
        let loaded = self.in_organization(id, Action::Use(permission)).await?;
        match loaded.aggregate.status() {
            Some(Status::Deleted) => Err(OrganizationError::Deleted.into()),
            _ => Ok(loaded),
        }
    }

    /// Like `writing_in`, for what is named by its own id and known to holders of one of the last permissions: none
    /// where it does not exist for the asker.
    pub async fn writing_by_id(
        &mut self,
        id: OrganizationId,
        wanted: Permission,
        known_by: &[Permission],
    ) -> Result<Option<()>, Error> {
        let loaded = self.watch::<Organization>(id.uuid(), organization::REVOCATIONS).await?;
        let Some(status) = loaded.aggregate.status() else { return Ok(None) };
        match decide_by_id(self.standing(id, &loaded.aggregate), status, wanted, known_by) {
            Err(Denied::NotFound) => Ok(None),
            Err(denied) => Err(denied.into()),
            Ok(()) if status == Status::Deleted => Err(OrganizationError::Deleted.into()),
            Ok(()) => Ok(Some(())),
        }
    }

    /// Refuses everybody but the platform's operators.
    pub fn operate(&self) -> Result<(), Error> {
        if self.asker().operates() { Ok(()) } else { Err(Denied::SuperadminOnly.into()) }
    }

    /// Loads a space that is only read, after deciding whether the asker may do this in it.
    pub async fn in_space(&mut self, id: SpaceId, wanted: Permission) -> Result<Arc<Loaded<Space>>, Error> {
        let loaded = self.watch::<Space>(id.uuid(), space::REVOCATIONS).await?;
        self.allowed_in_space(&loaded.aggregate, wanted).await?;
        Ok(loaded)
    }

    /// Loads the space of something that is written. In an archived one nothing is.
    pub async fn writing_in_space(&mut self, id: SpaceId) -> Result<Arc<Loaded<Space>>, Error> {
        let loaded = self.in_space(id, Permission::CatalogWrite).await?;
        if loaded.aggregate.is_archived() { Err(SpaceError::Archived.into()) } else { Ok(loaded) }
    }

    /// Loads a space to be changed, after deciding whether the asker may manage it.
    pub async fn space(&mut self, id: SpaceId) -> Result<Space, Error> {
        let space = self.load::<Space>(id.uuid()).await?.clone();
        self.allowed_in_space(&space, Permission::SpacesWrite).await?;
        Ok(space)
    }

    /// Whether a person can read what is in a space. What lets them is a condition of the append.
    pub async fn reads_space(&mut self, user: UserId, space: SpaceId) -> Result<bool, Error> {
        let loaded = self.watch::<Space>(space.uuid(), space::REVOCATIONS).await?;
        let person = Asker::User { id: user, superadmin: false, reach: Reach::Everywhere };
        let (standing, _) = self.standing_in_space(person, &loaded.aggregate).await?;
        Ok(standing.permissions().contains(Permission::CatalogRead))
    }

    /// What an asker is to a space that was loaded, and what its organization is in.
    async fn standing_in_space(&mut self, asker: Asker, space: &Space) -> Result<(Standing, Status), Error> {
        if !space.exists() {
            return Err(SpaceError::NotFound.into());
        }
        let (organization, status) = match space.organization() {
            Some(id) => {
                let loaded = self.watch::<Organization>(id.uuid(), organization::REVOCATIONS).await?;
                let status = loaded.aggregate.status().ok_or(SpaceError::NotFound)?;
                let membership = asker.user().map_or(Standing::Outsider, |user| loaded.aggregate.standing(user));
                (Some((id, membership)), status)
            }
            None => (None, Status::Active),
        };
        let role = asker.user().and_then(|user| space.role(user));
        Ok((asker.standing_in_space(organization, role), status))
    }

    /// A space that the asker may not see does not exist for them. In a deleted organization nothing is written.
    async fn allowed_in_space(&mut self, space: &Space, wanted: Permission) -> Result<(), Error> {
        let (standing, status) = self.standing_in_space(self.asker(), space).await?;
        match decide_by_id(standing, status, wanted, space::KNOWN_BY) {
            Err(Denied::NotFound) => Err(SpaceError::NotFound.into()),
            Err(denied) => Err(denied.into()),
            Ok(()) if status == Status::Deleted => Err(OrganizationError::Deleted.into()),
            Ok(()) => Ok(()),
        }
    }
}

fn allowed(asker: Asker, id: OrganizationId, organization: &Organization, action: Action) -> Result<Standing, Error> {
    let status = organization.status().ok_or(Denied::NotFound)?;
    let standing = standing(asker, id, organization);
    decide(standing, status, action)?;
    Ok(standing)
}

fn standing(asker: Asker, id: OrganizationId, organization: &Organization) -> Standing {
    let membership = asker.user().map_or(Standing::Outsider, |user| organization.standing(user));
    asker.standing(id, membership)
}
