//! What is kept in spaces. One folder for each resource.

mod contracts;
mod issues;
mod products;
mod quality;

use crate::web::Routes;

pub fn routes() -> Routes {
    Routes::new().merge(products::routes()).merge(contracts::routes()).merge(issues::routes()).merge(quality::routes())
}
