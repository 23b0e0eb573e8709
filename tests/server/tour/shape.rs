//! Whether an answer is what was shown, apart from what differs from run to run.

use chrono::DateTime;
use serde_json::Value;
use uuid::Uuid;

/// Stands for anything in a text, for more members in an object, and for more items in a list.
const ANYTHING: &str = "…";

/// Compares JSON. A shown UUID stands for any UUID and a shown time for any time.
pub fn json(shown: &str, actual: &str) -> Result<(), String> {
    let shown = serde_json::from_str(shown).map_err(|error| format!("what is shown is not JSON: {error}"))?;
    let actual = serde_json::from_str(actual).map_err(|error| format!("the answer is not JSON: {error}"))?;
    value(&shown, &actual, "")
}

fn value(shown: &Value, actual: &Value, place: &str) -> Result<(), String> {
    match (shown, actual) {
        (Value::Object(shown), Value::Object(actual)) => {
            for (name, shown) in shown.iter().filter(|(name, _)| *name != ANYTHING) {
                let actual = actual.get(name).ok_or_else(|| format!("{place}/{name} is missing"))?;
                value(shown, actual, &format!("{place}/{name}"))?;
            }
            match actual.keys().find(|name| !shown.contains_key(*name)) {
                Some(more) if !shown.contains_key(ANYTHING) => Err(format!("{place}/{more} is not shown")),
                _ => Ok(()),
            }
        }
        (Value::Array(shown), Value::Array(actual)) => {
            let open = shown.last().is_some_and(|last| last == ANYTHING);
            let items = if open { &shown[..shown.len() - 1] } else { shown };
            if actual.len() < items.len() || !open && actual.len() > items.len() {
                return Err(format!("{place} has {} items", actual.len()));
            }
            items.iter().zip(actual).enumerate().try_for_each(|(n, (s, a))| value(s, a, &format!("{place}/{n}")))
        }
        (Value::String(shown), Value::String(actual)) if alike(shown, actual) => Ok(()),
        (shown, actual) if shown == actual => Ok(()),
        (shown, actual) => Err(format!("{place} is {actual}, not {shown}")),
    }
}

fn alike(shown: &str, actual: &str) -> bool {
    if Uuid::parse_str(shown).is_ok() {
        Uuid::parse_str(actual).is_ok()
    } else if DateTime::parse_from_rfc3339(shown).is_ok() {
        DateTime::parse_from_rfc3339(actual).is_ok() && shown.len() == actual.len()
    } else {
        fits(shown, actual)
    }
}

/// Whether every shown line is there, in this order; others may stand between them.
pub fn lines(shown: &str, actual: &str) -> Result<(), String> {
    let mut rest = actual.lines();
    for line in shown.lines() {
        rest.find(|actual| fits(line, actual.trim_end())).ok_or_else(|| format!("there is no line {line:?} here"))?;
    }
    Ok(())
}

/// Whether a text is the shown one, in which `…` stands for anything.
fn fits(shown: &str, actual: &str) -> bool {
    let mut parts = shown.split(ANYTHING);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = actual.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[test]
fn only_what_differs_from_run_to_run_may_differ() {
    let id = "01a20047-e42a-7417-b8d8-4deb68887199";
    let shown = format!(r#"{{"id": "{id}", "at": "2026-03-01T12:00:00.000Z", "name": "Acme", "n": 1}}"#);
    let other = id.replace('0', "1");
    let fine = format!(r#"{{"id": "{other}", "at": "2027-03-01T12:00:00.123Z", "name": "Acme", "n": 1}}"#);
    assert_eq!(json(&shown, &fine), Ok(()));
    for (from, to) in [("Acme", "Acne"), ("\"n\": 1", "\"n\": 2"), (&other, "acme"), (".123Z", "Z"), ("\"n\"", "\"m\"")]
    {
        assert!(json(&shown, &fine.replace(from, to)).is_err(), "{from} became {to} unnoticed");
    }
    assert!(json(r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#).is_err());
    assert_eq!(json(r#"{"a": 1, "…": "…"}"#, r#"{"a": 1, "b": 2}"#), Ok(()));
    assert!(json("[1]", "[1, 2]").is_err() && json("[1, 2]", "[1]").is_err());
    assert_eq!(json(r#"[1, "…"]"#, "[1, 2]"), Ok(()));
}

#[test]
fn lines_are_found_in_order() {
    let actual = "HTTP/1.1 200 OK\r\netag: \"v2-ab\"\r\n\r\n{\"a\":1,\"b\":2}";
    assert_eq!(lines("HTTP/1.1 200 OK\netag: \"v2-…\"\n{…\"b\":2}", actual), Ok(()));
    assert!(lines("etag: \"v2-…\"\nHTTP/1.1 200 OK", actual).is_err());
    assert!(lines("etag: \"v3-…\"", actual).is_err());
    assert!(lines("HTTP/1.1 200", actual).is_err());
}
