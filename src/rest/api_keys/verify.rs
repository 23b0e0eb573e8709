//! Verifying a key, and ending one by possession.

use std::net::IpAddr;

use aggregates::{
    authorization::{Asker, Permission},
    ids::{ApiKeyId, OrganizationId},
    personal::Personal,
};
use axum::{
    extract::{FromRequestParts, Request, State},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    TAG,
    body::RevocationReason,
    representation::{KeyOwner, RateLimit},
    stale,
};
use crate::{
    commands::api_keys::RevokeSelf,
    identity::{Principal, Verification, VerificationCode, Verify},
    readmodel::organizations::Reference,
    web::{
        App, Problem,
        extract::{Conventions, MAX_BODY, Nothing, Uncounted, client, context, parse_body, read_body, sent_key},
        fields::{Fields, Secret},
        problem::ProblemDocument,
        reply,
        time::optional_time,
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The key to verify.
    #[schema(value_type = String)]
    key: Secret,
    /// The permission that its bearer needs.
    #[schema(example = "projects:read")]
    permission: Option<String>,
    /// Id or slug of the organization to verify the key for; an id is answered from memory. When absent, the only
    /// organization that the key works for.
    organization: Option<String>,
    /// The address of its bearer, for keys that may be used from some networks only; the address of this request when
    /// absent.
    ip: Option<String>,
}

/// What is known about a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    valid: bool,
    /// `VALID`, `MALFORMED`, `NOT_FOUND`, `REVOKED`, `DISABLED`, `EXPIRED`, `INSUFFICIENT_SCOPE`, `RATE_LIMITED`,
    /// `IP_NOT_ALLOWED`, `ORGANIZATION_SUSPENDED` or `ORGANIZATION_DELETED`.
    code: &'static str,
    #[schema(value_type = Option<Uuid>)]
    key_id: Option<ApiKeyId>,
    owner: Option<KeyOwner>,
    /// The organization that the key was verified for.
    #[schema(value_type = Option<Uuid>)]
    organization: Option<OrganizationId>,
    scopes: Vec<String>,
    /// The permission that the key lacks.
    missing_permission: Option<&'static str>,
    #[serde(serialize_with = "optional_time")]
    expires_at: Option<DateTime<Utc>>,
    rate_limit: Option<RateLimit>,
    /// Uses left within the rate limit, on the node that answers.
    remaining: Option<u32>,
}

impl From<Verification> for Answer {
    fn from(Verification { code, key }: Verification) -> Self {
        let valid = code == VerificationCode::Valid;
        let code = code.as_str();
        match key {
            None => Self {
                valid,
                code,
                key_id: None,
                owner: None,
                organization: None,
                scopes: vec![],
                missing_permission: None,
                expires_at: None,
                rate_limit: None,
                remaining: None,
            },
            Some(key) => Self {
                valid,
                code,
                key_id: Some(key.id),
                owner: Some(key.owner.into()),
                organization: key.organization,
                scopes: key.scopes,
                missing_permission: key.missing_permission.map(Permission::as_str),
                expires_at: key.expires_at,
                rate_limit: key.rate_limit.map(RateLimit::from),
                remaining: key.remaining,
            },
        }
    }
}

/// Verify an API key
///
/// For services that receive keys and have to know what they allow. The caller must be the key's owner, have
/// `api_keys:read` in an organization that the key is used for, or be a superadmin; for all others every key is
/// `NOT_FOUND`. The status is 200 whatever the result, and the answer comes from memory. It counts as a use of the
/// verified key, not of the caller's own.
#[utoipa::path(
    post, path = "/api-keys/verify", tag = TAG, operation_id = "verify_api_key",
    request_body = Question,
    responses(
        (status = 200, body = Answer),
        (status = 422, description = "A field is not valid", body = ProblemDocument),
        (status = 503, description = "This node cannot tell now", body = ProblemDocument),
    ),
)]
pub async fn verify(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Uncounted(Principal { asker, .. }) = Uncounted::from_request_parts(&mut parts, &app).await?;
    let (conventions, Nothing {}) = Conventions::read(&parts)?;
    let question: Question = parse_body(&parts, &read_body(body, MAX_BODY).await?)?;
    let Question { key, permission, organization, ip } = question;
    let mut fields = Fields::default();
    let permission = fields.optional("/permission", permission, |text| text.parse::<Permission>());
    let ip = fields.optional("/ip", ip, |text| text.parse::<IpAddr>());
    fields.finish(Some(()))?;
    let organization = match organization.as_deref().map(Reference::parse) {
        None => None,
        // An unknown organization gives nobody a permission.
        Some(reference) => {
            let known = app.api_keys.organization(&reference).await.map_err(stale)?;
            Some(known.unwrap_or(OrganizationId::new(Uuid::nil())))
        }
    };
    let address = ip.or_else(|| client(&parts));
    let verify = Verify { key: key.text(), permission, organization, address, counts: !conventions.dry_run };
    let found = app.api_keys.verify(asker, verify).await.map_err(stale)?;
    Ok(reply::plain(&Answer::from(found)))
}

/// Revoke the API key of this request
///
/// Anyone who holds a key may revoke it, wherever they found it: it takes no permission, and the key's networks do not
/// matter.
#[utoipa::path(
    post, path = "/api-keys/revoke-self", tag = TAG, operation_id = "revoke_api_key_by_possession",
    request_body = RevocationReason,
    responses(
        (status = 204, description = "The key is revoked"),
        (status = 401, description = "The request carries no valid API key", body = ProblemDocument),
    ),
)]
pub async fn revoke_self(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let shown = app.api_keys.possessed(sent_key(&parts)?).await?;
    let known = &shown.known;
    let (id, creator) = (known.id(), known.row.created_by.uuid());
    let (conventions, Nothing {}) = Conventions::read(&parts)?;
    let reason: RevocationReason = parse_body(&parts, &read_body(body, MAX_BODY).await?)?;
    // Holding the key is the only right that this takes: what it may do otherwise makes no difference.
    let principal = Principal { asker: Asker::System, credential: shown.credential() };
    let context = context(&parts);
    let mut write = conventions.applied(principal.write(&context));
    // The address of the bearer is sealed as personal data of the key's creator.
    let personal = |text: &Option<String>| text.clone().map(|text| Personal::new(creator, text));
    write.metadata.client_address = personal(&context.client_address);
    write.metadata.user_agent = personal(&context.user_agent);
    let revoke = RevokeSelf { id, reason: reason.check()? };
    reply::written(app.commands.run(&write, &revoke, |()| reply::no_content()).await?)
}
