//! Changing what an organization is called, how it presents itself and how much it may use.

use aggregates::{
    authorization::{Action, Permission},
    ids::OrganizationId,
    organization::{LimitsPatch, Organization, OrganizationCommand, Plan, ProfilePatch},
    slug::Slug,
};

use super::shown_loaded;
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::organizations::OrganizationView,
};

const UPDATE: Action = Action::Use(Permission::OrganizationUpdate);

#[derive(Debug, Clone)]
pub struct UpdateOrganization {
    pub id: OrganizationId,
    pub patch: ProfilePatch,
    /// Changed by superadmins only.
    pub plan: Option<Plan>,
}

impl Command for UpdateOrganization {
    type View = OrganizationView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.organization(self.id, UPDATE).await?;
        let update = OrganizationCommand::Update { id: self.id, patch: self.patch.clone() };
        work.handle::<Organization>(self.id.uuid(), update).await?;
        if let Some(plan) = self.plan {
            work.organization(self.id, Action::Operate).await?;
            let change = OrganizationCommand::ChangePlan { plan };
            work.handle::<Organization>(self.id.uuid(), change).await?;
        }
        shown_loaded(work, self.id).await
    }
}

#[derive(Debug, Clone)]
pub struct ChangeSlug {
    pub id: OrganizationId,
    pub slug: Slug,
    /// Old slugs to give up.
    pub release: Vec<Slug>,
}

impl Command for ChangeSlug {
    type View = OrganizationView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.organization(self.id, UPDATE).await?;
        let change = OrganizationCommand::ChangeSlug { slug: self.slug.clone(), release: self.release.clone() };
        work.handle::<Organization>(self.id.uuid(), change).await?;
        shown_loaded(work, self.id).await
    }
}

#[derive(Debug, Clone)]
pub struct ChangeLimits {
    pub id: OrganizationId,
    pub patch: LimitsPatch,
}

impl Command for ChangeLimits {
    type View = OrganizationView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        work.organization(self.id, UPDATE).await?;
        let above_plan = work.asker().operates();
        let change = OrganizationCommand::ChangeLimits { patch: self.patch, above_plan };
        work.handle::<Organization>(self.id.uuid(), change).await?;
        shown_loaded(work, self.id).await
    }
}
