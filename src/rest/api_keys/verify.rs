//! Verifying a key for a service that was shown it.

use std::net::IpAddr;

use aggregates::{
    authorization::{Asker, Permission},
    ids::{ApiKeyId, OrganizationId},
};
use axum::extract::{FromRequest, FromRequestParts, Request};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    TAG,
    representation::{ApiKeyOwner, RateLimit},
    stale,
};
use crate::{
    identity::{Principal, Verification, VerificationCode, Verify},
    readmodel::organizations::Reference,
    web::{
        App, Problem, Routes,
        describe::{Describe, Described},
        extract::{Conventions, MAX_BODY, Uncounted, client, parse_body, read_body},
        fields::{Fields, Secret},
        query::Query,
        reply::Plain,
        routes,
        time::optional_time,
        words::{self, Named},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(verify))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApiKeyToVerify {
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
struct ApiKeyVerification {
    valid: bool,
    #[schema(schema_with = words::schema::<VerificationCode>)]
    code: Named<VerificationCode>,
    #[schema(value_type = Option<Uuid>)]
    key_id: Option<ApiKeyId>,
    owner: Option<ApiKeyOwner>,
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

impl From<Verification> for ApiKeyVerification {
    fn from(Verification { code, key }: Verification) -> Self {
        let valid = code == VerificationCode::Valid;
        let code = Named(code);
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

/// A request to verify a key.
struct Verifies {
    app: App,
    asker: Asker,
    /// The address that the request comes from.
    client: Option<IpAddr>,
    conventions: Conventions,
    body: ApiKeyToVerify,
}

impl FromRequest<App> for Verifies {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Uncounted(Principal { asker, .. }) = Uncounted::from_request_parts(&mut parts, app).await?;
        let (conventions, ()) = Conventions::read(&parts)?;
        let body = parse_body(&parts, &read_body(body, MAX_BODY).await?)?;
        Ok(Self { app: app.clone(), asker, client: client(&parts), conventions, body })
    }
}

impl Describe for Verifies {
    fn describe(operation: &mut Described<'_>) {
        Uncounted::describe(operation);
        operation.body::<ApiKeyToVerify>();
        let meaning = "With `true` it does not count as a use; the answer is the same.";
        Query::describe(operation, |query| query.flag("dry_run", meaning));
        for status in ["403", "413", "415"] {
            operation.problem(status);
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
    responses(
        (status = 429, description = "Too many failures to sign in with address and password; no token and no key meets it"),
        (status = 503, description = "This node cannot tell now"),
    ),
)]
async fn verify(
    Verifies { app, asker, client, conventions, body }: Verifies,
) -> Result<Plain<ApiKeyVerification>, Problem> {
    let ApiKeyToVerify { key, permission, organization, ip } = body;
    let mut fields = Fields::default();
    let permission = fields.optional("/permission", permission, |text| text.parse::<Permission>());
    let ip = fields.optional("/ip", ip, |text| text.parse::<IpAddr>());
    fields.finish(Some(()))?;
    let counts = !conventions.unversioned()?.dry_run;
    let organization = match organization.as_deref().map(Reference::parse) {
        None => None,
        // An unknown organization gives nobody a permission.
        Some(reference) => {
            let known = app.api_keys.organization(&reference).await.map_err(stale)?;
            Some(known.unwrap_or(OrganizationId::new(Uuid::nil())))
        }
    };
    let verify = Verify { key: key.text(), permission, organization, address: ip.or(client), counts };
    let found = app.api_keys.verify(asker, verify).await.map_err(stale)?;
    Ok(Plain::new(&ApiKeyVerification::from(found)))
}
