//! What is kept in spaces. One folder for each resource.

mod contracts;
mod products;

use crate::web::Routes;

pub fn routes() -> Routes {
    Routes::new().merge(products::routes()).merge(contracts::routes())
}
