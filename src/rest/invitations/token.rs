//! `/invitations/{token}`: what is offered, and the answer.

use aggregates::ids::InvitationId;
use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use chrono::Utc;

use super::{
    TAG,
    representation::{AcceptedInvitation, Offer},
};
use crate::{
    commands::invitations::{AcceptInvitation, DeclineInvitation, ShownToken},
    identity::one_time::OneTime,
    web::{
        App, Code, Problem, Routes,
        describe::{Describe, Described},
        extract::{Nothing, One, Place, Segment, Writes},
        query::Query,
        reply::{Changed, Found, Removed},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(get)).routes(routes!(accept)).routes(routes!(decline))
}

impl Segment for ShownToken {
    const MEANING: &'static str = "The token of an invitation link";

    fn parse(text: &str) -> Result<Self, Problem> {
        let (id, hash) = OneTime::parse(text).ok_or_else(|| Problem::new(Code::InvitationNotFound))?;
        Ok(Self { invitation: InvitationId::new(id), hash })
    }
}

/// A look at an invitation. Whoever has the token may take it.
struct Look {
    app: App,
    token: ShownToken,
    headers: HeaderMap,
}

impl FromRequestParts<App> for Look {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let Path(token) = path.map_err(|rejection| Problem::of_status(rejection.status()))?;
        Query::of(parts)?.finish()?;
        Ok(Self { app: app.clone(), token: ShownToken::parse(&token)?, headers: parts.headers.clone() })
    }
}

impl Describe for Look {
    fn describe(operation: &mut Described<'_>) {
        <One<ShownToken> as Place>::describe(operation);
        for status in ["400", "422", "503"] {
            operation.problem(status);
        }
    }
}

/// Look at an invitation
///
/// The token is enough; no credentials are needed.
#[utoipa::path(
    get, path = "/invitations/{token}", tag = TAG, operation_id = "get_invitation", security(()),
    responses(
        (status = 403, description = "The organization is suspended"),
        (status = 404, description = "The token is wrong, or a newer one has replaced it"),
    ),
)]
async fn get(Look { app, token, headers }: Look) -> Result<Found<Offer<'static>>, Problem> {
    let offer = app.readmodel.offer(token.invitation, &token.hash).await?;
    let offer = offer.ok_or_else(|| Problem::new(Code::InvitationNotFound))?;
    let known = headers.get_all(header::IF_NONE_MATCH).iter().map(HeaderValue::to_str).filter_map(Result::ok);
    Ok(Found::new(known, &Offer::new(&offer, Utc::now()), offer.invitation.invitation.version))
}

/// Accept an invitation
///
/// By the account that has the invited address, once. What If-Match names is the version of the invitation; the ETag is
/// that of the membership.
#[utoipa::path(
    post, path = "/invitations/{token}/accept", tag = TAG, operation_id = "accept_invitation",
    responses(
        (status = 403, description = "The invitation is for another address, or the organization is suspended"),
        (status = 404, description = "The token is wrong, or a newer one has replaced it"),
        (status = 409, description = "A member already"),
        (status = 410, description = "It was answered or revoked, or it has expired"),
    ),
)]
async fn accept(
    Writes { by, path: token, .. }: Writes<Nothing, One<ShownToken>>,
) -> Result<Changed<AcceptedInvitation<'static>>, Problem> {
    Ok(by.change(&AcceptInvitation { token }).await?)
}

/// Decline an invitation
///
/// By the account that has the invited address. What If-Match names is the version of the invitation.
#[utoipa::path(
    post, path = "/invitations/{token}/decline", tag = TAG, operation_id = "decline_invitation",
    responses((status = 410, description = "It was answered or revoked, or it has expired")),
)]
async fn decline(Writes { by, path: token, .. }: Writes<Nothing, One<ShownToken>>) -> Result<Removed, Problem> {
    Ok(by.remove(&DeclineInvitation { token }).await?)
}
