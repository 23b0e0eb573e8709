//! `/api/v1`, its alias `/v1`, and the classic door `/api`. One file for each resource.

pub(crate) mod api_keys;
mod auth;
pub mod classic;
mod client;
mod cursor;
mod documents;
mod envelope;
pub(crate) mod extract;
pub(crate) mod fields;
mod health;
pub(crate) mod invitations;
mod jwks;
pub(crate) mod list;
mod me;
pub(crate) mod members;
mod meters;
pub(crate) mod organizations;
mod password;
mod problem;
pub(crate) mod projects;
mod reply;
pub(crate) mod roles;
mod routes;
mod security;
pub(crate) mod teams;
pub(crate) mod usage;
mod users;
pub(crate) mod workspaces;

use std::{ops::Deref, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method},
    middleware,
};
use tower_http::cors::{AllowHeaders, CorsLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use self::{
    envelope::ClientAddress,
    problem::{Code, Problem, ProblemDocument},
    routes::Routes,
};
use crate::{
    billing::PriceList,
    commands::{Commands, organizations::Creation},
    graphql,
    identity::{ApiKeys, PerMinute, Sessions, SignIn, Superadmins, Tokens},
    readmodel::ReadModel,
};

/// What handlers work with. A copy is a reference.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub commands: Commands,
    pub readmodel: ReadModel,
    pub superadmins: Superadmins,
    pub sign_in: SignIn,
    pub sign_ups: PerMinute,
    /// How often somebody may name an address that need not be a member's.
    pub addresses: PerMinute,
    pub sessions: Sessions,
    pub api_keys: ApiKeys,
    pub tokens: Tokens,
    /// Hides what is kept of requests that carry an idempotency key.
    pub fingerprint_key: [u8; 32],
    pub prices: PriceList,
    pub settings: Settings,
    pub health: health::Health,
    pub cursors: cursor::CursorKey,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

pub struct Settings {
    /// Origins that browsers may call from; none switches CORS off.
    pub cors_origins: Vec<HeaderValue>,
    /// Where clients reach this deployment, without a slash at the end. Used in links.
    pub public_url: String,
    pub creation: Creation,
    pub trusted_proxies: TrustedProxies,
    /// Offers GraphiQL and introspection.
    pub development: bool,
    /// Renders `/metrics`.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

pub use self::{
    client::{NotANetwork, TrustedProxies},
    cursor::CursorKey,
    health::Health,
};

/// Every route, without the documents that describe them.
fn api() -> Routes {
    Routes::new()
        .merge(auth::routes())
        .merge(me::routes())
        .merge(users::routes())
        .merge(organizations::routes())
        .merge(members::routes())
        .merge(invitations::routes())
        .merge(roles::routes())
        .merge(teams::routes())
        .merge(workspaces::routes())
        .merge(api_keys::routes())
        .merge(security::routes())
        .merge(projects::routes())
        .merge(usage::routes())
}

/// Every route with its description, which is completed by what all of them have in common.
fn described(development: bool) -> (Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut openapi) = OpenApiRouter::with_openapi(documents::Description::openapi())
        .merge(api().at("/api/v1"))
        .merge(classic::routes().at("/api"))
        .merge(graphql::routes(development))
        .merge(health::routes().at(""))
        .merge(jwks::routes().at(""))
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
    let alias = api().at("/v1").split_for_parts().0;
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
