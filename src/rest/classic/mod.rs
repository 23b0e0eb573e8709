//! The classic door: `/api`, exactly as its two documents promise. One file for each resource.

mod me;
mod organizations;

use utoipa_axum::router::OpenApiRouter;

use super::App;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(organizations::routes()).merge(me::routes())
}
