//! How long the text of a query may be, measured before it is parsed: the library's parser takes many times as long as
//! reading the text once.
//!
//! The tokens are those of the GraphQL specification (October 2021, section 2.1). Where the library reads one name or
//! number as several, they are counted as the specification has it or as more.

use super::limits::beyond;
use crate::web::{Code, Problem};

const KIBIBYTES: usize = 32;
const TOKENS: usize = 2_000;
/// Definitions of fragments.
const FRAGMENTS: usize = 100;

/// Refuses a text that is too long, whether or not it is a query.
pub fn check(text: &str) -> Result<(), Problem> {
    if text.len() > KIBIBYTES * 1024 {
        return Err(beyond("KiB of text", KIBIBYTES));
    }
    let (mut tokens, mut fragments) = (0, 0);
    let mut depth: usize = 0;
    let mut begins_definition = true;
    for token in Tokens(text.as_bytes()) {
        tokens += 1;
        if tokens > TOKENS {
            return Err(beyond("tokens", TOKENS));
        }
        // The library takes the first letters for the keyword, whatever follows them.
        if begins_definition && matches!(token, Token::Name(name) if name.starts_with(b"fragment")) {
            fragments += 1;
            if fragments > FRAGMENTS {
                return Err(beyond("fragments", FRAGMENTS));
            }
        }
        match token {
            Token::Endless => return Err(Problem::with_detail(Code::InvalidQuery, "A string in the query has no end")),
            Token::Other(b'{' | b'(' | b'[') => depth += 1,
            Token::Other(b'}' | b')' | b']') => depth = depth.saturating_sub(1),
            Token::Name(_) | Token::Value | Token::Other(_) => {}
        }
        begins_definition = depth == 0 && token == Token::Other(b'}');
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a [u8]),
    /// A number or a string.
    Value,
    /// A string without an end. The library would read its content as tokens.
    Endless,
    /// A punctuator by its first byte, or what is none: that is the parser's to refuse.
    Other(u8),
}

/// The tokens of what is left of a text.
struct Tokens<'a>(&'a [u8]);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = without_ignored(self.0);
        let first = *text.first()?;
        let length = match first {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => count(text, |byte| byte == b'_' || byte.is_ascii_alphanumeric()),
            b'-' | b'0'..=b'9' => number(text),
            b'"' => string(text).unwrap_or(0),
            b'.' if text.starts_with(b"...") => 3,
            _ => 1,
        };
        let (token, rest) = text.split_at(length);
        self.0 = rest;
        Some(match first {
            b'"' if length == 0 => {
                self.0 = &[];
                Token::Endless
            }
            b'"' | b'-' | b'0'..=b'9' => Token::Value,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => Token::Name(token),
            _ => Token::Other(first),
        })
    }
}

/// Behind white space, line ends, commas, comments and byte order marks.
fn without_ignored(mut text: &[u8]) -> &[u8] {
    loop {
        text = match text {
            [b' ' | b'\t' | b'\n' | b'\r' | b',', rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] => rest,
            [b'#', rest @ ..] => &rest[count(rest, |byte| byte != b'\n' && byte != b'\r')..],
            _ => return text,
        };
    }
}

/// How many bytes at the beginning are such.
fn count(text: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|byte| is_such(**byte)).count()
}

/// The length of the number that begins here. Digits after a leading zero are another one.
fn number(text: &[u8]) -> usize {
    let digits = |at: usize| count(&text[at..], |byte| byte.is_ascii_digit());
    let mut end = usize::from(text.starts_with(b"-"));
    end += if text.get(end) == Some(&b'0') { 1 } else { digits(end) };
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        end += if fraction > 0 { fraction + 1 } else { 0 };
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let mark = if matches!(text.get(end + 1), Some(b'+' | b'-')) { 2 } else { 1 };
        let exponent = digits(end + mark);
        end += if exponent > 0 { exponent + mark } else { 0 };
    }
    end
}

/// The length of the string that begins here; none when it does not end.
fn string(text: &[u8]) -> Option<usize> {
    let is_block = text.starts_with(b"\"\"\"");
    let mut at = if is_block { 3 } else { 1 };
    loop {
        let rest = text.get(at..)?;
        at += match rest {
            [b'"', b'"', b'"', ..] if is_block => return Some(at + 3),
            [b'\\', b'"', b'"', b'"', ..] if is_block => 4,
            [_, ..] if is_block => 1,
            [b'"', ..] => return Some(at + 1),
            [b'\\', ..] => 2,
            [] | [b'\n' | b'\r', ..] => return None,
            [_, ..] => 1,
        };
    }
}

#[cfg(test)]
mod tests;
