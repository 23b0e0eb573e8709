//! `/organizations/{org}/invitations`, and `/invitations/{token}` for those who were invited.

mod body;
mod representation;
mod token;

use aggregates::{ids::InvitationId, workspace::WorkspaceError};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use chrono::Utc;
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) use self::representation::Invitation;
use self::{
    body::{NewInvitation, Resending},
    representation::IssuedInvitation,
};
use super::{members::role_at, organizations::resolve, workspaces::workspace_at};
use crate::{
    commands::{Write, invitations::RevokeInvitation},
    identity::one_time::OneTime,
    ledger::Appended,
    readmodel::{
        invitations::{InvitationFilter, InvitationView},
        organizations::Reference,
    },
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::Fields,
        list::{List, Paging},
        reply,
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
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = NewInvitation,
    responses(
        (status = 201, body = IssuedInvitation, headers(("Location" = String))),
        (status = 409, body = ProblemDocument),
    ),
)]
async fn invite(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<NewInvitation>,
) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let id = InvitationId::new(Uuid::now_v7());
    let token = OneTime::new(id.uuid());
    let command = input.body.check(organization, id, &token)?;
    let present = move |view: &InvitationView| {
        let location = format!("/api/v1/organizations/{organization}/invitations/{}", view.invitation.id);
        reply::created(&IssuedInvitation::new(view), view.invitation.version, location)
    };
    let appended = app.commands.run(&input.write, &command, present).await.map_err(|error| {
        match error.refusal::<WorkspaceError>() {
            Some(_) => workspace_at("/workspace")(error),
            None => role_at("/role")(error),
        }
    })?;
    issued(&app, &input.write, appended, &token)
}

fn issued(app: &App, write: &Write, appended: Appended, token: &OneTime) -> Result<Response, Problem> {
    let url = format!("{}/invitations/{}", app.settings.public_url, token.token.expose_secret());
    reply::written(reply::with_secret(appended, write, |body| reply::reveal(body, &token.token, url))?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `pending`, `accepted`, `declined`, `revoked` or `expired`.
    status: Option<String>,
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
    /// `total` adds the header X-Total-Count.
    include: Option<String>,
}

/// List invitations
///
/// Newest first, including those that were answered or revoked.
#[utoipa::path(
    get, path = "/organizations/{org}/invitations", tag = TAG, operation_id = "list_invitations",
    params(("org" = String, Path, description = "Id, slug or old slug"), ListParams),
    responses((status = 200, body = Vec<Invitation>, headers(("Link" = String), ("X-Total-Count" = i64)))),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &org);
    let ListParams { status, limit, cursor, include } = params;
    let mut fields = Fields::default();
    let wanted = fields.optional("?status", status.as_deref(), |status| {
        status.parse().map_err(|()| "must be pending, accepted, declined, revoked or expired")
    });
    let path = format!("/organizations/{org}/invitations");
    let filters = vec![("status", status)];
    let list = List::check(&app, caller.asker(), path, filters, Paging { limit, cursor, include }, fields)?;
    let organization = Reference::parse(&org);
    let (now, page, count) = (Utc::now(), list.page(), list.wants_total());
    let filter = InvitationFilter { status: wanted, now };
    let found = app.readmodel.invitations(caller.asker(), &organization, &filter, page, count).await?;
    list.answer(&found.rows, |view| view.invitation.id.uuid(), |view| Invitation::new(view, now), found.total)
}

/// Send an invitation again
///
/// With a new token, which the answer has, this once. The previous token no longer works.
#[utoipa::path(
    post, path = "/organizations/{org}/invitations/{id}/resend", tag = TAG, operation_id = "resend_invitation",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("id" = String, Path)),
    request_body = Resending,
    responses((status = 200, body = IssuedInvitation), (status = 409, body = ProblemDocument)),
)]
async fn resend(
    State(app): State<App>,
    Path((org, id)): Path<(String, String)>,
    input: Input<Resending>,
) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let id = invitation(&id)?;
    let token = OneTime::new(id.uuid());
    let command = input.body.check(organization, id, &token)?;
    let present = |view: &InvitationView| {
        reply::stored(StatusCode::OK, &IssuedInvitation::new(view), Some(view.invitation.version))
    };
    let appended = app.commands.run(&input.write, &command, present).await?;
    issued(&app, &input.write, appended, &token)
}

/// Revoke an invitation
///
/// Its token no longer works.
#[utoipa::path(
    delete, path = "/organizations/{org}/invitations/{id}", tag = TAG, operation_id = "revoke_invitation",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("id" = String, Path)),
    responses((status = 204, description = "Revoked")),
)]
async fn revoke(
    State(app): State<App>,
    Path((org, id)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let command = RevokeInvitation { organization: resolve(&app, &org).await?, id: invitation(&id)? };
    reply::written(app.commands.run(&input.write, &command, |()| reply::no_content()).await?)
}

/// The invitation that a path names. A text that cannot be an id names none.
fn invitation(text: &str) -> Result<InvitationId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::InvitationNotFound))
}
