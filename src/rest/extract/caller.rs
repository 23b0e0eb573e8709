//! Who is calling.

use aggregates::authorization::Asker;
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;

use super::context;
use crate::{
    database,
    identity::{Principal, SessionError, SignInError},
    rest::{App, Problem, problem::Code},
};

/// A signed-in caller.
#[derive(Debug, Clone)]
pub struct Caller(pub Principal);

impl Caller {
    pub fn asker(&self) -> Asker {
        self.0.asker()
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next().ok_or_else(Problem::not_authenticated)?;
        if values.next().is_some() {
            return Err(Problem::with_detail(Code::InvalidHeader, "There is more than one Authorization header"));
        }
        let value = value.to_str().map_err(|_| Problem::not_authenticated())?;
        let (scheme, credentials) = value.split_once(' ').ok_or_else(Problem::not_authenticated)?;
        if scheme.eq_ignore_ascii_case("basic") {
            basic(app, parts, credentials.trim()).await.map(Self)
        } else if scheme.eq_ignore_ascii_case("bearer") {
            let principal = app.sessions.authenticate(credentials.trim()).await?;
            Ok(Self(principal))
        } else {
            Err(Problem::not_authenticated())
        }
    }
}

async fn basic(app: &App, parts: &Parts, credentials: &str) -> Result<Principal, Problem> {
    let decoded = STANDARD.decode(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((email, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
        return Err(Problem::not_authenticated());
    };
    let client = context(parts).client_address;
    let authenticated = app.superadmins.authenticate(email, &SecretString::from(password), client.as_deref()).await;
    authenticated.map_err(|error| match error {
        SignInError::Refused => Problem::not_authenticated(),
        error => error.into(),
    })
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Invalid => Self::invalid_token(),
            SessionError::Stale(error) => {
                tracing::warn!(error = %database::chain(&error), "a caller could not be authenticated");
                Self::new(Code::AuthorizationStale)
            }
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::new(Code::InvalidCredentials),
            SignInError::TooMany(too_many) => Self::limited(Code::TooManyAttempts, &too_many),
            error => {
                tracing::error!(error = %database::chain(&error), "a caller could not be authenticated");
                match error {
                    SignInError::Ledger(error) => error.into(),
                    SignInError::Read(error) => error.into(),
                    _ => Self::new(Code::Internal),
                }
            }
        }
    }
}
