//! Answers: representations with their tags, and what a write leaves. An answer's type says what it is in the description
//! of the API.

mod read;
mod secret;
mod written;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

pub use self::{
    read::{Found, Linked, Page, Plain, Whole},
    secret::{reveal, with_activation, with_secret},
    written::{Answered, Changed, Created, Done, Made, Removed, Unkeyed, Unrepeated},
};
use super::{Problem, problem::Code};
use crate::{ledger::StoredReply, readmodel::Versioned, text::hex};

const JSON: &str = "application/json";

/// The representation of what is shown of something.
pub trait Represents: ToSchema {
    type View: Versioned;
    /// It borrows what it shows.
    type As<'v>: Serialize + From<&'v Self::View>
    where
        Self::View: 'v;
}

/// A body and what goes with it, before it is known whether it will be sent.
pub fn stored<T: Serialize>(status: StatusCode, body: &T, version: Option<i64>) -> StoredReply {
    let body = serde_json::to_string(body).unwrap_or_default();
    let mut headers = vec![("content-type".to_owned(), JSON.to_owned())];
    headers.extend(version.map(|version| ("etag".to_owned(), etag(version, &body))));
    StoredReply { status: status.as_u16(), headers, body: Some(body) }
}

/// The answer to a creation.
pub fn created<T: Serialize>(body: &T, version: i64, location: String) -> StoredReply {
    stored(StatusCode::CREATED, body, Some(version)).with_header("location", location)
}

/// The answer to a change.
pub fn changed<T: Serialize>(body: &T, version: i64) -> StoredReply {
    stored(StatusCode::OK, body, Some(version))
}

/// Nothing to show.
pub fn no_content() -> StoredReply {
    StoredReply::empty()
}

/// `"v<n>-<hash of the body>"`: the version for If-Match, the whole for If-None-Match.
fn etag(version: i64, body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    format!("\"v{version}-{}\"", hex(&digest[..8]))
}

fn json(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(axum::http::header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

fn response(reply: StoredReply) -> Result<Response, Problem> {
    let status = StatusCode::from_u16(reply.status).map_err(|_| Problem::new(Code::Internal))?;
    let mut response = Response::new(reply.body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = status;
    for (name, text) in reply.headers {
        let name = HeaderName::try_from(name).map_err(|_| Problem::new(Code::Internal))?;
        response.headers_mut().insert(name, value(&text)?);
    }
    Ok(response)
}

fn value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::try_from(text).map_err(|_| Problem::new(Code::Internal))
}
