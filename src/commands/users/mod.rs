//! Commands on accounts.

mod account;
mod administration;
mod bootstrap;
mod links;
mod sign_up;

pub use self::{
    account::{ChangePassword, UpdateUser},
    administration::{Administer, Administration, UpdateAccount},
    bootstrap::Bootstrap,
    links::{Activate, IssuePasswordReset, ResetPassword},
    sign_up::{SignUp, SignedUp},
};
