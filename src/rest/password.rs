//! Passwords in bodies.

use secrecy::SecretString;

use crate::{
    identity::password::{HashError, rules},
    web::{
        Code, Problem,
        fields::{Fields, Secret},
    },
};

/// A password that the person with this address may choose, in the form that is hashed.
pub fn check(fields: &mut Fields, pointer: &str, password: &Secret, email: &str) -> Option<SecretString> {
    fields.check(pointer, rules::check(password.expose(), email))
}

/// A password could not be hashed.
pub fn failed(error: HashError) -> Problem {
    tracing::error!(%error, "a password cannot be hashed");
    Problem::new(Code::Internal)
}
