//! `/me`: the caller's own account, memberships and sessions.

mod password;
mod profile;
mod sessions;

pub use self::profile::Profile;
use crate::web::Routes;

const TAG: &str = "me";

pub fn routes() -> Routes {
    Routes::new().merge(profile::routes()).merge(password::routes()).merge(sessions::routes())
}
