//! Signing in, refreshing, switching to another organization.

use aggregates::{
    ids::SessionId,
    session::{Ending, Method, SessionError},
};
use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    Anonymous, TAG, new_session,
    tokens::{Tokens, signed_in},
};
use crate::{
    commands::{
        self,
        sessions::{Beginning, EndSession, RefreshSession, StartSession, SwitchSession},
    },
    identity::Credential,
    ledger,
    rest::organizations::resolve,
    web::{App, Code, Problem, ProblemDocument, Routes, extract::Input, fields::Secret, reply},
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(login)).routes(routes!(refresh)).routes(routes!(switch))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
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
    request_body = Credentials,
    responses(
        (status = 200, body = Tokens),
        (status = 401, body = ProblemDocument),
        (status = 403, body = ProblemDocument),
        (status = 429, body = ProblemDocument),
    ),
)]
async fn login(State(app): State<App>, input: Anonymous<Credentials>) -> Result<Response, Problem> {
    let body = &input.body;
    let person = app.sign_in.verify(&body.email, body.password.expose(), input.client()).await?;
    let organization = match &body.organization {
        Some(reference) => Some(resolve(&app, reference).await?),
        None => None,
    };
    let start = StartSession(Beginning {
        session: new_session(),
        user: person.user,
        method: Method::Password,
        organization,
        epoch: person.state.epoch,
    });
    let write = input.write(person.user).unrepeatable();
    signed_in(&app, app.commands.grant(&write, &start).await?, &write)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    #[schema(value_type = String)]
    refresh_token: Secret,
}

/// Refresh the tokens of a session
///
/// A refresh token works once. One that is used again has been copied, so its session ends.
#[utoipa::path(
    post, path = "/auth/refresh", tag = TAG, operation_id = "refresh_session", security(()),
    request_body = Refresh,
    responses((status = 200, body = Tokens), (status = 401, body = ProblemDocument)),
)]
async fn refresh(State(app): State<App>, input: Anonymous<Refresh>) -> Result<Response, Problem> {
    let parsed = app.tokens.parse_refresh(input.body.refresh_token.text());
    let (session, generation) = parsed.map_err(|_| Problem::invalid_token())?;
    let found = app.readmodel.session(session, chrono::Utc::now()).await?.ok_or_else(Problem::invalid_token)?;
    let user = found.session.user_id;
    let write = input.write(user).unrepeatable();
    if generation != found.generation {
        return reused(&app, &write, session).await;
    }
    let organization = found.session.organization_id;
    let refresh = RefreshSession { session, user, organization, generation, epoch: found.session.epoch };
    match app.commands.grant(&write, &refresh).await {
        Ok(granted) => signed_in(&app, granted, &write),
        Err(commands::Error::Ledger(ledger::Error::RefreshUsed)) => reused(&app, &write, session).await,
        // Signed out between the two looks.
        Err(commands::Error::SignedOut) => Err(Problem::invalid_token()),
        Err(error) => Err(error.into()),
    }
}

/// Two clients have the same token, and it cannot be known which of them is the thief.
async fn reused(app: &App, write: &commands::Write, session: SessionId) -> Result<Response, Problem> {
    tracing::warn!(%session, "a refresh token was used again; its session ends");
    let end = EndSession { session, user: None, reason: Ending::Reuse };
    if !write.dry_run {
        // The end does not depend on what the request insists on.
        let write = commands::Write { if_match: None, ..write.clone() };
        match app.commands.run(&write, &end, |()| reply::no_content()).await {
            // Another request with the same token was faster, or the session was ended anyway.
            Ok(_) | Err(commands::Error::SignedOut) => {}
            Err(error) if error.refusal::<SessionError>().is_some() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::invalid_token())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Switch {
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
    request_body = Switch,
    responses((status = 200, body = Tokens), (status = 403, body = ProblemDocument)),
)]
async fn switch(State(app): State<App>, input: Input<Switch>) -> Result<Response, Problem> {
    let Credential::Session(session) = input.principal.credential else {
        return Err(Problem::new(Code::SessionRequired));
    };
    let organization = resolve(&app, &input.body.organization).await?;
    let found = app.readmodel.session(session, chrono::Utc::now()).await?.ok_or_else(Problem::invalid_token)?;
    let user = input.principal.require_person()?;
    let switch = SwitchSession { session, user, organization, generation: found.generation };
    let write = input.write.as_the_person().unrepeatable();
    match app.commands.grant(&write, &switch).await {
        // The session was refreshed or switched in the meantime; nothing is wrong with it.
        Err(commands::Error::Ledger(ledger::Error::RefreshUsed)) => Err(Problem::new(Code::Overtaken)),
        // It has just ended.
        Err(error) if error.refusal::<SessionError>().is_some() => Err(Problem::invalid_token()),
        granted => signed_in(&app, granted?, &write),
    }
}
