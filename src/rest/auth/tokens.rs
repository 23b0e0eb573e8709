//! The answer to everything that signs a person in.

use axum::http::StatusCode;
use chrono::Utc;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    commands::{
        Write,
        sessions::{Grant, Granted},
    },
    identity::{Claims, KeyError},
    web::{
        App, Code, Problem,
        reply::{self, Unrepeated},
        words::{self, Named, Word},
    },
};

/// How an access token is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenType {
    Bearer,
}

impl Word for TokenType {
    const ALL: &'static [Self] = &[Self::Bearer];

    fn word(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
        }
    }
}

/// The tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionTokens {
    /// A JWT, to be sent as `Authorization: Bearer …`.
    access_token: String,
    /// Works once, for POST /api/v1/auth/refresh.
    refresh_token: String,
    #[schema(schema_with = words::schema::<TokenType>)]
    token_type: Named<TokenType>,
    /// Lifetime of the access token, in seconds.
    expires_in: i64,
}

impl SessionTokens {
    fn new(app: &App, grant: &Grant) -> Result<Self, Problem> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            sub: grant.user,
            sid: grant.session,
            org: grant.organization,
            iat: now,
            exp: now + grant.lifetime,
        };
        let access = app.tokens.access(&claims).map_err(|error: KeyError| {
            tracing::error!(%error, "an access token cannot be made");
            Problem::new(Code::Internal)
        })?;
        Ok(Self {
            access_token: access.expose_secret().to_owned(),
            refresh_token: app.tokens.refresh(grant.session, grant.generation).expose_secret().to_owned(),
            token_type: Named(TokenType::Bearer),
            expires_in: grant.lifetime,
        })
    }
}

/// Tokens for what was granted; for a dry run what would have been appended.
pub(super) fn signed_in(app: &App, granted: Granted, write: &Write) -> Result<Unrepeated<SessionTokens>, Problem> {
    let Granted { grant, mut appended } = granted;
    if !write.dry_run {
        appended.reply = reply::stored(StatusCode::OK, &SessionTokens::new(app, &grant)?, None);
    }
    Ok(appended.into())
}

/// Tokens as a part of another answer, in place of `"secret_available": false`.
pub(super) fn reveal_tokens(app: &App, grant: &Grant) -> Result<[(String, Value); 2], Problem> {
    let tokens = serde_json::to_value(SessionTokens::new(app, grant)?).map_err(|_| Problem::new(Code::Internal))?;
    Ok([("tokens".to_owned(), tokens), ("secret_available".to_owned(), true.into())])
}
