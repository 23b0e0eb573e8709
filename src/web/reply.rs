//! Answers: representations with their tags, and what a write leaves.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{App, Problem, problem::Code};
use crate::{
    commands::Write,
    ledger::{Appended, StoredReply},
    text::hex,
};

const JSON: &str = "application/json";
/// What most answers fit in, in bytes.
const USUAL: usize = 512;

/// A body and what goes with it, before it is known whether it will be sent.
pub fn stored<T: Serialize>(status: StatusCode, body: &T, version: Option<i64>) -> StoredReply {
    let body = serde_json::to_string(body).unwrap_or_default();
    let mut headers = vec![("content-type".to_owned(), JSON.to_owned())];
    headers.extend(version.map(|version| ("etag".to_owned(), etag(version, &body))));
    StoredReply { status: status.as_u16(), headers, body: Some(body) }
}

/// The answer to a creation.
pub fn created<T: Serialize>(body: &T, version: i64, location: String) -> StoredReply {
    let mut reply = stored(StatusCode::CREATED, body, Some(version));
    reply.headers.push(("location".to_owned(), location));
    reply
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

/// Adds to the answer what is shown once and stored nowhere: the body was stored with `"secret_available": false`. A
/// replay has nothing to add, and a dry run has made nothing. The tag stays: it is the resource's, not this answer's.
pub fn with_secret(
    appended: Appended,
    write: &Write,
    add: impl FnOnce(&mut Map<String, Value>),
) -> Result<Appended, Problem> {
    if appended.replayed || write.dry_run {
        return Ok(appended);
    }
    let unreadable = |_| Problem::new(Code::Internal);
    let mut body: Map<_, _> =
        serde_json::from_str(appended.reply.body.as_deref().unwrap_or_default()).map_err(unreadable)?;
    add(&mut body);
    let body = serde_json::to_string(&body).map_err(unreadable)?;
    Ok(Appended { reply: StoredReply { body: Some(body), ..appended.reply }, ..appended })
}

/// Shows a one-time token and the link that has it, in place of `"secret_available": false`.
pub fn reveal(shown: &mut Map<String, Value>, token: &SecretString, url: String) {
    shown.insert("token".to_owned(), token.expose_secret().into());
    shown.insert("url".to_owned(), url.into());
    shown.insert("secret_available".to_owned(), true.into());
}

/// Shows what lets a person into an account that was created for them, if one was.
pub fn with_activation(
    app: &App,
    appended: Appended,
    write: &Write,
    token: &SecretString,
) -> Result<Appended, Problem> {
    let body: Option<Value> = appended.reply.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    if !body.is_some_and(|body| body["activation"].is_object()) {
        return Ok(appended);
    }
    let url = format!("{}/activate/{}", app.settings.public_url, token.expose_secret());
    with_secret(appended, write, |body| {
        if let Some(Value::Object(activation)) = body.get_mut("activation") {
            reveal(activation, token, url);
        }
    })
}

/// A committed write as a response.
pub fn written(appended: Appended) -> Result<Response, Problem> {
    let Appended { position, reply, replayed } = appended;
    let mut response = response(reply)?;
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("ledger-position"), HeaderValue::from(position));
    if replayed {
        headers.insert(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// A single resource that was read: 304 when the caller has it already.
pub fn resource<T: Serialize>(request: &HeaderMap, body: &T, version: i64) -> Result<Response, Problem> {
    let body = serde_json::to_string(body).unwrap_or_default();
    let tag = etag(version, &body);
    let mut response =
        if none_match(request, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { json(body.into_bytes()) };
    response.headers_mut().insert(header::ETAG, value(&tag)?);
    Ok(response)
}

/// What was read, as it stands.
pub fn plain<T: Serialize>(body: &T) -> Response {
    let mut bytes = Vec::with_capacity(USUAL);
    // What cannot be written leaves nothing, as elsewhere.
    if serde_json::to_writer(&mut bytes, body).is_err() {
        bytes.clear();
    }
    json(bytes)
}

fn json(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

/// Whether If-None-Match names this tag. Weak and strong tags compare alike (RFC 9110, 13.1.2).
fn none_match(request: &HeaderMap, tag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|candidate| candidate == "*" || candidate.trim_start_matches("W/") == tag)
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

/// With the link to the next page, if there is one.
pub fn linked(mut response: Response, next: Option<String>) -> Result<Response, Problem> {
    if let Some(next) = next {
        response.headers_mut().insert(header::LINK, value(&format!("<{next}>; rel=\"next\""))?);
    }
    Ok(response)
}

/// A page of a list, with the link to the next one.
pub fn page<T: Serialize>(items: &T, next: Option<String>, total: Option<i64>) -> Result<Response, Problem> {
    let mut response = linked(plain(items), next)?;
    if let Some(total) = total {
        response.headers_mut().insert(HeaderName::from_static("x-total-count"), HeaderValue::from(total));
    }
    Ok(response)
}
