//! How deeply the brackets of a query are nested.
//!
//! The library's parser descends once for each bracket before it applies a limit of its own, so that a long row of
//! brackets would overflow the stack and end the process. The brackets are therefore counted first.

use std::str::Bytes;

/// Brackets within brackets that a query may have. Ten levels of fields with their arguments need far fewer.
const DEEPEST: usize = 64;

/// Whether the query can be given to the parser.
pub fn is_parsable(query: &str) -> bool {
    let mut rest = query;
    let mut depth = 0_usize;
    while let Some(place) = rest.find(['{', '[', '(', '}', ']', ')', '"', '#']) {
        let (token, behind) = rest[place..].split_at(1);
        rest = match token {
            "{" | "[" | "(" => {
                depth += 1;
                behind
            }
            "#" => behind.find(['\n', '\r']).map_or("", |end| &behind[end..]),
            "\"" => match behind_string(&rest[place..]) {
                Some(behind) => behind,
                None => return false,
            },
            _ => {
                depth = depth.saturating_sub(1);
                behind
            }
        };
        if depth > DEEPEST {
            return false;
        }
    }
    true
}

/// What follows the string that the text begins with. A string without an end has nothing behind it: the parser would
/// read `"""` as an empty string and a new one, and go on.
fn behind_string(text: &str) -> Option<&str> {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let mut rest = block;
        loop {
            let end = rest.find("\"\"\"")?;
            let behind = &rest[end + 3..];
            if !rest[..end].ends_with('\\') {
                return Some(behind);
            }
            rest = behind;
        }
    }
    let content = text.strip_prefix('"')?;
    let mut bytes: std::iter::Enumerate<Bytes<'_>> = content.bytes().enumerate();
    while let Some((place, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(&content[place + 1..]),
            b'\n' | b'\r' => return None,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_queries_are_parsable() {
        for query in [
            "{ me { id } }",
            "query ($id: ID!) { organization(id: $id) { name settings { locale } } }",
            "",
            "}}}}",
            "{ organizations(search: \"\") { totalCount } }",
        ] {
            assert!(is_parsable(query), "{query}");
        }
    }

    #[test]
    fn brackets_count_wherever_the_parser_sees_them() {
        let deep = "[".repeat(DEEPEST + 1);
        for before in
            ["", "\"a\" ", "\"\\\"\" ", "\"\"\" \" \"\"\" ", "\"\"\" \\\"\"\" \"\"\" ", "# {\n", "# \"\n", "# \"\r"]
        {
            assert!(!is_parsable(&format!("{before}{deep}")), "{before}");
        }
        let deep_and_back = format!("{}{}", "{".repeat(DEEPEST), "}".repeat(DEEPEST)).repeat(3);
        assert!(is_parsable(&deep_and_back));
    }

    #[test]
    fn brackets_in_texts_and_comments_do_not_count() {
        let deep = "[".repeat(DEEPEST + 1);
        for (before, after) in
            [("\"", "\""), ("\"\"\"", "\"\"\""), ("\"\"\"\\\"\"\"", "\"\"\""), ("# ", ""), ("\"\\\"", "\"")]
        {
            assert!(is_parsable(&format!("{before}{deep}{after}")), "{before}");
        }
    }

    #[test]
    fn a_string_without_an_end_hides_nothing() {
        let deep = "[".repeat(DEEPEST + 1);
        for before in ["\"", "\"\"\"", "\"\"\"a\"", "\"\n", "\"\\"] {
            assert!(!is_parsable(&format!("{before}{deep}")), "{before}");
        }
    }
}
