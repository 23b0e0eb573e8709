//! Reading a body as JSON, strictly.

use axum::{
    body::{Body, Bytes},
    http::{Method, header, request::Parts},
};
use futures::StreamExt;
use serde::de::DeserializeOwned;

use super::MAX_DISCARDED;
use crate::web::{Problem, fields::FieldProblem, problem::Code};

pub(crate) fn parse_body<T: DeserializeOwned>(parts: &Parts, content: &Bytes) -> Result<T, Problem> {
    // An action whose fields are all optional needs no body, and neither does anything that has no fields.
    let is_action = matches!(parts.method, Method::POST | Method::DELETE) || size_of::<T>() == 0;
    if is_action
        && content.is_empty()
        && let Ok(empty) = serde_json::from_str("{}")
    {
        return Ok(empty);
    }
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    refuse_other_than_object(content)?;
    // To say where something is wrong takes longer than to see whether anything is.
    serde_json::from_slice(content).or_else(|_| parse_with_places(content))
}

fn parse_with_places<T: DeserializeOwned>(content: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(content);
    let parsed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = pointer(error.path());
        (error.into_inner(), path)
    });
    let parsed = parsed.and_then(|value| deserializer.end().map(|()| value).map_err(|error| (error, String::new())));
    parsed.map_err(|(error, pointer)| match error.classify() {
        serde_json::error::Category::Data => Problem::invalid(vec![FieldProblem::new(pointer, without_place(&error))]),
        _ => Problem::with_detail(Code::InvalidJson, error.to_string()),
    })
}

/// Every body is an object. Serde would also fill a struct from an array, by the order of its fields.
fn refuse_other_than_object(content: &[u8]) -> Result<(), Problem> {
    let begins_object = content.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if begins_object {
        return Ok(());
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(content) {
        Ok(_) => Err(Problem::invalid(vec![FieldProblem::new("", "must be an object")])),
        Err(error) => Err(Problem::with_detail(Code::InvalidJson, error.to_string())),
    }
}

/// A JSON Pointer to where the path ends.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// The message without « at line 1 column 7»: the pointer says where.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// The whole body, of at most so many bytes.
///
/// What is too long is read on for a while before it is refused: a client that is still sending when the connection is
/// closed may never see the answer.
pub(crate) async fn read_body(body: Body, most: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_data_stream();
    let mut content = Vec::new();
    let mut seen: usize = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::with_detail(Code::BadRequest, "The body did not arrive in full"))?;
        seen = seen.saturating_add(chunk.len());
        if seen > MAX_DISCARDED {
            break;
        }
        if seen <= most {
            content.extend_from_slice(&chunk);
        }
    }
    if seen > most { Err(Problem::new(Code::BodyTooLarge)) } else { Ok(content.into()) }
}
