//! `/me`: the caller's own account, memberships and sessions.

mod password;
mod profile;
mod sessions;

use utoipa_axum::router::OpenApiRouter;

pub use self::profile::Profile;
use super::App;

const TAG: &str = "me";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(profile::routes()).merge(password::routes()).merge(sessions::routes())
}
