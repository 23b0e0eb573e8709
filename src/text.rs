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
