//! `/users`: every account, for superadmins.

mod administration;
mod list;
mod update;
