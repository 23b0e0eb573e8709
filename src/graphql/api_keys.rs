//! API keys: an organization's, and the caller's own.

use aggregates::{
    authorization::Asker,
    ids::{ApiKeyId, OrganizationId},
};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::Utc;
use projections::api_keys::KeyStatus;

use super::{
    connections::{Nodes, list, nodes},
    error::Fallible,
    organizations::{Page, asked},
    scalars::Time,
    siblings::{Belonging, Newest},
};
use crate::{
    database,
    readmodel::{self, Grouped, ReadModel, api_keys::ApiKeyView, organizations::Reference},
    rest::api_keys as rest,
    web::{Code, Problem, list::List, words::Word},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "KeyStatus")]
pub enum ApiKeyStatus {
    Active,
    Disabled,
    Expired,
    Revoked,
}

/// A program's credential. The key itself is shown once, when it is created or rotated, and not here.
#[derive(Debug, SimpleObject)]
pub struct ApiKey {
    /// A UUID, which `node` takes too.
    pub id: ID,
    /// The beginning and the end of the key, by which people recognize it.
    masked_key: String,
    name: String,
    description: Option<String>,
    owner: ApiKeyOwner,
    /// `*:*`, or `org:<slug>:<permission>` with today's slug; `*` stands for all permissions.
    scopes: Vec<String>,
    /// Networks that the key may be used from; anywhere when empty.
    ip_allowlist: Vec<String>,
    /// The deployment's default when null.
    rate_limit: Option<ApiKeyRateLimit>,
    /// What happens to an organization's key when the member who created it leaves: `keep` or `revoke`.
    on_creator_leave: &'static str,
    status: ApiKeyStatus,
    /// When it was last used, up to a second behind; null if never.
    last_used_at: Option<Time>,
    /// Null if it never expires.
    expires_at: Option<Time>,
    /// Until when the secret from before the last rotation works as well.
    grace_until: Option<Time>,
    revoked_at: Option<Time>,
    /// Why it was revoked.
    revocation_reason: Option<&'static str>,
    created_by: ApiKeyCreator,
    created_at: Time,
    updated_at: Time,
}

/// Whose key it is.
#[derive(Debug, SimpleObject)]
struct ApiKeyOwner {
    /// `user` or `organization`.
    #[graphql(name = "type")]
    kind: &'static str,
    id: ID,
}

/// Who created a key.
#[derive(Debug, SimpleObject)]
struct ApiKeyCreator {
    id: ID,
    /// Null until the person has given one.
    name: Option<String>,
}

/// A number of requests within a number of seconds.
#[derive(Debug, SimpleObject)]
struct ApiKeyRateLimit {
    requests: u32,
    window_seconds: u32,
}

impl ApiKey {
    /// From the representation of REST, so that both show the same. Every field of it is named, so that a new one cannot
    /// be forgotten here.
    fn new(view: &ApiKeyView) -> Self {
        let now = Utc::now();
        let rest::ApiKey {
            id,
            masked_key,
            name,
            description,
            owner,
            scopes,
            ip_allowlist,
            rate_limit,
            on_creator_leave,
            status: _,
            last_used_at,
            expires_at,
            grace_until,
            revoked_at,
            revocation_reason,
            created_by,
            created_at,
            updated_at,
        } = rest::ApiKey::new(view, now);
        Self {
            id: id.uuid().into(),
            masked_key,
            name: name.to_owned(),
            description: description.map(str::to_owned),
            owner: ApiKeyOwner { kind: owner.kind.0.word(), id: owner.id.into() },
            scopes: scopes.to_vec(),
            ip_allowlist,
            rate_limit: rate_limit
                .map(|limit| ApiKeyRateLimit { requests: limit.requests, window_seconds: limit.window_seconds }),
            on_creator_leave: on_creator_leave.0.word(),
            status: view.key.status(now).into(),
            last_used_at: last_used_at.map(Time),
            expires_at: expires_at.map(Time),
            grace_until: grace_until.map(Time),
            revoked_at: revoked_at.map(Time),
            revocation_reason: revocation_reason.map(|reason| reason.0.word()),
            created_by: ApiKeyCreator { id: created_by.id.uuid().into(), name: created_by.name.map(str::to_owned) },
            created_at: Time(created_at),
            updated_at: Time(updated_at),
        }
    }
}

impl Belonging<OrganizationId> for Newest<Option<KeyStatus>> {
    type Row = ApiKeyView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, ApiKeyView>, database::Error> {
        readmodel.api_keys_of(asker, of, self.filter, self.most).await
    }
}

/// Those of an organization.
pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    first: i32,
    after: Option<String>,
    status: Option<ApiKeyStatus>,
) -> Result<Nodes<ApiKey>> {
    let (app, asker) = asked(ctx)?;
    let (filter, list) = listed(ctx, Some(organization.id.to_string()), status, (first, after))?;
    let views = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.api_keys(asker, &reference, filter.status, list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        organization.load(ctx, Newest { filter: filter.status, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &views, |view| view.key.id.uuid(), ApiKey::new))
}

/// Those of the caller.
pub(super) async fn own(
    ctx: &Context<'_>,
    first: i32,
    after: Option<String>,
    status: Option<ApiKeyStatus>,
) -> Result<Nodes<ApiKey>> {
    let (app, asker) = asked(ctx)?;
    let (filter, list) = listed(ctx, None, status, (first, after))?;
    let found = app.readmodel.own_api_keys(asker, filter.status, list.page(), false).await.map_err(Problem::from)?;
    Ok(nodes(&list, &found.rows, |view| view.key.id.uuid(), ApiKey::new))
}

/// The list of REST.
fn listed(
    ctx: &Context<'_>,
    organization: Option<String>,
    status: Option<ApiKeyStatus>,
    paging: (i32, Option<String>),
) -> Result<(rest::ApiKeyFilter, List)> {
    let status = status.map(|status| KeyStatus::from(status).as_str().to_owned());
    list(ctx, "/api-keys".to_owned(), [("organization", organization), ("status", status)], paging)
}

#[derive(Debug, Default)]
pub struct ApiKeyQueries;

#[Object]
impl ApiKeyQueries {
    /// One API key: the caller's own, or one of an organization in which they have the permission `api_keys:read`.
    async fn api_key(&self, ctx: &Context<'_>, id: ID) -> Fallible<ApiKey> {
        Some(one(ctx, &id).await)
    }
}

async fn one(ctx: &Context<'_>, id: &str) -> Result<ApiKey> {
    let unknown = || Problem::new(Code::ApiKeyNotFound);
    let (app, asker) = asked(ctx)?;
    let found = app.readmodel.api_key(asker, id.parse().map_err(|_| unknown())?).await.map_err(Problem::from)?;
    Ok(found.as_ref().map(ApiKey::new).ok_or_else(unknown)?)
}

/// None if the key does not exist or the caller may not see it.
pub(super) async fn find(ctx: &Context<'_>, id: ApiKeyId) -> Result<Option<ApiKey>> {
    let (app, asker) = asked(ctx)?;
    match app.readmodel.api_key(asker, id).await {
        Ok(found) => Ok(found.as_ref().map(ApiKey::new)),
        Err(readmodel::Error::Denied(_)) => Ok(None),
        Err(error) => Err(Problem::from(error).into()),
    }
}
