//! Signing out.

use aggregates::session::Ending;
use axum::{extract::State, response::Response};
use utoipa_axum::routes;

use super::TAG;
use crate::{
    commands::sessions::EndSession,
    identity::Credential,
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Input, Nothing},
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(logout))
}

/// Sign out
///
/// Ends the session of the access token. Its tokens are refused from now on.
#[utoipa::path(
    post, path = "/auth/logout", tag = TAG, operation_id = "logout",
    responses((status = 204, description = "Signed out"), (status = 403, body = ProblemDocument)),
)]
async fn logout(State(app): State<App>, input: Input<Nothing>) -> Result<Response, Problem> {
    let Credential::Session(session) = input.principal.credential else {
        return Err(Problem::new(Code::SessionRequired));
    };
    let end = EndSession { session, user: input.principal.person(), reason: Ending::Logout };
    reply::written(app.commands.run(&input.write, &end, |()| reply::no_content()).await?)
}
