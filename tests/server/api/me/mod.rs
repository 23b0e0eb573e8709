//! `/me`: the caller himself.

mod password;
mod profile;
mod sessions;
