//! What must be unique across streams, derived from the events alone, so that claims can be rebuilt like any row.

use uuid::Uuid;

use crate::{event::Event, organization::OrganizationEvent, user::UserEvent, workspace::WorkspaceEvent};

/// What a value is unique as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClaimKind {
    /// An organization's slug; its old slugs stay claimed.
    OrganizationSlug,
    /// A user's address, folded. Personal: the ledger stores a keyed hash of it.
    UserEmail,
    /// A workspace's slug behind its organization's id.
    WorkspaceSlug,
}

impl ClaimKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrganizationSlug => "organization_slug",
            Self::UserEmail => "user_email",
            Self::WorkspaceSlug => "workspace_slug",
        }
    }

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
        Event::User(UserEvent::UserRegistered { email, .. }) => {
            // An erased address claims nothing: the claim went with the key.
            email.get().map(|email| Acquire(Claim::user_email(email.to_lowercase()))).into_iter().collect()
        }
        Event::User(UserEvent::SuperadminGranted {}) => vec![],
        Event::Workspace(WorkspaceEvent::WorkspaceCreated { organization, slug, .. }) => {
            vec![Acquire(Claim { kind: ClaimKind::WorkspaceSlug, value: format!("{organization}/{slug}") })]
        }
    }
}
