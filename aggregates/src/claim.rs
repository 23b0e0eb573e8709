//! What must be unique across streams, derived from the events alone, so that claims can be rebuilt like any row.

use uuid::Uuid;

use crate::{
    api_key::ApiKeyEvent,
    catalog::product::ProductEvent,
    change::Change,
    event::Event,
    ids::{OrganizationId, SpaceId},
    organization::OrganizationEvent,
    personal::Personal,
    project::ProjectEvent,
    slug::Slug,
    space::SpaceEvent,
    team::TeamEvent,
    user::UserEvent,
    workspace::WorkspaceEvent,
};

macro_rules! claim_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, taken = $code:literal;)+) => {
        /// What a value is unique as.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ClaimKind { $($(#[$doc])* $kind,)+ }

        impl ClaimKind {
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// The code of the problem when another stream has the value.
            pub const fn taken(self) -> &'static str {
                match self { $(Self::$kind => $code,)+ }
            }
        }
    };
}

claim_kinds! {
    /// An organization's slug; its old slugs stay claimed.
    OrganizationSlug = "organization_slug", taken = "slug_taken";
    /// A user's address, folded. Personal: the ledger stores a keyed hash of it.
    UserEmail = "user_email", taken = "email_taken";
    /// A workspace's slug behind its organization's id.
    WorkspaceSlug = "workspace_slug", taken = "slug_taken";
    /// A project's slug behind its organization's id.
    ProjectSlug = "project_slug", taken = "slug_taken";
    /// A space's slug, in the whole deployment: a space can move between organizations.
    SpaceSlug = "space_slug", taken = "slug_taken";
    /// A product's slug behind its space's id.
    ProductSlug = "product_slug", taken = "slug_taken";
    /// A team's name in lower case behind its organization's id.
    TeamName = "team_name", taken = "name_taken";
    /// The part of an API key by which it is found. Trying again makes another one.
    ApiKeyHandle = "api_key_handle", taken = "overtaken";
}

impl ClaimKind {
    /// Whether the value must not be readable in the database.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::UserEmail)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    pub kind: ClaimKind,
    pub value: String,
}

impl Claim {
    pub fn organization_slug(slug: &str) -> Self {
        Self { kind: ClaimKind::OrganizationSlug, value: slug.to_owned() }
    }

    pub fn user_email(folded: String) -> Self {
        Self { kind: ClaimKind::UserEmail, value: folded }
    }

    pub fn workspace_slug(organization: OrganizationId, slug: &str) -> Self {
        Self { kind: ClaimKind::WorkspaceSlug, value: format!("{organization}/{slug}") }
    }

    pub fn project_slug(organization: OrganizationId, slug: &str) -> Self {
        Self { kind: ClaimKind::ProjectSlug, value: format!("{organization}/{slug}") }
    }

    pub fn space_slug(slug: &str) -> Self {
        Self { kind: ClaimKind::SpaceSlug, value: slug.to_owned() }
    }

    pub fn product_slug(space: SpaceId, slug: &str) -> Self {
        Self { kind: ClaimKind::ProductSlug, value: format!("{space}/{slug}") }
    }

    pub fn team_name(organization: OrganizationId, name: &str) -> Self {
        Self { kind: ClaimKind::TeamName, value: format!("{organization}/{}", name.to_lowercase()) }
    }

    pub fn api_key_handle(handle: &str) -> Self {
        Self { kind: ClaimKind::ApiKeyHandle, value: handle.to_owned() }
    }

    /// An erased address claims nothing: the claim went with the key.
    fn of_email(email: &Personal<String>) -> Option<Self> {
        email.get().map(|email| Self::user_email(email.to_lowercase()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimChange {
    /// Taken by the stream that the event belongs to. Taking what one already holds changes nothing.
    Acquire(Claim),
    Release(Claim),
}

/// What an event of the stream `aggregate_id` claims and gives up.
pub fn claim_changes(_aggregate_id: Uuid, event: &Event) -> Vec<ClaimChange> {
    use ClaimChange::{Acquire, Release};
    match event {
        Event::Organization(event) => match event {
            OrganizationEvent::OrganizationCreated { slug, .. }
            | OrganizationEvent::OrganizationSlugChanged { to: slug, .. } => {
                vec![Acquire(Claim::organization_slug(slug.as_str()))]
            }
            OrganizationEvent::OrganizationSlugReleased { slug } => {
                vec![Release(Claim::organization_slug(slug.as_str()))]
            }
            OrganizationEvent::OrganizationPurged { slugs } => {
                slugs.iter().map(|slug| Release(Claim::organization_slug(slug.as_str()))).collect()
            }
            _ => vec![],
        },
        Event::User(event) => match event {
            UserEvent::UserRegistered { email, .. } => Claim::of_email(email).map(Acquire).into_iter().collect(),
            UserEvent::EmailChanged { from, to } => {
                let (from, to) = (Claim::of_email(from), Claim::of_email(to));
                if from == to {
                    return vec![];
                }
                from.map(Release).into_iter().chain(to.map(Acquire)).collect()
            }
            _ => vec![],
        },
        Event::Session(_) | Event::Usage(_) | Event::Contract(_) | Event::Issue(_) | Event::QualityCheck(_) => vec![],
        Event::Team(event) => match event {
            TeamEvent::TeamCreated { organization, name, .. } => {
                vec![Acquire(Claim::team_name(*organization, name))]
            }
            TeamEvent::TeamUpdated { organization, changes } => {
                let names = changes.name.iter().map(|change| (&change.from, &change.to));
                let claims =
                    names.map(|(a, b)| (Claim::team_name(*organization, a), Claim::team_name(*organization, b)));
                claims.filter(|(from, to)| from != to).flat_map(|(from, to)| [Release(from), Acquire(to)]).collect()
            }
            TeamEvent::TeamDeleted { organization, name, .. } => {
                vec![Release(Claim::team_name(*organization, name))]
            }
            TeamEvent::TeamMemberAdded { .. } | TeamEvent::TeamMemberRemoved { .. } => vec![],
        },
        Event::Workspace(event) => match event {
            WorkspaceEvent::WorkspaceCreated { organization, slug, .. } => {
                vec![Acquire(Claim::workspace_slug(*organization, slug.as_str()))]
            }
            WorkspaceEvent::WorkspaceUpdated { organization, changes } => {
                moved(changes.slug.as_ref(), |slug| Claim::workspace_slug(*organization, slug))
            }
            WorkspaceEvent::WorkspaceArchived { .. } => vec![],
        },
        Event::Project(event) => match event {
            ProjectEvent::ProjectCreated { organization, slug, .. } => {
                vec![Acquire(Claim::project_slug(*organization, slug.as_str()))]
            }
            ProjectEvent::ProjectUpdated { organization, changes } => {
                moved(changes.slug.as_ref(), |slug| Claim::project_slug(*organization, slug))
            }
            ProjectEvent::ProjectArchived { .. } => vec![],
        },
        Event::Space(event) => match event {
            SpaceEvent::SpaceCreated { slug, .. } => vec![Acquire(Claim::space_slug(slug.as_str()))],
            SpaceEvent::SpaceUpdated { changes } => moved(changes.slug.as_ref(), Claim::space_slug),
            SpaceEvent::SpacePurged { slug, .. } => vec![Release(Claim::space_slug(slug.as_str()))],
            _ => vec![],
        },
        Event::Product(event) => match event {
            ProductEvent::ProductCreated { space, slug, .. } => {
                vec![Acquire(Claim::product_slug(*space, slug.as_str()))]
            }
            ProductEvent::ProductUpdated { space, changes } => {
                moved(changes.slug.as_ref(), |slug| Claim::product_slug(*space, slug))
            }
            ProductEvent::ProductArchived { .. } => vec![],
        },
        Event::ApiKey(event) => match event {
            // It is never given to another key, not even when this one is revoked or expired.
            ApiKeyEvent::ApiKeyCreated { handle, .. } => vec![Acquire(Claim::api_key_handle(handle))],
            _ => vec![],
        },
    }
}

/// A slug that was changed, where it was.
fn moved(change: Option<&Change<Slug>>, claim: impl Fn(&str) -> Claim) -> Vec<ClaimChange> {
    change.map_or_else(Vec::new, |Change { from, to }| {
        vec![ClaimChange::Release(claim(from.as_str())), ClaimChange::Acquire(claim(to.as_str()))]
    })
}

#[cfg(test)]
mod tests;
