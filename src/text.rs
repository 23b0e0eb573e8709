//! Small conversions of bytes and texts.

use std::fmt::Write;

use aggregates::personal::PERSONAL_MARK;
use serde_json::Value;

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Replaces every open personal field by its value, and an erased one by null.
pub fn open_personal(value: Value) -> Value {
    match value {
        Value::Object(mut object) if object.contains_key(PERSONAL_MARK) => object.remove("v").unwrap_or_default(),
        Value::Object(object) => object.into_iter().map(|(key, value)| (key, open_personal(value))).collect(),
        Value::Array(list) => list.into_iter().map(open_personal).collect(),
        other => other,
    }
}

/// The bytes behind hexadecimal digits, if there are as many as are wanted.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_turn_into_bytes_and_back() {
        assert_eq!(unhex::<4>(&hex(&[0, 1, 0xab, 0xff])), Some([0, 1, 0xab, 0xff]));
        for wrong in ["", "00", "0001abf", "0001abfff", "0001abfg", "+001abff"] {
            assert_eq!(unhex::<4>(wrong), None, "{wrong}");
        }
    }
}
