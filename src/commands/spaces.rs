//! Commands on spaces.

use aggregates::{
    authorization::{Denied, Permission, SpaceRole, Standing},
    claim::{Claim, ClaimKind},
    ids::{OrganizationId, SpaceId, UserId},
    organization::{self, Organization, OrganizationError},
    slug::Slug,
    space::{Space, SpaceCommand, SpaceError},
    user::{User, UserError},
};
use projections::spaces::SpaceRow;
use uuid::Uuid;

use super::{Command, Error, Shown, UnitOfWork, slugs};
use crate::{
    ledger::{Counter, Guard},
    readmodel::{
        Gone,
        spaces::{SpaceMemberView, SpaceView},
    },
};

/// What changes how many spaces an organization may have.
const LIMIT_CHANGES: &[&str] = &["LimitsChanged", "PlanChanged"];

#[derive(Debug, Clone)]
pub struct CreateSpace {
    /// Whose space it becomes; its members' own without one.
    pub organization: Option<OrganizationId>,
    pub name: String,
    /// Derived from the name when absent.
    pub slug: Option<Slug>,
    pub description: Option<String>,
}

impl Command for CreateSpace {
    type View = SpaceView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let admin = match self.organization {
            Some(organization) => {
                let loaded = work.writing_in(organization, Permission::SpacesWrite).await?;
                room_for_one(work, organization).await?;
                manager(work, &loaded.aggregate)
            }
            None => work.asker().person(),
        };
        let slug = match &self.slug {
            Some(slug) => slug.clone(),
            None => slugs::free_slug(work, &self.name, "space", Claim::space_slug).await?,
        };
        let id = SpaceId::new(Uuid::now_v7());
        work.begin::<Space>(id.uuid());
        let create = SpaceCommand::Create {
            organization: self.organization,
            name: self.name.clone(),
            slug,
            description: self.description.clone(),
            admin: admin.ok_or(Denied::PersonRequired)?,
        };
        work.handle::<Space>(id.uuid(), create).await?;
        Ok((id, self.organization, work.asker().user()))
    }

    /// A derived slug is chosen again.
    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::SpaceSlug && self.slug.is_none()
    }
}

/// What is done to a space by those who manage it.
#[derive(Debug, Clone)]
pub struct ChangeSpace {
    pub space: SpaceId,
    pub change: SpaceChange,
}

#[derive(Debug, Clone)]
pub enum SpaceChange {
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        name: Option<String>,
        slug: Option<Slug>,
        description: Option<Option<String>>,
    },
    Archive,
}

impl Command for ChangeSpace {
    type View = SpaceView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let organization = work.space(self.space).await?.organization();
        let command = match self.change.clone() {
            SpaceChange::Update { name, slug, description } => SpaceCommand::Update { name, slug, description },
            SpaceChange::Archive => SpaceCommand::Archive,
        };
        work.handle::<Space>(self.space.uuid(), command).await?;
        Ok((self.space, organization, work.asker().user()))
    }
}

/// Gives a space to an organization. It takes those who manage both.
#[derive(Debug, Clone)]
pub struct AttachSpace {
    pub organization: OrganizationId,
    pub space: SpaceId,
}

impl Command for AttachSpace {
    type View = SpaceView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { organization, space } = *self;
        work.writing_in(organization, Permission::SpacesWrite).await?;
        let archived = work.space(space).await?.is_archived();
        if !archived {
            room_for_one(work, organization).await?;
        }
        work.handle::<Space>(space.uuid(), SpaceCommand::Attach { organization }).await?;
        Ok((space, Some(organization), work.asker().user()))
    }
}

/// Takes a space from its organization. It keeps what is in it, and belongs to its members from then on, but for those who
/// are not active in the organization.
#[derive(Debug, Clone)]
pub struct DetachSpace {
    pub organization: OrganizationId,
    pub space: SpaceId,
}

impl Command for DetachSpace {
    type View = Gone<SpaceRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { organization, space } = *self;
        let loaded = work.writing_in(organization, Permission::SpacesWrite).await?;
        let held = work.load::<Space>(space.uuid()).await?;
        if held.organization() != Some(organization) {
            return Err(SpaceError::NotFound.into());
        }
        let gone = |user: &UserId| loaded.aggregate.standing(*user) == Standing::Outsider;
        let left = held.members().filter(gone).collect();
        let admin = manager(work, &loaded.aggregate).ok_or(Denied::PersonRequired)?;
        work.handle::<Space>(space.uuid(), SpaceCommand::Detach { left, admin }).await?;
        Ok((space,))
    }
}

/// Brings a person into a space, or gives a member of it another role.
#[derive(Debug, Clone)]
pub struct SetSpaceMember {
    pub space: SpaceId,
    pub user: UserId,
    pub role: SpaceRole,
}

impl Command for SetSpaceMember {
    type View = SpaceMemberView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { space, user, role } = *self;
        match work.space(space).await?.organization() {
            Some(id) => {
                // A removal from the organization in the meantime is a revocation, and those are conditions already.
                let loaded = work.watch::<Organization>(id.uuid(), organization::REVOCATIONS).await?;
                if loaded.aggregate.standing(user) == Standing::Outsider {
                    return Err(OrganizationError::MemberNotFound.into());
                }
            }
            None => {
                // Others are not found by their ids, and hear nothing of it either.
                let asker = work.asker();
                let acquainted = match asker.user() {
                    _ if asker.operates() => true,
                    Some(one) => work.readmodel().are_together(one, user).await?,
                    None => false,
                };
                let known = acquainted && work.watch::<User>(user.uuid(), &[]).await?.version > 0;
                if !known {
                    return Err(UserError::NotFound.into());
                }
            }
        }
        work.handle::<Space>(space.uuid(), SpaceCommand::SetMember { user, role }).await?;
        Ok((space, user))
    }
}

/// Takes a person out of a space. Members can leave by themselves.
#[derive(Debug, Clone)]
pub struct RemoveSpaceMember {
    pub space: SpaceId,
    pub user: UserId,
}

impl Command for RemoveSpaceMember {
    type View = Gone<SpaceRow>;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let Self { space, user } = *self;
        let organization = work.load::<Space>(space.uuid()).await?.organization();
        let asker = work.asker();
        if organization.map_or(asker.person(), |id| asker.person_in(id)) == Some(user) {
            work.in_space(space, Permission::SpacesRead).await?;
        } else {
            work.space(space).await?;
        }
        work.handle::<Space>(space.uuid(), SpaceCommand::RemoveMember { user }).await?;
        Ok((space,))
    }
}

/// Who manages what is made or taken by the asker: they themselves, if they are active in the organization, or its owner.
fn manager(work: &UnitOfWork<'_>, organization: &Organization) -> Option<UserId> {
    let active = |user: &UserId| organization.standing(*user) != Standing::Outsider;
    work.asker().responsible().filter(active).or(organization.owner())
}

async fn room_for_one(work: &mut UnitOfWork<'_>, organization: OrganizationId) -> Result<(), Error> {
    let limits = work.watch::<Organization>(organization.uuid(), LIMIT_CHANGES).await?.aggregate.limits();
    let limit = limits.ok_or(OrganizationError::NotFound)?.max_spaces;
    work.guard(Guard::Below { organization, counter: Counter::Spaces, limit });
    Ok(())
}
