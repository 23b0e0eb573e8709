//! `/api/v1`, its alias `/v1`, and the classic door `/api`. One file for each resource.

pub(crate) mod api_keys;
pub(crate) mod auth;
pub(crate) mod catalog;
pub mod classic;
pub(crate) mod invitations;
mod me;
pub(crate) mod members;
pub(crate) mod organizations;
mod password;
pub(crate) mod projects;
pub(crate) mod roles;
mod security;
pub(crate) mod spaces;
mod stats;
pub(crate) mod teams;
pub(crate) mod usage;
mod users;
pub(crate) mod workspaces;

use crate::web::Routes;

/// Every route of `/api/v1`, by its path below that.
pub fn routes() -> Routes {
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
        .merge(spaces::routes())
        .merge(stats::routes())
        .merge(catalog::routes())
        .merge(usage::routes())
}
