//! Signing in, refreshing, switching to another organization.

use aggregates::{
    ids::{OrganizationId, SessionId},
    session::{Ending, Method, SessionError},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Anonymous, TAG, new_session,
    tokens::{SessionTokens, signed_in},
};
use crate::{
    commands::{
        self,
        sessions::{Beginning, EndSession, RefreshSession, StartSession, SwitchSession},
    },
    identity::Credential,
    ledger,
    web::{
        App, Code, Problem, Routes,
        extract::{In, Place, Segment, Writes},
        fields::Secret,
        reply::{self, Unrepeated},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(login)).routes(routes!(refresh)).routes(routes!(switch))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInCredentials {
    #[schema(example = "jane@example.com")]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// Id or slug of the organization that the tokens are bound to: they work for it alone, and live as long as it
    /// says. When absent, they work wherever the person is a member.
    #[schema(example = "acme")]
    organization: Option<String>,
}

/// Sign in
///
/// An unknown e-mail address and a wrong password get the same answer. Failures are limited for each account and for
/// each client address, whichever way of signing in they use.
#[utoipa::path(
    post, path = "/auth/login", tag = TAG, operation_id = "login", security(()),
    responses(
        (status = 401, description = "The e-mail address or the password is wrong, or the account is disabled"),
        (status = 403, description = "Not a member of the organization, or it is suspended"),
        (status = 404, description = "There is no such organization"),
        (status = 429, description = "Too many failures to sign in to this account, or from this address"),
    ),
)]
async fn login(Anonymous { by, body }: Anonymous<SignInCredentials>) -> Result<Unrepeated<SessionTokens>, Problem> {
    let app = &by.app;
    let person = app.sign_in.verify(&body.email, body.password.expose(), by.client()).await?;
    let organization = match &body.organization {
        Some(name) => Some(organization_named(app, name).await?),
        None => None,
    };
    let start = StartSession(Beginning {
        session: new_session(),
        user: person.user,
        method: Method::Password,
        organization,
        epoch: person.state.epoch,
    });
    let write = by.write(person.user).unrepeatable();
    signed_in(app, app.commands.grant(&write, &start).await?, &write)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SessionRefresh {
    #[schema(value_type = String)]
    refresh_token: Secret,
}

/// Refresh the tokens of a session
///
/// A refresh token works once. One that is used again has been copied, so its session ends.
#[utoipa::path(
    post, path = "/auth/refresh", tag = TAG, operation_id = "refresh_session", security(()),
    responses(
        (status = 401, description = "The token is wrong or was used, or its session has ended"),
        (status = 403, description = "No longer a member of the session's organization, or it is suspended"),
        (status = 404, description = "The session's organization is deleted"),
    ),
)]
async fn refresh(Anonymous { by, body }: Anonymous<SessionRefresh>) -> Result<Unrepeated<SessionTokens>, Problem> {
    let app = &by.app;
    let parsed = app.tokens.parse_refresh(body.refresh_token.text());
    let (session, generation) = parsed.map_err(|_| Problem::invalid_token())?;
    let found = app.readmodel.session(session, chrono::Utc::now()).await?.ok_or_else(Problem::invalid_token)?;
    let user = found.session.user_id;
    let write = by.write(user).unrepeatable();
    if generation != found.generation {
        return Err(reused(app, &write, session).await);
    }
    let organization = found.session.organization_id;
    let refresh = RefreshSession { session, user, organization, generation, epoch: found.session.epoch };
    match app.commands.grant(&write, &refresh).await {
        Ok(granted) => signed_in(app, granted, &write),
        Err(commands::Error::Ledger(ledger::Error::RefreshUsed)) => Err(reused(app, &write, session).await),
        // Signed out between the two looks.
        Err(commands::Error::SignedOut) => Err(Problem::invalid_token()),
        Err(error) => Err(error.into()),
    }
}

/// Two clients have the same token, and it cannot be known which of them is the thief.
async fn reused(app: &App, write: &commands::Write, session: SessionId) -> Problem {
    tracing::warn!(%session, "a refresh token was used again; its session ends");
    let end = EndSession { session, user: None, reason: Ending::Reuse };
    if !write.dry_run {
        // The end does not depend on what the request insists on.
        let write = commands::Write { if_match: None, ..write.clone() };
        match app.commands.run(&write, &end, |()| reply::no_content()).await {
            // Another request with the same token was faster, or the session was ended anyway.
            Ok(_) | Err(commands::Error::SignedOut) => {}
            Err(error) if error.refusal::<SessionError>().is_some() => {}
            Err(error) => return error.into(),
        }
    }
    Problem::invalid_token()
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganizationSwitch {
    /// Id or slug of an organization that the caller is a member of.
    #[schema(example = "acme")]
    organization: String,
}

/// Switch to another organization
///
/// The session and its next tokens are bound to that organization from now on. The previous refresh token no longer
/// works.
#[utoipa::path(
    post, path = "/auth/switch", tag = TAG, operation_id = "switch_organization",
    responses(
        (
            status = 403,
            description = "The caller is not signed in with an access token or not a member of the organization, or it is suspended",
        ),
        (status = 404, description = "There is no such organization"),
        (status = 409, description = "The session was refreshed or switched at the same time"),
    ),
)]
async fn switch(Writes { by, body, .. }: Writes<OrganizationSwitch>) -> Result<Unrepeated<SessionTokens>, Problem> {
    let app = &by.app;
    let Credential::Session(session) = by.principal.credential else {
        return Err(Problem::new(Code::SessionRequired));
    };
    let organization = organization_named(app, &body.organization).await?;
    let found = app.readmodel.session(session, chrono::Utc::now()).await?.ok_or_else(Problem::invalid_token)?;
    let user = by.principal.require_person()?;
    let switch = SwitchSession { session, user, organization, generation: found.generation };
    let write = by.write.clone().as_the_person().unrepeatable();
    match app.commands.grant(&write, &switch).await {
        // The session was refreshed or switched in the meantime; nothing is wrong with it.
        Err(commands::Error::Ledger(ledger::Error::RefreshUsed)) => Err(Problem::new(Code::Overtaken)),
        // It has just ended.
        Err(error) if error.refusal::<SessionError>().is_some() => Err(Problem::invalid_token()),
        granted => signed_in(app, granted?, &write),
    }
}

/// The organization that a body names, by id or slug.
async fn organization_named(app: &App, name: &str) -> Result<OrganizationId, Problem> {
    In(Segment::parse(name)?).resolve(app).await
}
