//! Digests of tables: SHA-256 over the rows in the order of their keys.

use projections::row::Value;
use sha2::{Digest, Sha256};

/// Takes one row after another.
#[derive(Default)]
pub(super) struct TableDigest {
    hash: Sha256,
    bytes: Vec<u8>,
    pub(super) rows: u64,
}

impl TableDigest {
    pub(super) fn add(&mut self, row: &[Value]) {
        self.bytes.clear();
        row.iter().for_each(|value| encode(value, &mut self.bytes));
        self.hash.update(&self.bytes);
        self.rows += 1;
    }

    pub(super) fn finish(self) -> String {
        crate::text::hex(&self.hash.finalize())
    }
}

/// A tag for the kind, the length where it varies, the content: no two lists of values look the same.
fn encode(value: &Value, bytes: &mut Vec<u8>) {
    let mut long = |tag: u8, content: &[u8]| {
        bytes.push(tag);
        bytes.extend_from_slice(&content.len().to_be_bytes());
        bytes.extend_from_slice(content);
    };
    match value {
        Value::Null => bytes.push(0),
        Value::Uuid(id) => long(1, id.as_bytes()),
        Value::Text(text) => long(2, text.as_bytes()),
        Value::Int(number) => long(3, &number.to_be_bytes()),
        Value::Bool(flag) => long(4, &[u8::from(*flag)]),
        Value::Time(time) => long(5, &time.timestamp_millis().to_be_bytes()),
        // Its objects keep their keys in order, so that equal values have one text.
        Value::Json(json) => long(6, json.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &[&[Value]]) -> String {
        let mut digest = TableDigest::default();
        rows.iter().for_each(|row| digest.add(row));
        digest.finish()
    }

    #[test]
    fn values_do_not_run_into_each_other() {
        let text = |text: &str| Value::Text(text.to_owned());
        let rows: [&[&[Value]]; 4] = [
            &[&[text("ab"), text("c")]],
            &[&[text("a"), text("bc")]],
            &[&[text("abc"), Value::Null]],
            &[&[Value::Null, text("abc")]],
        ];
        let digests: std::collections::BTreeSet<_> = rows.iter().map(|rows| digest(rows)).collect();
        assert_eq!(digests.len(), rows.len());
    }

    #[test]
    fn the_order_of_keys_in_json_does_not_count() {
        let json = |text: &str| Value::Json(serde_json::from_str(text).expect("json"));
        assert_eq!(digest(&[&[json(r#"{"a":1,"b":2}"#)]]), digest(&[&[json(r#"{"b":2,"a":1}"#)]]));
    }
}
