//! What is kept in spaces. One folder for each resource.

mod across;
mod contracts;
mod issues;
mod products;
mod quality;

pub(crate) use self::across::AllChecks;
use crate::web::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .merge(across::routes())
        .merge(products::routes())
        .merge(contracts::routes())
        .merge(issues::routes())
        .merge(quality::routes())
}
