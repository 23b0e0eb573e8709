//! Slugs: the names of things in URLs.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// The longest slug, in characters. A DNS label has the same bound.
pub const MAX_SLUG: usize = 63;

/// Words that routes use, or may come to use, in the place of a slug.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "activate",
    "admin",
    "agents",
    "api",
    "api-keys",
    "app",
    "assets",
    "audit",
    "audit-log",
    "auth",
    "billing",
    "blog",
    "console",
    "contracts",
    "dashboard",
    "default",
    "docs",
    "events",
    "export",
    "graphql",
    "health",
    "help",
    "home",
    "integrations",
    "invitations",
    "invite",
    "issues",
    "keys",
    "livez",
    "login",
    "logout",
    "me",
    "members",
    "metrics",
    "new",
    "null",
    "oauth",
    "openapi",
    "organization",
    "organizations",
    "pricing",
    "problems",
    "products",
    "profile",
    "projects",
    "quality",
    "readyz",
    "roles",
    "root",
    "saml",
    "scim",
    "search",
    "security",
    "sessions",
    "settings",
    "signin",
    "signout",
    "signup",
    "slug",
    "spaces",
    "sso",
    "static",
    "stats",
    "status",
    "support",
    "system",
    "teams",
    "undefined",
    "usage",
    "users",
    "v1",
    "v2",
    "webhooks",
    "workspaces",
    "www",
];

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SlugError {
    #[error("must have 1 to {MAX_SLUG} characters")]
    Length,
    #[error("must consist of lower-case letters a to z, digits and single hyphens between them")]
    Shape,
    #[error("must not look like a UUID")]
    Uuid,
    #[error("is a reserved word")]
    Reserved,
}

/// A checked slug: `^[a-z0-9]+(-[a-z0-9]+)*$`, at most 63 characters, not a UUID and not a reserved word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.is_empty() || text.chars().count() > MAX_SLUG {
            return Err(SlugError::Length);
        }
        let shaped = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.split('-').all(|part| !part.is_empty());
        if Uuid::try_parse(text).is_ok() {
            return Err(SlugError::Uuid);
        }
        if !shaped {
            return Err(SlugError::Shape);
        }
        if RESERVED.contains(&text) {
            return Err(SlugError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug that a name suggests: lower case, everything but letters a to z and digits becomes a hyphen.
    /// None when nothing usable is left.
    pub fn derive(name: &str) -> Option<Self> {
        let mut text = String::new();
        for c in name.to_lowercase().chars() {
            if text.len() == MAX_SLUG {
                break;
            }
            if c.is_ascii_lowercase() || c.is_ascii_digit() {
                text.push(c);
            } else if !text.is_empty() && !text.ends_with('-') {
                text.push('-');
            }
        }
        Self::parse(text.trim_end_matches('-')).ok()
    }

    /// This slug with a suffix behind a hyphen, shortened where both together would be too long.
    /// None when the result is not a slug.
    pub fn with_suffix(&self, suffix: &str) -> Option<Self> {
        let room = MAX_SLUG.checked_sub(suffix.len() + 1)?;
        let stem = self.0.get(..room.min(self.0.len()))?.trim_end_matches('-');
        Self::parse(&format!("{stem}-{suffix}")).ok()
    }

    /// The slug of every organization's first workspace. The word is reserved elsewhere, so it is made here only.
    pub fn default_workspace() -> Self {
        Self("default".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_checked() {
        for good in ["a", "acme", "acme-corp", "a1-2b", &"a".repeat(63)] {
            assert!(Slug::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", SlugError::Length),
            (&*"a".repeat(64), SlugError::Length),
            ("-a", SlugError::Shape),
            ("a-", SlugError::Shape),
            ("a--b", SlugError::Shape),
            ("A", SlugError::Shape),
            ("a_b", SlugError::Shape),
            ("ä", SlugError::Shape),
            ("new", SlugError::Reserved),
            ("0190163d-8694-739b-aea5-966c26f8ad91", SlugError::Uuid),
            ("0190163d8694739baea5966c26f8ad91", SlugError::Uuid),
        ] {
            assert_eq!(Slug::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_name_suggests_a_slug() {
        let derived = |name: &str| Slug::derive(name).map(Slug::into_string);
        assert_eq!(derived("Acme Corp"), Some("acme-corp".into()));
        assert_eq!(derived("  Ünïted & Sons, Ltd. "), Some("n-ted-sons-ltd".into()));
        assert_eq!(derived("日本"), None);
        assert_eq!(derived("New"), None);
        assert_eq!(derived(&"x".repeat(200)).map(|s| s.len()), Some(63));
    }

    #[test]
    fn a_suffix_keeps_the_bound() {
        let long = Slug::derive(&"x".repeat(200)).expect("a slug");
        assert_eq!(long.with_suffix("2").map(|s| s.as_str().len()), Some(63));
        assert_eq!(Slug::parse("acme").expect("a slug").with_suffix("9").map(Slug::into_string), Some("acme-9".into()));
    }
}
