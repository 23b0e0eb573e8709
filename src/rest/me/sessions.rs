//! What the caller is signed in with.

use aggregates::{
    ids::{OrganizationId, SessionId},
    session::Ending,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::TAG;
use crate::{
    commands::sessions::EndSession,
    identity::Credential,
    readmodel::sessions::SessionView,
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Nothing, Query},
        fields::Fields,
        list::{List, Paging},
        reply,
        time::time,
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
    /// `password`, `signup` or `activation`.
    method: &'static str,
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
            method: row.method.as_str(),
            organization_id: row.organization_id,
            ip: row.client_address.as_deref(),
            user_agent: row.user_agent.as_deref(),
            current: caller == Credential::Session(row.id),
            started_at: row.started_at,
            expires_at: view.expires_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Rows on a page, 1 to 100; 50 when absent.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
}

/// List your sessions
///
/// Those that have not ended, newest first.
#[utoipa::path(
    get, path = "/me/sessions", tag = TAG, operation_id = "list_sessions",
    params(ListParams),
    responses(
        (status = 200, body = Vec<Session>, headers(("Link" = String))),
        (status = 401, body = ProblemDocument),
    ),
)]
async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(ListParams { limit, cursor }): Query<ListParams>,
) -> Result<Response, Problem> {
    caller.require_person()?;
    let paging = Paging { limit, cursor, include: None };
    let list = List::check(&app, caller.asker, "/me/sessions".to_owned(), vec![], paging, Fields::default())?;
    let found = app.readmodel.own_sessions(caller.asker, Utc::now(), list.page()).await?;
    list.answer(&found, |view| view.session.id.uuid(), |view| Session::new(view, caller.credential), None)
}

/// End one of your sessions
///
/// Its tokens are refused from now on.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = TAG, operation_id = "end_session",
    params(("id" = String, Path, description = "Id of a session of the caller")),
    responses((status = 204, description = "The session has ended"), (status = 404, body = ProblemDocument)),
)]
async fn end(State(app): State<App>, Path(id): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    let session = id.parse().map_err(|_| Problem::new(Code::SessionNotFound))?;
    let end = EndSession { session, user: Some(input.principal.require_person()?), reason: Ending::Revoked };
    reply::written(app.commands.run(&input.write, &end, |()| reply::no_content()).await?)
}
