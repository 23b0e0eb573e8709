//! Creating an organization, with its default workspace and, if need be, its owner's account.

use aggregates::{
    authorization::Denied,
    claim::{Claim, ClaimKind},
    email::Email,
    ids::{OrganizationId, UserId, WorkspaceId},
    organization::{Organization, OrganizationCommand, Plan},
    slug::Slug,
    workspace::{Workspace, WorkspaceCommand},
};
use chrono::{DateTime, Utc};
use projections::{RowKeys, Rows};
use uuid::Uuid;

use crate::{
    commands::{Command, Error, Shown, UnitOfWork, members::Activation, slugs},
    readmodel::{
        Current, View,
        organizations::{OrganizationView, SeenOrganization},
    },
};

/// Who may create organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Creation {
    /// Everybody who is signed in.
    #[default]
    Anyone,
    Superadmin,
}

#[derive(Debug, Clone)]
pub struct CreateOrganization {
    pub name: String,
    /// Derived from the name when absent.
    pub slug: Option<Slug>,
    pub description: Option<String>,
    pub domain: Option<String>,
    /// The caller when absent; an unknown address becomes an invited user.
    pub owner_email: Option<Email>,
    pub plan: Plan,
    /// What the operator allows.
    pub creation: Creation,
    /// For an address that no account has.
    pub activation: Activation,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CreatedOrganization {
    pub organization: OrganizationView,
    /// Until when the owner's one-time token works; none if the account existed already.
    pub activation_expires_at: Option<DateTime<Utc>>,
}

impl View for CreatedOrganization {
    type Of = (SeenOrganization, Option<DateTime<Utc>>);

    fn rows((organization, _): &Self::Of) -> RowKeys {
        OrganizationView::rows(organization)
    }

    fn read(rows: &Rows, (organization, activation_expires_at): &Self::Of) -> Option<Self> {
        let organization = OrganizationView::read(rows, organization)?;
        Some(Self { organization, activation_expires_at: *activation_expires_at })
    }

    fn current(_: &Rows, _: &Self::Of) -> Current {
        Current::Absent
    }
}

impl Command for CreateOrganization {
    type View = CreatedOrganization;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        if work.asker().person().is_none() {
            return Err(Denied::BoundElsewhere.into());
        }
        let superadmin = work.asker().operates();
        if !superadmin && (self.creation == Creation::Superadmin || self.plan != Plan::default()) {
            return Err(Denied::CreationReserved.into());
        }
        let id = OrganizationId::new(Uuid::now_v7());
        let (owner, activation_expires_at) = self.owner(work, id).await?;
        let slug = match &self.slug {
            Some(slug) => slug.clone(),
            None => free_slug(work, &self.name).await?,
        };
        let create = OrganizationCommand::Create {
            name: self.name.clone(),
            slug,
            description: self.description.clone(),
            domain: self.domain.clone(),
            owner,
            plan: self.plan,
            is_personal: false,
        };
        found(work, id, create).await?;
        Ok((SeenOrganization { id, owner, asker: work.asker(), role: None }, activation_expires_at))
    }

    /// A derived slug is chosen again; an address that was just registered belongs to its user now.
    fn retries(&self, lost: ClaimKind) -> bool {
        match lost {
            ClaimKind::OrganizationSlug => self.slug.is_none(),
            ClaimKind::UserEmail => true,
            _ => false,
        }
    }
}

impl CreateOrganization {
    /// Who it is, and until when they can activate the account, if it was just created.
    async fn owner(
        &self,
        work: &mut UnitOfWork<'_>,
        organization: OrganizationId,
    ) -> Result<(UserId, Option<DateTime<Utc>>), Error> {
        let Some(email) = &self.owner_email else {
            return Ok((work.asker().user().ok_or(Denied::CreationReserved)?, None));
        };
        if let Some(known) = work.ledger().holder(&Claim::user_email(email.folded())).await? {
            return Ok((UserId::new(known), None));
        }
        let expires_at = self.activation.register(work, email, organization).await?;
        Ok((self.activation.user, Some(expires_at)))
    }
}

/// Creates an organization and its default workspace.
pub(in crate::commands) async fn found(
    work: &mut UnitOfWork<'_>,
    id: OrganizationId,
    create: OrganizationCommand,
) -> Result<WorkspaceId, Error> {
    work.begin::<Organization>(id.uuid());
    work.handle::<Organization>(id.uuid(), create).await?;
    let workspace = WorkspaceId::new(Uuid::now_v7());
    work.begin::<Workspace>(workspace.uuid());
    let create = WorkspaceCommand::Create {
        organization: id,
        name: "Default".to_owned(),
        slug: Slug::default_workspace(),
        description: None,
        is_default: true,
    };
    work.handle::<Workspace>(workspace.uuid(), create).await?;
    Ok(workspace)
}

/// The first free slug that the name suggests.
pub(in crate::commands) async fn free_slug(work: &UnitOfWork<'_>, name: &str) -> Result<Slug, Error> {
    slugs::free_slug(work, name, "org", Claim::organization_slug).await
}
