//! What the caller is signed in with.

use aggregates::{
    ids::{OrganizationId, SessionId},
    session::{Ending, Method},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::TAG;
use crate::{
    commands::sessions::EndSession,
    identity::Credential,
    readmodel::sessions::SessionView,
    web::{
        Problem, Routes,
        extract::{Listing, Nothing, One, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{Done, Page},
        routes,
        time::time,
        words::{self, Named},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(end))
}

/// One sign-in.
#[derive(Debug, Serialize, ToSchema)]
struct Session<'a> {
    #[schema(value_type = Uuid)]
    id: SessionId,
    /// How the person showed who they are.
    #[schema(schema_with = words::schema::<Method>)]
    method: Named<Method>,
    /// The organization that its tokens are bound to.
    #[schema(value_type = Option<Uuid>)]
    organization_id: Option<OrganizationId>,
    /// The address it was started from.
    ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    /// Whether this request was made with it.
    current: bool,
    #[serde(serialize_with = "time")]
    started_at: DateTime<Utc>,
    /// When it ends, unless it is refreshed before.
    #[serde(serialize_with = "time")]
    expires_at: DateTime<Utc>,
}

impl<'a> Session<'a> {
    fn new(view: &'a SessionView, caller: Credential) -> Self {
        let row = &view.session;
        Self {
            id: row.id,
            method: Named(row.method),
            organization_id: row.organization_id,
            ip: row.client_address.as_deref(),
            user_agent: row.user_agent.as_deref(),
            current: caller == Credential::Session(row.id),
            started_at: row.started_at,
            expires_at: view.expires_at,
        }
    }
}

/// All of them, uncounted.
struct EverySession;

impl Parameters for EverySession {
    fn read(_: &mut Query) -> Self {
        Self
    }
}

impl Filter for EverySession {
    const COUNTED: bool = false;
}

/// List your sessions
///
/// Those that have not ended, newest first.
#[utoipa::path(
    get, path = "/me/sessions", tag = TAG, operation_id = "list_sessions",
    responses((status = 403, description = "The caller is not a person with all of their rights")),
)]
async fn list(request: Listing<EverySession>) -> Result<Page<Session<'static>>, Problem> {
    request.principal.require_person()?;
    let found = request.app.readmodel.own_sessions(request.asker(), Utc::now(), request.page()).await?;
    let each = |view| vec![Session::new(view, request.principal.credential)];
    Ok(request.answer_as(&found, |view| view.session.id.uuid(), each, None))
}

/// End one of your sessions
///
/// Its tokens are refused from now on.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = TAG, operation_id = "end_session",
    responses((status = 404, description = "The caller has no such session that goes on")),
)]
async fn end(Writes { by, path: session, .. }: Writes<Nothing, One<SessionId>>) -> Result<Done, Problem> {
    let user = by.principal.require_person()?;
    Ok(by.remove(&EndSession { session, user: Some(user), reason: Ending::Revoked }).await?)
}
