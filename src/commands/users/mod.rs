//! Commands on accounts.

mod account;
mod administration;
mod bootstrap;
mod links;
mod sign_up;

use aggregates::ids::UserId;
use projections::{Keys, users::UserRow};

pub use self::{
    account::{ChangePassword, UpdateUser},
    administration::{Administer, Administration, UpdateAccount},
    bootstrap::Bootstrap,
    links::{Activate, IssuePasswordReset, ResetPassword},
    sign_up::{SignUp, SignedUp},
};
use super::Shown;

/// Shows an account.
fn shown(id: UserId) -> Shown<UserRow> {
    let mut keys = Keys::default();
    keys.users.insert((id,));
    Shown { keys, view: Box::new(move |rows| rows.users.get(&(id,)).cloned()) }
}
