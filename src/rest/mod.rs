//! `/api/v1`, its alias `/v1`, and the classic door `/api`. One file for each resource.

pub mod classic;
mod cursor;
mod documents;
mod envelope;
mod extract;
mod fields;
mod health;
mod organizations;
mod problem;
mod reply;

use std::sync::Arc;

use axum::{Router, extract::FromRef, middleware};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use self::{envelope::ClientAddress, problem::Problem};
use crate::{
    commands::{Commands, organizations::Creation},
    identity::Superadmins,
    readmodel::ReadModel,
};

/// What handlers work with.
#[derive(Clone)]
pub struct App {
    pub commands: Commands,
    pub readmodel: ReadModel,
    pub superadmins: Superadmins,
    pub settings: Arc<Settings>,
    pub health: health::Health,
    pub cursors: cursor::CursorKey,
}

pub struct Settings {
    /// Where clients reach this deployment, without a slash at the end. Used in links.
    pub public_url: String,
    pub creation: Creation,
    /// Renders `/metrics`.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

pub use self::{cursor::CursorKey, health::Health};

impl FromRef<App> for Commands {
    fn from_ref(app: &App) -> Self {
        app.commands.clone()
    }
}

/// Every route, without the documents that describe them.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(organizations::routes())
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(documents::Description::openapi())
        .nest("/api/v1", api())
        .nest("/api", classic::routes())
        .merge(health::routes())
}

/// The description of the API, OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documents::with_problem_types(described().split_for_parts().1)
}

pub fn router(app: App) -> Router {
    let (described, openapi) = described().split_for_parts();
    let alias = api().split_for_parts().0;
    described
        .nest("/v1", alias)
        .merge(documents::routes(documents::with_problem_types(openapi)))
        .layer(middleware::from_fn_with_state(app.clone(), envelope::envelope))
        .with_state(app)
}
