//! `/me`: the caller.

mod password;
mod profile;
mod sessions;
