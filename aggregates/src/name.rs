//! Names and other short texts that people type.

use thiserror::Error;

/// The longest name, in characters (Unicode scalar values) after trimming.
pub const MAX_NAME: usize = 255;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most {0} characters")]
    TooLong(usize),
    #[error("must not contain control characters")]
    Control,
}

/// A trimmed name of 1 to 255 characters without control characters.
pub fn parse_name(text: &str) -> Result<String, TextError> {
    let text = parse_text(text, MAX_NAME, Lines::Single)?;
    if text.is_empty() { Err(TextError::Empty) } else { Ok(text) }
}

/// Whether a text may have line breaks and tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    Single,
    Many,
}

/// A trimmed text of at most `max` characters; it may be empty.
pub fn parse_text(text: &str, max: usize, lines: Lines) -> Result<String, TextError> {
    let text = text.trim();
    let allowed = |c: char| lines == Lines::Many && matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(TextError::Control);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong(max));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(parse_name("  Acme Corp ").as_deref(), Ok("Acme Corp"));
        assert_eq!(parse_name(" \t "), Err(TextError::Empty));
        assert_eq!(parse_name("a\u{0}b"), Err(TextError::Control));
        assert_eq!(parse_name("a\nb"), Err(TextError::Control));
        assert!(parse_name(&"ü".repeat(255)).is_ok());
        assert_eq!(parse_name(&"ü".repeat(256)), Err(TextError::TooLong(255)));
    }
}
