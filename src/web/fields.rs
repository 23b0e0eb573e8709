//! Checking the fields of a body: everything that is wrong is reported at once.

use std::fmt::Display;

use aggregates::name::{Lines, TextError, parse_text};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::Problem;
pub use super::problem::FieldProblem;

/// Collects problems while values are checked.
#[derive(Debug, Default)]
pub struct Fields {
    problems: Vec<FieldProblem>,
}

impl Fields {
    /// The value, or none and a problem.
    pub fn check<T, E: Display>(&mut self, pointer: &str, checked: Result<T, E>) -> Option<T> {
        checked.map_err(|error| self.problems.push(FieldProblem::new(pointer, error))).ok()
    }

    /// The value of a field that may be absent, or none and a problem.
    pub fn optional<V, T, E: Display>(
        &mut self,
        pointer: &str,
        value: Option<V>,
        check: impl FnOnce(V) -> Result<T, E>,
    ) -> Option<T> {
        value.and_then(|value| self.check(pointer, check(value)))
    }

    /// The value of a field that may be absent or null, or none and a problem.
    pub fn nullable<V, T, E: Display>(
        &mut self,
        pointer: &str,
        value: Option<Option<V>>,
        check: impl FnOnce(V) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match value? {
            None => Some(None),
            Some(value) => self.check(pointer, check(value)).map(Some),
        }
    }

    pub fn problem(&mut self, pointer: &str, detail: impl Display) {
        self.problems.push(FieldProblem::new(pointer, detail));
    }

    /// The checked whole, if nothing was wrong. It is only made then, so every required part is there.
    pub fn finish<T>(self, whole: Option<T>) -> Result<T, Problem> {
        match whole {
            Some(whole) if self.problems.is_empty() => Ok(whole),
            _ => Err(Problem::invalid(self.problems)),
        }
    }
}

/// A password or a token in a body. Nothing prints it.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn expose(&self) -> &SecretString {
        &self.0
    }

    pub fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Serde's own message repeats what was sent.
        let text = String::deserialize(deserializer).map_err(|_| serde::de::Error::custom("must be a string"))?;
        Ok(Self(SecretString::from(text)))
    }
}

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 2000;

/// A description of anything.
pub fn description(text: String) -> Result<String, TextError> {
    parse_text(&text, MAX_DESCRIPTION, Lines::Many)
}

/// For a field that may be absent but not null: `#[serde(default, deserialize_with = "not_null")]`.
pub fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// For a field where null means something else than absent: `#[serde(default, deserialize_with = "present")]`.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
