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
use super::{Shown, UnitOfWork};
use crate::ledger::{Guard, VersionedRow};

/// Shows an account.
fn shown(id: UserId) -> Shown<UserRow> {
    let mut keys = Keys::default();
    keys.users.insert((id,));
    Shown { keys, view: Box::new(move |rows| rows.users.get(&(id,)).cloned()) }
}

/// Holds the caller to the version that he insists on.
fn guard_version(work: &mut UnitOfWork<'_>, id: UserId) {
    if let Some(expected) = work.if_version() {
        work.guard(Guard::Version { row: VersionedRow::User(id), expected });
    }
}
