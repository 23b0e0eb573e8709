//! `/organizations/{org}/invitations`, and `/invitations/{token}` for those who were invited.

mod body;
mod representation;
mod token;

use aggregates::{ids::InvitationId, workspace::WorkspaceError};
use chrono::Utc;
use secrecy::ExposeSecret;
use uuid::Uuid;

pub(crate) use self::representation::Invitation;
use self::{
    body::{InvitationResending, NewInvitation},
    representation::IssuedInvitation,
};
use super::{members::role_at, workspaces::workspace_at};
use crate::{
    commands::invitations::RevokeInvitation,
    identity::one_time::OneTime,
    ledger::Appended,
    readmodel::invitations::{InvitationFilter, InvitationView},
    web::{
        Problem, Routes,
        extract::{At, In, Listing, Nothing, Writer, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{self, Changed, Created, Page, Removed},
        routes,
    },
};

const TAG: &str = "invitations";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(invite))
        .routes(routes!(list))
        .routes(routes!(resend))
        .routes(routes!(revoke))
        .merge(token::routes())
}

/// Invite a person
///
/// The answer has the token, this once; it is stored nowhere. An address has one invitation at a time. No invitation
/// offers more than the caller has.
#[utoipa::path(
    post, path = "/organizations/{org}/members/invite", tag = TAG, operation_id = "invite_member",
    responses((status = 409, description = "A member already, invited already, or all seats are taken")),
)]
async fn invite(
    Writes { by, path: organization, body, .. }: Writes<NewInvitation, In>,
) -> Result<Created<IssuedInvitation<'static>>, Problem> {
    let id = InvitationId::new(Uuid::now_v7());
    let token = OneTime::new(id.uuid());
    let command = body.check(organization, id, &token)?;
    let present = move |view: &InvitationView| {
        let location = format!("/api/v1/organizations/{organization}/invitations/{}", view.invitation.id);
        reply::created(&IssuedInvitation::new(view), view.invitation.version, location)
    };
    let appended = by.run(&command, present).await.map_err(|error| match error.refusal::<WorkspaceError>() {
        Some(_) => workspace_at("/workspace")(error),
        None => role_at("/role")(error),
    })?;
    Ok(issued(&by, appended, &token)?.into())
}

/// Shows the token, this once.
fn issued(by: &Writer, appended: Appended, token: &OneTime) -> Result<Appended, Problem> {
    let url = format!("{}/invitations/{}", by.app.settings.public_url, token.token.expose_secret());
    reply::with_secret(appended, &by.write, |body| reply::reveal(body, &token.token, url))
}

impl Filter for InvitationFilter {}

impl Parameters for InvitationFilter {
    fn read(query: &mut Query) -> Self {
        Self { status: query.word("status", "All when absent."), now: Utc::now() }
    }
}

/// List invitations
///
/// Newest first, including those that were answered or revoked.
#[utoipa::path(get, path = "/organizations/{org}/invitations", tag = TAG, operation_id = "list_invitations")]
async fn list(request: Listing<InvitationFilter, In>) -> Result<Page<Invitation<'static>>, Problem> {
    let (In(organization), filter, readmodel) = (&request.path, &request.filter, &request.app.readmodel);
    let found = readmodel.invitations(request.asker(), organization, filter, request.page(), request.wants_total());
    let found = found.await?;
    let id = |view: &InvitationView| view.invitation.id.uuid();
    Ok(request.answer_as(&found.rows, id, |view| vec![Invitation::new(view, filter.now)], found.total))
}

/// Send an invitation again
///
/// With a new token, which the answer has, this once. The previous token no longer works.
#[utoipa::path(
    post, path = "/organizations/{org}/invitations/{id}/resend", tag = TAG, operation_id = "resend_invitation",
    responses((status = 409, description = "The address has another pending invitation, or all seats are taken")),
)]
async fn resend(
    Writes { by, path: (organization, id), body, .. }: Writes<InvitationResending, At<InvitationId>>,
) -> Result<Changed<IssuedInvitation<'static>>, Problem> {
    let token = OneTime::new(id.uuid());
    let command = body.check(organization, id, &token)?;
    let present = |view: &InvitationView| reply::changed(&IssuedInvitation::new(view), view.invitation.version);
    let appended = by.run(&command, present).await?;
    Ok(issued(&by, appended, &token)?.into())
}

/// Revoke an invitation
///
/// Its token no longer works.
#[utoipa::path(
    delete, path = "/organizations/{org}/invitations/{id}", tag = TAG, operation_id = "revoke_invitation",
)]
async fn revoke(
    Writes { by, path: (organization, id), .. }: Writes<Nothing, At<InvitationId>>,
) -> Result<Removed, Problem> {
    Ok(by.remove(&RevokeInvitation { organization, id }).await?)
}
