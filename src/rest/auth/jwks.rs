//! The key that access tokens are verified with.

use axum::{Json, extract::State};
use serde_json::Value;
use utoipa_axum::routes;

use crate::web::{App, Routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(jwks))
}

/// The keys of access tokens
///
/// A JWK Set (RFC 7517) with the Ed25519 key (RFC 8037) that every node of this deployment signs with.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "authentication", operation_id = "jwks", security(()),
    responses((status = 200, description = "The keys", body = Object)),
)]
async fn jwks(State(app): State<App>) -> Json<Value> {
    Json(app.tokens.jwks())
}
