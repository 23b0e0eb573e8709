//! Links that work once: activation and password reset.

use aggregates::{ids::UserId, name::parse_name};
use axum::http::StatusCode;
use projections::users::UserRow;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Anonymous, Stranger, TAG, new_session,
    tokens::{SessionTokens, reveal_tokens},
};
use crate::{
    commands::{
        self, Command, Write,
        sessions::{Grant, UNBOUND_SECS},
        users::{Activate, ResetPassword},
    },
    identity::{Attempt, SignInError, one_time::OneTime},
    readmodel::Untagged,
    rest::{me::Profile, password},
    web::{
        App, Code, Problem, Routes,
        fields::{Fields, Secret},
        reply::{self, Answered, Done},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(activate)).routes(routes!(reset))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountActivation {
    /// From the `activation` that was shown when the person was added.
    #[schema(value_type = String)]
    token: Secret,
    /// 12 to 256 characters.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 256)]
    password: Secret,
    /// 1 to 255 characters.
    #[schema(example = "Jane Doe", min_length = 1, max_length = 255)]
    name: String,
}

/// An activated account, signed in.
#[derive(Debug, Serialize, ToSchema)]
struct ActivatedAccount<'a> {
    user: Profile<'a>,
    /// Null in a repeated reply: tokens are shown once.
    tokens: Option<SessionTokens>,
    /// Whether the tokens are included.
    secret_available: bool,
}

/// Activate an account
///
/// For people who were added to an organization before they had an account. The token works once.
#[utoipa::path(
    post, path = "/auth/activate", tag = TAG, operation_id = "activate_account", security(()),
    responses(
        (status = 404, description = "The token is wrong, was used or has been replaced, or its account is disabled"),
        (status = 410, description = "The token has expired"),
        (status = 429, description = "Too many failures to sign in from this address"),
    ),
)]
async fn activate(
    Anonymous { by, body }: Anonymous<AccountActivation>,
) -> Result<Answered<ActivatedAccount<'static>>, Problem> {
    let app = &by.app;
    let (link, account) = follow(&by, &body.token).await?;
    let mut fields = Fields::default();
    let name = fields.check("/name", parse_name(&body.name));
    let email = account.email.as_deref().unwrap_or_default();
    let password = password::check(&mut fields, "/password", &body.password, email);
    let (user, session, write) = (link.user, new_session(), by.write(link.user));
    let command = |name, hash| Activate { user, token_hash: link.hash.clone(), name, hash, session };
    let (name, password) = match fields.finish(name.zip(password)) {
        Ok(checked) => checked,
        Err(invalid) => {
            return Err(told(app, &write, &command(String::new(), SecretString::default()), invalid).await);
        }
    };
    let hash = app.sign_in.passwords().hash(password).await.map_err(password::failed)?;
    let present = |Untagged(user): &Untagged<UserRow>| {
        let activated = ActivatedAccount { user: Profile::from(user), tokens: None, secret_available: false };
        reply::stored(StatusCode::OK, &activated, None)
    };
    let appended = app.commands.run(&write, &command(name, hash), present).await.map_err(refused)?;
    link.attempt.succeeded();
    let grant = Grant { session, user, organization: None, generation: 1, lifetime: UNBOUND_SECS };
    let tokens = reveal_tokens(app, &grant)?;
    Ok(reply::with_secret(appended, &write, |activated| activated.extend(tokens))?.into())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordReset {
    #[schema(value_type = String)]
    token: Secret,
    /// 12 to 256 characters.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 256)]
    password: Secret,
}

/// Set a new password
///
/// With a token that a superadmin requested. The token works once, and every session of the account ends.
#[utoipa::path(
    post, path = "/auth/password-reset", tag = TAG, operation_id = "reset_password", security(()),
    responses(
        (status = 404, description = "The token is wrong, was used or has been replaced, or its account is disabled"),
        (status = 410, description = "The token has expired"),
        (status = 429, description = "Too many failures to sign in from this address"),
    ),
)]
async fn reset(Anonymous { by, body }: Anonymous<PasswordReset>) -> Result<Done, Problem> {
    let app = &by.app;
    let (link, account) = follow(&by, &body.token).await?;
    let mut fields = Fields::default();
    let email = account.email.as_deref().unwrap_or_default();
    let password = password::check(&mut fields, "/password", &body.password, email);
    let write = by.write(link.user);
    let command = |hash| ResetPassword { user: link.user, token_hash: link.hash.clone(), hash };
    let password = match fields.finish(password) {
        Ok(password) => password,
        Err(invalid) => return Err(told(app, &write, &command(SecretString::default()), invalid).await),
    };
    let hash = app.sign_in.passwords().hash(password).await.map_err(password::failed)?;
    let appended = app.commands.run(&write, &command(hash), |()| reply::no_content()).await.map_err(refused)?;
    link.attempt.succeeded();
    Ok(appended.into())
}

/// A well-formed token, and the account that it names.
struct Link {
    user: UserId,
    hash: String,
    attempt: Attempt,
}

/// Guessing counts as failing to sign in, from the same address. The account decides whether the token is valid.
async fn follow(by: &Stranger, token: &Secret) -> Result<(Link, UserRow), Problem> {
    let attempt = by.app.sign_in.attempts().begin(None, by.client()).await.map_err(SignInError::TooMany)?;
    let (user, hash) = OneTime::parse(token.text()).ok_or_else(|| Problem::new(Code::LinkNotFound))?;
    let user = UserId::new(user);
    let account = by.app.readmodel.user_row(user).await?.ok_or_else(|| Problem::new(Code::LinkNotFound))?;
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
