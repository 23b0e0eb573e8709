//! The organization that is made for a user who has none.

use aggregates::{
    authorization::Asker,
    claim::ClaimKind,
    email::Email,
    ids::{OrganizationId, UserId},
    organization::{OrganizationCommand, Plan},
    user::{User, UserCommand},
};
use uuid::Uuid;

use super::create::{Creation, found, free_slug};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::organizations::{OrganizationFilter, Page},
};

/// Its name when the person's profile has none.
const NAME: &str = "Default Organization";

/// Makes an organization for a user who can see none, named after the one in their profile. However many requests
/// arrive at once, on however many nodes, one is made: each writes to the user's stream, and looks again when it has
/// moved on.
#[derive(Debug, Clone, Copy)]
pub struct DefaultOrganization {
    pub user: UserId,
    /// What the operator allows.
    pub creation: Creation,
}

impl Command for DefaultOrganization {
    type View = ();

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let asker: Asker = work.asker();
        if self.creation == Creation::Superadmin && !asker.operates() {
            return Ok(());
        }
        let user = work.load::<User>(self.user.uuid()).await?;
        let name = user.organization().unwrap_or(NAME).to_owned();
        let domain = user.email().and_then(|email| Email::parse(email).ok()).map(|email| email.domain());
        let page = Page { after: None, limit: 1 };
        if !work.readmodel().organizations(asker, &OrganizationFilter::default(), page).await?.is_empty() {
            return Ok(());
        }
        let id = OrganizationId::new(Uuid::now_v7());
        let create = OrganizationCommand::Create {
            slug: free_slug(work, &name).await?,
            name,
            description: None,
            domain,
            owner: self.user,
            plan: Plan::default(),
            is_personal: false,
        };
        found(work, id, create).await?;
        let choose = UserCommand::ChoosePrimaryOrganization { organization: id };
        work.handle::<User>(self.user.uuid(), choose).await?;
        Ok(())
    }

    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::OrganizationSlug
    }
}
