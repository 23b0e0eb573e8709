//! Signing up: an account, its personal organization with a default workspace, and a session, all of it at once.

use aggregates::{
    claim::ClaimKind,
    email::Email,
    ids::{OrganizationId, SessionId, UserId, WorkspaceId},
    organization::{OrganizationCommand, Plan},
    personal::Personal,
    session::Method,
    slug::Slug,
    user::{Origin, User, UserCommand},
};
use projections::{RowKeys, Rows, users::UserRow, workspaces::WorkspaceRow};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    commands::{
        Command, Error, Shown, UnitOfWork,
        organizations::found,
        sessions::{Beginning, begin_session},
        slugs::random_slug,
    },
    ledger::PasswordWrite,
    readmodel::{
        Current, View,
        organizations::{OrganizationView, SeenOrganization},
    },
};

/// The name of a personal organization when the person's profile has none. A person's name is personal data, and an
/// organization's is not.
const NAME: &str = "Personal";

#[derive(Debug, Clone)]
pub struct SignUp {
    pub user: UserId,
    pub session: SessionId,
    pub email: Email,
    pub name: String,
    /// The organization that the person says they belong to; the personal organization gets this name.
    pub organization: Option<String>,
    /// A PHC string.
    pub hash: SecretString,
}

/// What signing up created.
pub struct SignedUp {
    pub user: UserRow,
    pub organization: OrganizationView,
    pub workspace: WorkspaceRow,
}

impl View for SignedUp {
    /// The owner is who signed up.
    type Of = (SeenOrganization, WorkspaceId);

    fn rows((organization, workspace): &Self::Of) -> RowKeys {
        OrganizationView::rows(organization).and::<WorkspaceRow>([(*workspace,)])
    }

    fn read(rows: &Rows, (organization, workspace): &Self::Of) -> Option<Self> {
        Some(Self {
            user: rows.users.get(&(organization.owner,))?.clone(),
            organization: OrganizationView::read(rows, organization)?,
            workspace: rows.workspaces.get(&(*workspace,))?.clone(),
        })
    }

    fn current(_: &Rows, _: &Self::Of) -> Current {
        Current::Absent
    }
}

impl Command for SignUp {
    type View = SignedUp;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (id, organization) = (self.user.uuid(), OrganizationId::new(Uuid::now_v7()));
        let personal = |text: &str| Personal::new(id, text.to_owned());
        work.begin::<User>(id);
        let register = UserCommand::Register {
            email: personal(self.email.as_str()),
            name: Some(personal(&self.name)),
            origin: Origin::Signup,
            organization: self.organization.clone(),
            invited_by: None,
        };
        work.handle::<User>(id, register).await?;
        let choose = UserCommand::ChoosePrimaryOrganization { organization };
        work.handle::<User>(id, choose).await?;
        work.write_beside(PasswordWrite { user: self.user, hash: self.hash.clone() });

        let create = OrganizationCommand::Create {
            name: self.organization.clone().unwrap_or_else(|| NAME.to_owned()),
            slug: personal_slug()?,
            description: None,
            domain: None,
            owner: self.user,
            plan: Plan::default(),
            is_personal: true,
        };
        let workspace = found(work, organization, create).await?;
        let beginning =
            Beginning { session: self.session, user: self.user, method: Method::Signup, organization: None, epoch: 0 };
        begin_session(work, &beginning).await?;

        let (owner, asker) = (self.user, work.asker());
        Ok((SeenOrganization { id: organization, owner, asker, role: None }, workspace))
    }

    /// The slug is chosen by chance.
    fn retries(&self, lost: ClaimKind) -> bool {
        lost == ClaimKind::OrganizationSlug
    }
}

/// It says nothing about the person.
fn personal_slug() -> Result<Slug, Error> {
    random_slug("personal")
}
