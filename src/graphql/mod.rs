//! `/graphql`: queries over the read model. One file for each resource.
//!
//! It shows what REST shows: the same reads, the same decisions, the same cursors and error codes. There are no
//! mutations; writes are REST.

mod api_keys;
mod archived;
mod catalog;
mod connections;
mod error;
mod handler;
mod invitations;
mod limits;
mod me;
mod members;
mod node;
mod organizations;
mod projects;
mod roles;
mod scalars;
mod schema;
mod siblings;
mod spaces;
mod teams;
mod tokens;
mod usage;
mod workspaces;

use axum::{Extension, routing::get};
use utoipa_axum::router::OpenApiRouter;

pub use self::schema::sdl;
use crate::web::App;

/// Its routes; in development with GraphiQL, which is not part of the API's description.
pub fn routes(development: bool) -> OpenApiRouter<App> {
    let router = handler::routes();
    let router = if development { router.route("/graphql", get(handler::graphiql)) } else { router };
    router.layer(Extension(schema::build(development)))
}
