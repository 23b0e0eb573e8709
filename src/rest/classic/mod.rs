//! The classic door: `/api`, exactly as its two documents promise. One file for each resource.

mod me;
mod organizations;
mod stats;
mod teams;
mod whole;

use crate::web::Routes;

const TAG: &str = "classic";

pub fn routes() -> Routes {
    Routes::new().merge(organizations::routes()).merge(teams::routes()).merge(me::routes()).merge(stats::routes())
}
