//! Links that work once: activation and password reset.

use aggregates::{ids::UserId, name::parse_name};
use axum::{extract::State, http::StatusCode, response::Response};
use projections::users::UserRow;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    Anonymous, TAG, new_session,
    tokens::{Tokens, reveal_tokens},
};
use crate::{
    commands::{
        self, Command, Write,
        sessions::{Grant, UNBOUND_SECS},
        users::{Activate, ResetPassword},
    },
    identity::{Attempt, SignInError, one_time::OneTime},
    rest::{me::Profile, password},
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        fields::{Fields, Secret},
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(activate)).routes(routes!(reset))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Activation {
    /// From the `activation` that was shown when the person was added.
    #[schema(value_type = String)]
    token: Secret,
    /// 12 to 256 characters.
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// 1 to 255 characters.
    #[schema(example = "Jane Doe")]
    name: String,
}

/// An activated account, signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Activated<'a> {
    user: Profile<'a>,
    /// Null in a repeated reply: tokens are shown once.
    tokens: Option<Tokens>,
    /// Whether the tokens are included.
    secret_available: bool,
}

/// Activate an account
///
/// For people who were added to an organization before they had an account. The token works once.
#[utoipa::path(
    post, path = "/auth/activate", tag = TAG, operation_id = "activate_account", security(()),
    request_body = Activation,
    responses(
        (status = 200, body = Activated),
        (status = 404, body = ProblemDocument),
        (status = 410, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
        (status = 429, body = ProblemDocument),
    ),
)]
async fn activate(State(app): State<App>, input: Anonymous<Activation>) -> Result<Response, Problem> {
    let body = input.body.clone();
    let (link, account) = follow(&app, &input, &body.token).await?;
    let mut fields = Fields::default();
    let name = fields.check("/name", parse_name(&body.name));
    let email = account.email.as_deref().unwrap_or_default();
    let password = password::check(&mut fields, "/password", &body.password, email);
    let (user, session, write) = (link.user, new_session(), input.write(link.user));
    let command = |name, hash| Activate { user, token_hash: link.hash.clone(), name, hash, session };
    let (name, password) = match fields.finish(name.zip(password)) {
        Ok(checked) => checked,
        Err(invalid) => {
            return Err(told(&app, &write, &command(String::new(), SecretString::default()), invalid).await);
        }
    };
    let hash = app.sign_in.passwords().hash(password).await.map_err(password::failed)?;
    let present = |user: &UserRow| {
        let activated = Activated { user: Profile::from(user), tokens: None, secret_available: false };
        reply::stored(StatusCode::OK, &activated, None)
    };
    let appended = app.commands.run(&write, &command(name, hash), present).await.map_err(refused)?;
    link.attempt.succeeded();
    let grant = Grant { session, user, organization: None, generation: 1, lifetime: UNBOUND_SECS };
    let tokens = reveal_tokens(&app, &grant)?;
    reply::written(reply::with_secret(appended, &write, |activated| activated.extend(tokens))?)
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordReset {
    #[schema(value_type = String)]
    token: Secret,
    /// 12 to 256 characters.
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Set a new password
///
/// With a token that a superadmin requested. The token works once, and every session of the account ends.
#[utoipa::path(
    post, path = "/auth/password-reset", tag = TAG, operation_id = "reset_password", security(()),
    request_body = PasswordReset,
    responses(
        (status = 204, description = "The password is set"),
        (status = 404, body = ProblemDocument),
        (status = 410, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
        (status = 429, body = ProblemDocument),
    ),
)]
async fn reset(State(app): State<App>, input: Anonymous<PasswordReset>) -> Result<Response, Problem> {
    let body = input.body.clone();
    let (link, account) = follow(&app, &input, &body.token).await?;
    let mut fields = Fields::default();
    let email = account.email.as_deref().unwrap_or_default();
    let password = password::check(&mut fields, "/password", &body.password, email);
    let write = input.write(link.user);
    let command = |hash| ResetPassword { user: link.user, token_hash: link.hash.clone(), hash };
    let password = match fields.finish(password) {
        Ok(password) => password,
        Err(invalid) => return Err(told(&app, &write, &command(SecretString::default()), invalid).await),
    };
    let hash = app.sign_in.passwords().hash(password).await.map_err(password::failed)?;
    let appended = app.commands.run(&write, &command(hash), |()| reply::no_content()).await.map_err(refused)?;
    link.attempt.succeeded();
    reply::written(appended)
}

/// A well-formed token, and the account that it names.
struct Link {
    user: UserId,
    hash: String,
    attempt: Attempt,
}

/// Guessing counts as failing to sign in, from the same address. The account decides whether the token is valid.
async fn follow<T>(app: &App, input: &Anonymous<T>, token: &Secret) -> Result<(Link, UserRow), Problem> {
    let attempt = app.sign_in.attempts().begin(None, input.client()).await.map_err(SignInError::TooMany)?;
    let (user, hash) = OneTime::parse(token.text()).ok_or_else(|| Problem::new(Code::LinkNotFound))?;
    let user = UserId::new(user);
    let account = app.readmodel.user_row(user).await?.ok_or_else(|| Problem::new(Code::LinkNotFound))?;
    Ok((Link { user, hash, attempt }, account))
}

/// Only the holder of the link learns what is wrong with the rest of the request: that a password is made of the
/// address would give the address away to others.
async fn told<C: Command>(app: &App, write: &Write, command: &C, invalid: Problem) -> Problem {
    let write = Write { dry_run: true, ..write.clone().unrepeatable() };
    app.commands.run(&write, command, |_| reply::no_content()).await.map_or_else(refused, |_| invalid)
}

/// A disabled account has no links.
fn refused(error: commands::Error) -> Problem {
    match error {
        commands::Error::SignedOut => Problem::new(Code::LinkNotFound),
        error => error.into(),
    }
}
