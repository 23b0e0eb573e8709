//! E-mail addresses: kept as given, compared case-folded.

use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an e-mail address such as name@example.com")]
pub struct EmailError;

/// An address as its owner wrote it. `Debug` prints nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Checks the shape `local@domain.tld` within the lengths of RFC 5321 (64 octets before the sign, 254 in all).
    /// Whether the mailbox exists only a delivered message can tell.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let local_is_fine = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"@<>()[],;:\\\"".contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.');
        if text.len() <= 254 && local_is_fine && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EmailError)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two addresses are compared by.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// The part behind the sign, in lower case.
    pub fn domain(&self) -> String {
        self.0.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Email(…)")
    }
}

/// Whether a text is a host name of at least two labels. Letters of other scripts are allowed.
pub fn is_domain(text: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_folded() {
        assert_eq!(Email::parse(" Jane@Example.COM ").map(|e| e.folded()), Ok("jane@example.com".into()));
        for bad in [
            "",
            "jane",
            "@example.com",
            "jane@",
            "jane@example",
            "a b@example.com",
            "jane@ex ample.com",
            "a@-x.com",
            "a@b@",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_output_hides_the_address() {
        let email = Email::parse("jane@example.com").expect("an address");
        assert!(!format!("{email:?}").contains("jane"));
    }
}
