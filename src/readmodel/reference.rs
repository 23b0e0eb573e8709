//! How things are named in paths.

use std::str::FromStr;

use super::organizations::without_nul;

/// An id or a slug. Where slugs are unique is a matter of the thing: in the whole deployment, or in its organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IdOrSlug<I> {
    Id(I),
    Slug(String),
}

impl<I: FromStr> IdOrSlug<I> {
    /// No slug looks like an id.
    pub fn parse(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Slug(without_nul(text)), Self::Id)
    }
}
