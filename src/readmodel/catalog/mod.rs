//! What is kept in spaces, as those who may see the space see it.

pub mod contracts;
pub mod issues;
pub mod products;
pub mod quality;

/// What finds a text, which is in lower case, wherever it stands in another, for `LIKE … ESCAPE '\'`.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern + "%"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_other_characters_stands_for_itself() {
        for (text, pattern) in [("orders", "%orders%"), ("", "%%"), (r"5%_\", r"%5\%\_\\%"), ("über", "%über%")] {
            assert_eq!(containing(text), pattern);
        }
    }
}
