//! Which passwords are strong enough.
//!
//! Length and a list of passwords that are tried first, no rules about kinds of characters: NIST SP 800-63B, 3.1.1.2.

use std::{collections::HashSet, sync::LazyLock};

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// The shortest and the longest password, in characters (Unicode scalar values) after normalization.
pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 256;
/// Beyond this nothing is normalized: no password of 256 characters has as many bytes.
const MOST_BYTES: usize = LONGEST * 4 * 4;

/// Words that begin or end many passwords; what they are made of alone is no secret.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().filter(|line| !line.starts_with('#')).collect());

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Weak {
    #[error("must have at least {SHORTEST} characters")]
    Short,
    #[error("must have at most {LONGEST} characters")]
    Long,
    #[error("must not contain control characters")]
    Control,
    #[error("is among the most common passwords")]
    Common,
    #[error("must not be made of the e-mail address")]
    Personal,
}

/// The form that is hashed and compared: NFKC, so that the same password typed on another keyboard is the same. None for
/// what is too long to be a password.
pub fn normalize(password: &SecretString) -> Option<SecretString> {
    let text = password.expose_secret();
    if text.len() > MOST_BYTES {
        return None;
    }
    let normal: String = text.nfkc().collect();
    (normal.chars().count() <= LONGEST).then(|| SecretString::from(normal))
}

/// A password that may be chosen by the person with this address, normalized.
pub fn check(password: &SecretString, email: &str) -> Result<SecretString, Weak> {
    let normal = normalize(password).ok_or(Weak::Long)?;
    let text = normal.expose_secret();
    if text.chars().count() < SHORTEST {
        return Err(Weak::Short);
    }
    if text.chars().any(char::is_control) {
        return Err(Weak::Control);
    }
    let folded = text.to_lowercase();
    if is_common(&folded) {
        return Err(Weak::Common);
    }
    let email = email.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    if folded == email || (local.chars().count() >= 4 && stripped(&folded) == stripped(local)) {
        return Err(Weak::Personal);
    }
    Ok(normal)
}

/// Known, one short text over and over, or neighbours on the keyboard or in the alphabet.
fn is_common(folded: &str) -> bool {
    let bare = stripped(folded);
    let repeats = |length: usize| {
        let characters: Vec<char> = folded.chars().collect();
        characters.iter().zip(characters.iter().skip(length)).all(|(one, next)| one == next)
    };
    COMMON.contains(folded)
        || COMMON.contains(bare)
        || (1..=4).any(repeats)
        || SEQUENCES.iter().any(|sequence| sequence.contains(folded))
}

const SEQUENCES: [&str; 4] = [
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "0123456789012345678901234567890",
    "9876543210987654321098765432109",
    "qwertyuiopasdfghjklzxcvbnm",
];

/// Without the digits and signs that are put around a word to make it pass.
fn stripped(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(password: &str) -> Result<(), Weak> {
        check(&SecretString::from(password), "jane.miller@example.com").map(drop)
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(checked("elevenchars"), Err(Weak::Short));
        assert_eq!(checked("twelve chars"), Ok(()));
        assert_eq!(checked("пароль-дней!"), Ok(()));
        let long = |length: usize| "correct horse battery staple ".chars().cycle().take(length).collect::<String>();
        assert_eq!((checked(&long(256)), checked(&long(257))), (Ok(()), Err(Weak::Long)));
        assert_eq!(checked(&"x".repeat(1_000_000)), Err(Weak::Long));
        // One character that is written as several.
        assert_eq!(checked("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}abcde"), Err(Weak::Short));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in [
            "password1234",
            "PASSWORD!!!!!!",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "qwertyuiopas",
            "Welcome12345!",
            "changeme-2026",
            "letmeinletmein",
        ] {
            assert_eq!(checked(common), Err(Weak::Common), "{common}");
        }
        assert_eq!(checked("Jane.Miller@example.com"), Err(Weak::Personal));
        assert_eq!(checked("jane.miller2026!"), Err(Weak::Personal));
        assert_eq!(checked("twelve\u{7}chars"), Err(Weak::Control));
    }

    #[test]
    fn the_same_text_in_another_form_is_the_same_password() {
        let form = |text: &str| normalize(&SecretString::from(text)).map(|p| p.expose_secret().to_owned());
        assert_eq!(form("Ångström-Ångström"), form("A\u{30a}ngstro\u{308}m-A\u{30a}ngstro\u{308}m"));
        assert_eq!(form("ﬁnancial plans"), form("financial plans"));
    }
}
