//! Signing out.

use aggregates::session::Ending;

use super::TAG;
use crate::{
    commands::sessions::EndSession,
    identity::Credential,
    web::{Code, Problem, Routes, extract::Writes, reply::Done, routes},
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(logout))
}

/// Sign out
///
/// Ends the session of the access token. Its tokens are refused from now on.
#[utoipa::path(
    post, path = "/auth/logout", tag = TAG, operation_id = "logout",
    responses((status = 403, description = "The caller is not signed in with an access token")),
)]
async fn logout(Writes { by, .. }: Writes) -> Result<Done, Problem> {
    let Credential::Session(session) = by.principal.credential else {
        return Err(Problem::new(Code::SessionRequired));
    };
    let end = EndSession { session, user: by.principal.person(), reason: Ending::Logout };
    Ok(by.remove(&end).await?)
}
