//! What comes with holding a key: being told what it is, and ending it.

use aggregates::{
    authorization::Asker,
    ids::{ApiKeyId, OrganizationId},
    personal::Personal,
};
use axum::extract::{FromRequest, Request};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    TAG,
    body::ApiKeyRevocation,
    representation::{ApiKeyOwner, RateLimit},
    stale,
};
use crate::{
    commands::{Write, api_keys::RevokeSelf},
    identity::{Credential, Principal},
    web::{
        App, Code, Problem, Routes,
        describe::{Describe, Described},
        extract::{Conventions, MAX_BODY, Reads, context, parse_body, read_body, sent_key},
        query::Query,
        reply::{self, Plain, Unkeyed},
        routes,
        time::optional_time,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(presented)).routes(routes!(revoke_self))
}

/// The API key that a request was made with.
#[derive(Debug, Serialize, ToSchema)]
struct PresentedApiKey<'a> {
    #[schema(value_type = Uuid)]
    id: ApiKeyId,
    name: &'a str,
    owner: ApiKeyOwner,
    /// The organization that the key works for, if there is only one.
    #[schema(value_type = Option<Uuid>)]
    organization: Option<OrganizationId>,
    scopes: Vec<String>,
    #[serde(serialize_with = "optional_time")]
    expires_at: Option<DateTime<Utc>>,
    rate_limit: Option<RateLimit>,
}

/// Describe the API key of this request
///
/// A cheap way for a program to see whether its key works; the answer comes from memory.
#[utoipa::path(
    get, path = "/api-keys/self", tag = TAG, operation_id = "get_presented_api_key",
    responses(
        (status = 401, description = "The request carries no valid API key"),
        (status = 403, description = "The key may not be used from this address, or its organization is suspended"),
    ),
)]
async fn presented(request: Reads) -> Result<Plain<PresentedApiKey<'static>>, Problem> {
    let Credential::ApiKey(id, _) = request.principal.credential else {
        return Err(Problem::new(Code::ApiKeyRequired));
    };
    let api_keys = &request.app.api_keys;
    let known = api_keys.presented(id).await.map_err(stale)?.ok_or_else(Problem::invalid_token)?;
    Ok(Plain::new(&PresentedApiKey {
        id,
        name: &known.row.name,
        owner: known.row.owner().into(),
        organization: known.organization(),
        scopes: api_keys.written(&known).await.map_err(stale)?,
        expires_at: known.row.expires_at,
        rate_limit: api_keys.rate_limit(known.rate_limit()).map(RateLimit::from),
    }))
}

/// A request to end the key that it was made with.
struct Surrender {
    app: App,
    id: ApiKeyId,
    write: Write,
    body: ApiKeyRevocation,
}

impl FromRequest<App> for Surrender {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let shown = app.api_keys.possessed(sent_key(&parts)?).await?;
        let known = &shown.known;
        let (id, creator) = (known.id(), known.row.created_by.uuid());
        let (conventions, ()) = Conventions::read(&parts)?;
        let body = parse_body(&parts, &read_body(body, MAX_BODY).await?)?;
        // Holding the key is the only right that this takes: what it may do otherwise makes no difference.
        let principal = Principal { asker: Asker::System, credential: shown.credential() };
        let context = context(&parts);
        let mut write = conventions.applied(principal.write(&context));
        // The address of the bearer is sealed as personal data of the key's creator.
        let personal = |text: &Option<String>| text.clone().map(|text| Personal::new(creator, text));
        write.metadata.client_address = personal(&context.client_address);
        write.metadata.user_agent = personal(&context.user_agent);
        Ok(Self { app: app.clone(), id, write, body })
    }
}

impl Describe for Surrender {
    fn describe(operation: &mut Described<'_>) {
        operation.body::<ApiKeyRevocation>();
        let meaning = "With `true` nothing is written: status 200, with the events that would be appended.";
        Query::describe(operation, |query| query.flag("dry_run", meaning));
        for status in ["400", "409", "413", "415", "422", "503"] {
            operation.problem(status);
        }
    }
}

/// Revoke the API key of this request
///
/// Anyone who holds a key may revoke it, wherever they found it: it takes no permission, and the key's networks do not
/// matter. There is no Idempotency-Key: once it is revoked, the key opens nothing any more, not even this.
#[utoipa::path(
    post, path = "/api-keys/revoke-self", tag = TAG, operation_id = "revoke_api_key_by_possession",
    responses((status = 401, description = "The request carries no valid API key")),
)]
async fn revoke_self(Surrender { app, id, write, body }: Surrender) -> Result<Unkeyed, Problem> {
    let revoke = RevokeSelf { id, reason: body.check()? };
    Ok(app.commands.run(&write, &revoke, |()| reply::no_content()).await?.into())
}
