//! What was measured, as it stands in a body: a text or an integer.

use aggregates::{
    catalog::quality_check::Measured,
    name::{Lines, MAX_NAME, parse_text},
};
use serde_json::value::RawValue;
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
    schema::{OneOf, SchemaType},
};

/// The value of a part of a body that was not read yet: no number is too large or too small to be refused by its name.
pub fn parse(sent: &RawValue) -> Result<Measured, String> {
    const NEITHER: &str = "must be a string or an integer of 64 bits";
    match serde_json::from_str(sent.get()) {
        Ok(Measured::Text(text)) => {
            parse_text(&text, MAX_NAME, Lines::Single).map(Measured::Text).map_err(|error| error.to_string())
        }
        Ok(integer @ Measured::Integer(_)) => Ok(integer),
        Err(_) => Err(NEITHER.to_owned()),
    }
}

/// A text, an integer, or null.
pub fn schema() -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX_NAME)).build();
    let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
    let integer = ObjectBuilder::new().schema_type(Type::Integer).format(Some(format)).build();
    let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)).build();
    let items = [text, integer, null].map(|kind| Schema::Object(kind).into()).into();
    Schema::OneOf(OneOf { items, ..OneOf::new() }).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Option<Measured> {
        parse(&RawValue::from_string(json.to_owned()).expect("JSON")).ok()
    }

    #[test]
    fn a_value_is_a_text_or_an_integer() {
        for integer in [0, -1, i64::MIN, i64::MAX] {
            assert_eq!(parsed(&integer.to_string()), Some(Measured::Integer(integer)));
        }
        for (json, text) in [(r#""12 ms""#, "12 ms"), (r#"" 7 ""#, "7"), (r#""""#, ""), (r#""\u00fc""#, "ü")] {
            assert_eq!(parsed(json), Some(Measured::Text(text.to_owned())));
        }
        assert!(parsed(&format!("{:?}", "ü".repeat(255))).is_some());
        let long = format!("{:?}", "ü".repeat(256));
        let others = ["1e400", "1.5", "1.0", "1e2", "-0.0", "9223372036854775808", "true", "[1]", "{}", r#""\u0000""#];
        for json in others.into_iter().chain([r#""\ud800""#, long.as_str()]) {
            assert_eq!(parsed(json), None, "{json}");
        }
    }
}
