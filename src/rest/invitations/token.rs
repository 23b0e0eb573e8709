//! `/invitations/{token}`: what is offered, and the answer.

use aggregates::ids::InvitationId;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::Utc;
use utoipa_axum::routes;

use super::{
    TAG,
    representation::{AcceptedInvitation, Offer},
};
use crate::{
    commands::invitations::{AcceptInvitation, DeclineInvitation, ShownToken},
    identity::one_time::OneTime,
    readmodel::members::MemberView,
    rest::organizations::NoParams,
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Input, Nothing, Query},
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(get)).routes(routes!(accept)).routes(routes!(decline))
}

/// The token of a path. A text that cannot be a token names no invitation.
fn shown(token: &str) -> Result<ShownToken, Problem> {
    let (id, hash) = OneTime::parse(token).ok_or_else(|| Problem::new(Code::InvitationNotFound))?;
    Ok(ShownToken { invitation: InvitationId::new(id), hash })
}

/// Look at an invitation
///
/// The token is enough; no credentials are needed.
#[utoipa::path(
    get, path = "/invitations/{token}", tag = TAG, operation_id = "get_invitation", security(()),
    params(("token" = String, Path, description = "The token of the invitation link")),
    responses(
        (status = 200, body = Offer),
        (status = 403, description = "The organization is suspended", body = ProblemDocument),
        (status = 404, description = "The token is wrong, or a newer one has replaced it", body = ProblemDocument),
    ),
)]
async fn get(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(NoParams {}): Query<NoParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ShownToken { invitation, hash } = shown(&token)?;
    let offer = app.readmodel.offer(invitation, &hash).await?;
    let offer = offer.ok_or_else(|| Problem::new(Code::InvitationNotFound))?;
    reply::resource(&headers, &Offer::new(&offer, Utc::now()), offer.invitation.invitation.version)
}

/// Accept an invitation
///
/// By the account that has the invited address, once.
#[utoipa::path(
    post, path = "/invitations/{token}/accept", tag = TAG, operation_id = "accept_invitation",
    params(("token" = String, Path, description = "The token of the invitation link")),
    responses(
        (status = 200, body = AcceptedInvitation),
        (status = 403, description = "The invitation is for another address, or the organization is suspended", body = ProblemDocument),
        (status = 404, description = "The token is wrong, or a newer one has replaced it", body = ProblemDocument),
        (status = 410, description = "It was answered or revoked, or it has expired", body = ProblemDocument),
    ),
)]
async fn accept(State(app): State<App>, Path(token): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    let command = AcceptInvitation { token: shown(&token)? };
    let present = |view: &MemberView| {
        reply::stored(StatusCode::OK, &AcceptedInvitation::new(view), Some(view.membership.version))
    };
    reply::written(app.commands.run(&input.write, &command, present).await?)
}

/// Decline an invitation
///
/// By the account that has the invited address.
#[utoipa::path(
    post, path = "/invitations/{token}/decline", tag = TAG, operation_id = "decline_invitation",
    params(("token" = String, Path, description = "The token of the invitation link")),
    responses(
        (status = 204, description = "Declined"),
        (status = 410, description = "It was answered or revoked, or it has expired", body = ProblemDocument),
    ),
)]
async fn decline(
    State(app): State<App>,
    Path(token): Path<String>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let command = DeclineInvitation { token: shown(&token)? };
    reply::written(app.commands.run(&input.write, &command, |()| reply::no_content()).await?)
}
