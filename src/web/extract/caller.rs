//! Who is calling.

use aggregates::{
    authorization::{Asker, Denied},
    ids::UserId,
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use projections::api_keys::KeyStatus;
use secrecy::SecretString;

use super::{client, context};
use crate::{
    database,
    identity::{ApiKeyRefusal, ApiKeys, Principal, SessionError, SignInError},
    web::{
        App, Problem,
        context::Envelope,
        describe::{Describe, Described},
        problem::Code,
    },
};

/// A signed-in caller.
#[derive(Debug, Clone)]
pub struct Caller(pub Principal);

impl Caller {
    pub fn asker(&self) -> Asker {
        self.0.asker
    }
}

/// A signed-in caller whose request does not count against the rate limits of their key.
#[derive(Debug, Clone)]
pub struct Uncounted(pub Principal);

impl Principal {
    /// The person, for what only that person may do.
    pub fn require_person(&self) -> Result<UserId, Problem> {
        self.person().ok_or_else(|| Problem::from(Denied::PersonRequired))
    }
}

/// The credentials of a request.
enum Sent<'a> {
    Basic(&'a str),
    Token(&'a str),
    Key(&'a str),
}

/// The one Authorization header, by its scheme.
fn sent(parts: &Parts) -> Result<Sent<'_>, Problem> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or_else(Problem::not_authenticated)?;
    if values.next().is_some() {
        return Err(Problem::with_detail(Code::InvalidHeader, "There is more than one Authorization header"));
    }
    let value = value.to_str().map_err(|_| Problem::not_authenticated())?;
    let (scheme, credentials) = value.split_once(' ').ok_or_else(Problem::not_authenticated)?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("basic") {
        Ok(Sent::Basic(credentials))
    } else if !scheme.eq_ignore_ascii_case("bearer") {
        Err(Problem::not_authenticated())
    } else if ApiKeys::is_meant(credentials) {
        Ok(Sent::Key(credentials))
    } else {
        Ok(Sent::Token(credentials))
    }
}

/// The API key that a request carries, valid or not.
pub fn sent_key(parts: &Parts) -> Result<&str, Problem> {
    match sent(parts)? {
        Sent::Key(key) => Ok(key),
        Sent::Basic(_) | Sent::Token(_) => Err(Problem::new(Code::ApiKeyRequired)),
    }
}

/// What can be met by whoever has to sign in.
pub(super) fn describe(operation: &mut Described<'_>) {
    operation.counts();
    for status in ["400", "401", "422", "429", "503"] {
        operation.problem(status);
    }
}

impl Describe for Caller {
    fn describe(operation: &mut Described<'_>) {
        describe(operation);
    }
}

/// Only those who send a password meet a limit: that of failures.
impl Describe for Uncounted {
    fn describe(operation: &mut Described<'_>) {
        for status in ["400", "401", "422", "429", "503"] {
            operation.problem(status);
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match sent(parts)? {
            Sent::Basic(credentials) => basic(app, parts, credentials).await.map(Self),
            Sent::Token(token) => Ok(Self(app.sessions.authenticate(token).await?)),
            Sent::Key(key) => {
                let admitted = app.api_keys.authenticate(key, client(parts)).await?;
                if let Some(envelope) = parts.extensions.get::<Envelope>() {
                    envelope.limits.set(admitted.allowances);
                }
                Ok(Self(admitted.principal))
            }
        }
    }
}

impl FromRequestParts<App> for Uncounted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match sent(parts)? {
            Sent::Key(key) => Ok(Self(app.api_keys.identify(key, client(parts)).await?)),
            Sent::Basic(_) | Sent::Token(_) => Caller::from_request_parts(parts, app).await.map(|Caller(by)| Self(by)),
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

impl From<ApiKeyRefusal> for Problem {
    fn from(refusal: ApiKeyRefusal) -> Self {
        let over = |code| Self::with_detail(code, refusal.to_string()).invalid_token_challenge();
        match &refusal {
            ApiKeyRefusal::Unknown => Self::invalid_token(),
            ApiKeyRefusal::Over(KeyStatus::Expired) => over(Code::ApiKeyExpired),
            ApiKeyRefusal::Over(KeyStatus::Revoked) => over(Code::ApiKeyRevoked),
            ApiKeyRefusal::Over(KeyStatus::Disabled | KeyStatus::Active) | ApiKeyRefusal::OwnerDisabled => {
                over(Code::ApiKeyDisabled)
            }
            ApiKeyRefusal::Suspended => Denied::Suspended.into(),
            ApiKeyRefusal::Address => Self::new(Code::IpNotAllowed),
            ApiKeyRefusal::TooMany(too_many) => Self::limited(Code::RateLimited, too_many),
            ApiKeyRefusal::Stale(error) => {
                tracing::warn!(error = %database::chain(error), "a caller could not be authenticated");
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
