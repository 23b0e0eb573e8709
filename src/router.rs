//! Every route of every door, what describes them, and what surrounds them.

use std::time::Duration;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method},
    middleware,
};
use tower_http::cors::{AllowHeaders, CorsLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    documents, graphql, health, rest,
    web::{App, envelope},
};

/// Every route with its description, which is completed by what all of them have in common.
fn described(development: bool) -> (Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut openapi) = OpenApiRouter::with_openapi(documents::Description::openapi())
        .merge(rest::routes().at("/api/v1"))
        .merge(rest::classic::routes().at("/api"))
        .merge(graphql::routes(development))
        .merge(health::routes().at(""))
        .merge(rest::auth::jwks::routes().at(""))
        .merge(documents::routes().at(""))
        .split_for_parts();
    documents::complete(&mut openapi);
    (router, openapi)
}

/// The description of the API, OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    described(false).1
}

pub fn router(app: App) -> Router {
    let (described, openapi) = described(app.settings.development);
    let alias = rest::routes().at("/v1").split_for_parts().0;
    let routes = described.merge(alias).merge(documents::viewer(openapi));
    let routes = match cors(&app.settings.cors_origins) {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.layer(middleware::from_fn_with_state(app.clone(), envelope::envelope)).with_state(app)
}

fn cors(origins: &[HeaderValue]) -> Option<CorsLayer> {
    let exposed = [
        "etag",
        "link",
        "location",
        "ledger-position",
        "idempotent-replayed",
        "x-request-id",
        "x-total-count",
        "retry-after",
        "ratelimit",
        "ratelimit-policy",
    ];
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins.to_vec())
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(exposed.map(HeaderName::from_static))
            .max_age(Duration::from_secs(600))
    })
}
