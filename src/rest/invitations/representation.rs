//! The representations of an invitation: to the organization, and to the holder of its token.

use aggregates::ids::{InvitationId, WorkspaceId};
use chrono::{DateTime, Utc};
use projections::{invitations::InvitationStatus, memberships::MembershipStatus};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    commands::invitations::AcceptedView,
    readmodel::invitations::{InvitationView, OfferView},
    rest::members::{Member, MemberRole},
    web::{
        Person,
        reply::Represents,
        time::time,
        words::{self, Named},
    },
};

/// An offer of membership, as the organization sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation<'a> {
    #[schema(value_type = Uuid)]
    pub id: InvitationId,
    pub email: Option<&'a str>,
    /// The key of the role that is offered.
    pub role: &'a str,
    /// The workspace that the invited person starts in.
    #[schema(value_type = Option<Uuid>)]
    pub workspace: Option<WorkspaceId>,
    #[schema(schema_with = words::schema::<InvitationStatus>)]
    pub status: Named<InvitationStatus>,
    #[serde(serialize_with = "time")]
    pub expires_at: DateTime<Utc>,
    pub invited_by: Inviter<'a>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
}

/// The person who invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inviter<'a> {
    pub id: Uuid,
    /// Null for a person who does not belong to the organization or has given no name.
    pub name: Option<&'a str>,
}

impl<'a> Invitation<'a> {
    pub fn new(view: &'a InvitationView, now: DateTime<Utc>) -> Self {
        let row = &view.invitation;
        Self {
            id: row.id,
            email: row.email.as_deref(),
            role: row.role.as_str(),
            workspace: row.workspace_id,
            status: Named(row.status_at(now)),
            expires_at: row.expires_at,
            invited_by: Inviter::new(view),
            created_at: row.created_at,
        }
    }
}

impl<'a> Inviter<'a> {
    fn new(view: &'a InvitationView) -> Self {
        let name = view.inviter.as_ref().and_then(|inviter| inviter.name.as_deref());
        Self { id: view.invitation.invited_by.uuid(), name }
    }
}

/// An invitation that was created or sent again, with its token.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedInvitation<'a> {
    #[schema(value_type = Uuid)]
    pub id: InvitationId,
    pub email: Option<&'a str>,
    /// The key of the role that is offered.
    pub role: &'a str,
    /// The workspace that the invited person starts in.
    #[schema(value_type = Option<Uuid>)]
    pub workspace: Option<WorkspaceId>,
    #[schema(schema_with = words::schema::<InvitationStatus>)]
    pub status: Named<InvitationStatus>,
    #[serde(serialize_with = "time")]
    pub expires_at: DateTime<Utc>,
    pub invited_by: Inviter<'a>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    /// For the invited person. Null where `secret_available` is false.
    pub token: Option<&'static str>,
    /// A link with the token.
    pub url: Option<&'static str>,
    /// Whether token and link are included: only in the first answer, not in a repeated one.
    pub secret_available: bool,
}

impl<'a> IssuedInvitation<'a> {
    /// Without the secret.
    pub fn new(view: &'a InvitationView) -> Self {
        // It was written just now, so what is recorded is what holds.
        let Invitation { id, email, role, workspace, status, expires_at, invited_by, created_at } =
            Invitation::new(view, view.invitation.updated_at);
        Self {
            id,
            email,
            role,
            workspace,
            status,
            expires_at,
            invited_by,
            created_at,
            token: None,
            url: None,
            secret_available: false,
        }
    }
}

/// An invitation, as the holder of its token sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationOffer)]
pub struct Offer<'a> {
    pub organization: OfferedOrganization<'a>,
    pub email: Option<&'a str>,
    /// The key of the role that is offered.
    pub role: &'a str,
    #[schema(schema_with = words::schema::<InvitationStatus>)]
    pub status: Named<InvitationStatus>,
    #[serde(serialize_with = "time")]
    pub expires_at: DateTime<Utc>,
    pub invited_by: Inviter<'a>,
}

/// The organization that somebody was invited to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationOrganization)]
pub struct OfferedOrganization<'a> {
    pub name: &'a str,
    pub slug: &'a str,
}

impl<'a> Offer<'a> {
    pub fn new(view: &'a OfferView, now: DateTime<Utc>) -> Self {
        let OfferView { invitation, organization } = view;
        let Invitation { email, role, status, expires_at, invited_by, .. } = Invitation::new(invitation, now);
        let organization = OfferedOrganization { name: &organization.name, slug: &organization.slug };
        Self { organization, email, role, status, expires_at, invited_by }
    }
}

/// The membership that an accepted invitation created.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedInvitation<'a> {
    pub organization_id: Uuid,
    pub user: Person<'a>,
    pub role: MemberRole<'a>,
    #[schema(schema_with = words::schema::<MembershipStatus>)]
    pub status: Named<MembershipStatus>,
    #[serde(serialize_with = "time")]
    pub joined_at: DateTime<Utc>,
}

impl<'a> From<&'a AcceptedView> for AcceptedInvitation<'a> {
    fn from(AcceptedView(view): &'a AcceptedView) -> Self {
        let Member { user, role, status, joined_at } = Member::from(view);
        Self { organization_id: view.membership.organization_id.uuid(), user, role, status, joined_at }
    }
}

impl Represents for AcceptedInvitation<'_> {
    type View = AcceptedView;
    type As<'v> = AcceptedInvitation<'v>;
}
