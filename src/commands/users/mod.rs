//! Commands on accounts.

mod account;
mod administration;
mod bootstrap;
mod links;
mod sign_up;

use aggregates::ids::UserId;
use projections::{RowKeys, users::UserRow};

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
    let mut keys = RowKeys::default();
    keys.users.insert((id,));
    Shown { keys, view: Box::new(move |rows| rows.users.get(&(id,)).cloned()) }
}
