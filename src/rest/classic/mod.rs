//! The classic door: `/api`, exactly as its two documents promise. One file for each resource.

mod me;
mod organizations;
mod teams;
mod whole;

use utoipa_axum::router::OpenApiRouter;

use super::App;

const TAG: &str = "classic";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(organizations::routes()).merge(teams::routes()).merge(me::routes())
}
